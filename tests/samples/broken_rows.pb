META
key;value
description;An invented vote with rows that are no ballots
vote_type;approval
max_length;2
language;english
budget;1000.50
date_begin;2026
date_end;2026
PROJECTS
project_id;cost;name
A;400;Benches
B;600.25;A tree
C/1;100;Swings
VOTES
voter_id;vote
1;A
2;A,B,C/1
3;
4;A,D
5;B,B
6;B;C/1
7;C/1,B
8;A,,B
