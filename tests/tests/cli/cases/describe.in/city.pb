META
key;value
PROJECTS
project_id;cost
1;5
VOTES
voter_id;vote
