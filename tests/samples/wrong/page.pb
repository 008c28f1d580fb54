<!DOCTYPE html>
<html lang="pl"><head><title>Pabulib</title></head><body><pre>META
key;value
</pre></body></html>
