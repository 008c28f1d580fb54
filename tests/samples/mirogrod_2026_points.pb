META
key;value
description;Points PB in Mirogród (an invented town)
country;Poland
unit;Mirogród
instance;2026
num_projects;5
num_votes;30
budget;70000,00
vote_type;cumulative
rule;greedy
date_begin;01.06.2026
date_end;14.06.2026
language;polish
max_points;3
max_sum_points;7
PROJECTS
project_id;cost;votes;score;name
P/01;9000;20;35;Ławki nad rzeką
P/02;40000;22;37;Most dla pieszych
P/03;25500;23;41;"Ogród ""Za murem""; etap 2"
P/04;12000;19;26;Czytelnia pod gołym niebem
P/05;30000;18;39;Plac zabaw
VOTES
voter_id;vote;points;age
100;P/02,P/03,P/04,P/01;3,2,1,1;23
101;P/05,P/02,P/01,P/04,P/03;3,1,1,1,1;23
102;P/05,P/01,P/02,P/03,P/04;3,1,1,1,1;53
103;P/01,P/03,P/02;3,3,1;40
104;P/05,P/01,P/03;3,2,2;70
105;P/05,P/04,P/02,P/03,P/01;3,1,1,1,1;54
106;P/04,P/02,P/03,P/05;3,2,1,1;69
107;P/03,P/02,P/04;3,1,1;56
108;P/04,P/05,P/02,P/03;2,2,2,1;24
109;P/04,P/03;2,1;61
110;P/05,P/02,P/01;2,2,1;47
111;P/05,P/04,P/01;3,2,2;33
112;P/05,P/03,P/04,P/02;3,2,1,1;26
113;P/05,P/02;3,2;39
114;P/03,P/01,P/04;3,3,1;32
115;P/05,P/01,P/03,P/02;2,2,2,1;67
116;P/01,P/02;2,1;22
117;P/01;3;19
118;P/02;3;62
119;P/01,P/05,P/02,P/03,P/04;2,2,1,1,1;59
120;P/04,P/02,P/03,P/01;3,2,1,1;19
121;P/02,P/01,P/03,P/05;3,2,1,1;80
122;P/05,P/01,P/02,P/04;3,2,1,1;19
123;P/03,P/04;2,1;60
124;P/02,P/03,P/01,P/05,P/04;2,2,1,1,1;16
125;P/03,P/05,P/01,P/04;3,2,1,1;71
126;P/01,P/04,P/02,P/03,P/05;3,1,1,1,1;35
127;P/02,P/03,P/04;3,3,1;32
128;P/01,P/05,P/03;1,1,1;48
129;P/03,P/02;3,2;32
