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
PROJECTS
project_id;cost;votes;name
1;4000;3;Biblioteka na kółkach
2;8000;9;Rampa przy przychodni
3;12000;0;Zegar na wieży
VOTES
voter_id;vote
1;2
2;2
3;2
4;1
5;1
6;1
7;2
8;2
9;2
10;2
11;2
12;2