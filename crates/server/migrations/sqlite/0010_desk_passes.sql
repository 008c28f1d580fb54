-- The passes with which people work at the desk over HTTP. A token is kept only as a hash under a key that is not in this
-- database. A pass that is revoked stays, so that everybody sees that there was one.
CREATE TABLE desk_pass (
    number INTEGER PRIMARY KEY,
    token BLOB NOT NULL UNIQUE CHECK (length(token) = 32),
    kind TEXT NOT NULL CHECK (kind IN ('help', 'roll')),
    operator TEXT NOT NULL,
    made INTEGER NOT NULL,
    ends INTEGER NOT NULL,
    revoked INTEGER
) STRICT;
CREATE TRIGGER desk_pass_is_never_deleted BEFORE DELETE ON desk_pass
BEGIN SELECT RAISE(ABORT, 'a pass that was given is revoked, not deleted'); END;
