META
key;value
description;An invented vote
language;english
date_begin;2026
date_end;2026
vote_type;approval
max_length_per_category;500
PROJECTS
project_id;cost;name
A;400;Benches
B;600;A tree
VOTES
voter_id;vote
1;A
