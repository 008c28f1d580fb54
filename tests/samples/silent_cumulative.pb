META
key;value
description;An invented vote
language;english
date_begin;2026
date_end;2026
vote_type;cumulative
PROJECTS
project_id;cost;name
A;400;Benches
B;600;A tree
VOTES
voter_id;vote;points
1;A;2
2;B,A;2,1
3;A,B;2,2
