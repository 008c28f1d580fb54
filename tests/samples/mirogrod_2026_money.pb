META
key;value
description;Money PB in Mirogród (an invented town)
country;Poland
unit;Mirogród
instance;2026
num_projects;5
num_votes;28
budget;100000
vote_type;approval
rule;greedy
date_begin;01.06.2026
date_end;14.06.2026
language;polish
max_sum_cost;75000,00
PROJECTS
project_id;cost;votes;name
1;30000;8;Ławki nad rzeką
2;45000;11;Most dla pieszych
3;20000;12;"Ogród ""Za murem""; etap 2"
4;55000;2;Czytelnia pod gołym niebem
5;5000;5;Plac zabaw
VOTES
voter_id;vote
500;1,2
501;2
502;1,2,5
503;2,3,4
504;2,3,4,5
505;3
506;1
507;5
508;4,5
509;1,4
510;2,3
511;2,3
512;2
513;1,2
514;3
515;1,2
516;2,3,5
517;1
518;3,4
519;3
520;1,3,5
521;3
522;2,3
523;3
524;1,2
525;1,5
526;3
527;2
