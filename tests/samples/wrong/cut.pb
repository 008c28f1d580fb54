META
key;value
description;Local PB in Mirogród, Zarzecze (an invented town)
country;Poland
unit;Mirogród
subunit;Zarzecze
instance;2026
num_projects;3
num_votes;12
budget;20000
vote_type;approval
rule;greedy
date_begin;01.06.2026
date_end;14.06.2026
min_length;1
max_length;1
language;polish
