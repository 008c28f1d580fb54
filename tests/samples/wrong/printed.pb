%PDF-1.7
%‚„œ”
1 0 obj
<< /Type /Catalog >>
endobj
trailer << /Root 1 0 R >>
%%EOF
