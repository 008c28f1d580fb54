META
key;value
description;Local PB in Mirogród, Zarzecze, one project (an invented town)
country;Poland
unit;Mirogród
subunit;Zarzecze
instance;2026
num_projects;1
num_votes;5
budget;20000
vote_type;approval
rule;greedy
date_begin;01.06.2026
date_end;14.06.2026
min_length;1
max_length;1
language;polish
PROJECTS
project_id;cost;votes;name
7;9000;4;Kładka na Zarzeczu
VOTES
voter_id;vote
1;7
2;7
3;7
4;
5;7
