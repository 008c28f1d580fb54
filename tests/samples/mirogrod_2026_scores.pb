META
key;value
description;Scored PB in Mirogród (an invented town)
country;Poland
unit;Mirogród
instance;2026
num_projects;3
num_votes;20
budget;30000
vote_type;scoring
rule;greedy
date_begin;01.06.2026
date_end;14.06.2026
language;polish
max_points;2
PROJECTS
project_id;cost;score;name
x;10000;18;Ławki nad rzeką
y;20000;17;Most dla pieszych
z;15000;19;"Ogród ""Za murem""; etap 2"
VOTES
voter_id;vote;points
0;z,y;2,1
1;z,x,y;2,1,1
2;y,z;1,1
3;x,y,z;2,2,1
4;x;2
5;y;1
6;x,y;1,1
7;y;1
8;y,x,z;2,1,1
9;z,x;2,1
10;x,y,z;2,2,1
11;x,y;2,1
12;z,x;2,1
13;y;1
14;z,x;2,1
15;y;1
16;x;2
17;x,z;1,1
18;z,y;2,1
19;z,x,y;2,1,1
