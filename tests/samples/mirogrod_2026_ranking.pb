META
key;value
description;Ranked PB in Mirogród (an invented town)
country;Poland
unit;Mirogród
instance;2026
num_projects;4
num_votes;25
budget;25000
vote_type;ordinal
rule;greedy
date_begin;01.06.2026
date_end;14.06.2026
language;polish
min_length;1
max_length;3
PROJECTS
project_id;cost;votes;score;name
A;15000.00;19;29;Ławki nad rzeką
B;8000;11;29;Most dla pieszych
C;21000;16;37;"Ogród ""Za murem""; etap 2"
D;4000;15;37;Czytelnia pod gołym niebem
VOTES
voter_id;vote
0;C
1;D,C,A
2;B,C,A
3;B,C,A
4;B,A
5;A,C,D
6;D,A,C
7;B,D
8;A
9;D,C,A
10;D
11;B,C,D
12;D,C,A
13;C,D,A
14;B,D,A
15;D,B,A
16;D,A
17;C,A
18;C,A
19;B,D,A
20;D
21;B,C,A
22;D,C
23;C,B,A
24;C,A,B
