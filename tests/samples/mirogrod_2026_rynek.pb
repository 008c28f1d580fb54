META
key;value
description;Municipal PB in Mirogród (an invented town)
country;Poland
unit;Mirogród
instance;2026
num_projects;6
num_votes;40
budget;100000
vote_type;approval
rule;greedy
date_begin;01.06.2026
date_end;14.06.2026
min_length;1
max_length;3
language;polish
edition;1

PROJECTS
project_id;cost;votes;name;neighborhood
M01;12000;15;Ławki i drzewa na rynku;Rynek
M02;48000;15;"Plac zabaw ""Pod lipą""; etap 1";Rynek
M03;5500;13;Poidełko dla psów;
M04;90000;20;Ścieżka nad stawem;Staw
M05;30000;21;Kino letnie;Park
M06;15000;0;Zielony przystanek przy szkole;Szkoła

VOTES
voter_id;age;voting_method;vote
1001;59;internet;M02,M04
1008;24;paper;M05
1015;23;paper;M01,M02,M05
1022;53;paper;M01,M02,M05
1029;25;internet;M05
1036;80;internet;M01,M04,M05
1043;72;internet;M05
1050;52;internet;M02,M04
1057;55;internet;M01,M02,M03
1064;54;internet;M01,M05

1071;52;paper;M02,M03,M04

1078;41;paper;M04,M05
1085;23;paper;M02,M05
1092;46;paper;M03,M04,M05
1099;44;internet;M01,M03,M05
1106;44;internet;M02,M04
1113;54;paper;M05
1120;55;paper;M03,M04
1127;78;paper;M01
1134;62;paper;M01,M03,M05
1141;42;paper;M03,M04,M05
1148;40;internet;M04
1155;31;paper;M01,M04,M05
1162;43;paper;M02,M04
1169;46;paper;M02
1176;73;paper;M02,M03,M04

1183;27;internet;M01,M03,M04
1190;60;internet;M02,M05
1197;71;internet;M04
1204;27;paper;M01,M03
1211;62;internet;M01,M03,M05
1218;43;paper;M02,M04,M05
1225;58;paper;M04
1232;22;internet;M02
1239;56;internet;M01,M02,M05
1246;54;internet;M01
1253;19;internet;M01,M03,M04
1260;27;paper;M04,M05
1267;48;internet;M03,M05
1274;80;paper;M04
