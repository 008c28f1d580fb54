-- The roll is changed while voters sign in. A new one is written beside the one in force, in many short transactions,
-- and one statement says which is in force: each has a number, its generation.
ALTER TABLE roll RENAME TO roll_before;
CREATE TABLE roll (
    generation INTEGER NOT NULL,
    phone BLOB NOT NULL CHECK (length(phone) = 32),
    style TEXT NOT NULL,
    PRIMARY KEY (generation, phone)
) STRICT, WITHOUT ROWID;
INSERT INTO roll (generation, phone, style) SELECT 1, phone, style FROM roll_before ORDER BY phone;
DROP TABLE roll_before;

CREATE TABLE roll_state (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    -- The generation in force.
    current INTEGER NOT NULL,
    -- The highest that was ever given out.
    newest INTEGER NOT NULL,
    -- How often the roll has changed: whoever writes a new one sees by it whether somebody else was faster.
    changes INTEGER NOT NULL
) STRICT;
INSERT INTO roll_state (only, current, newest, changes) VALUES (1, 1, 1, 0);

-- What people have done by hand, and why. It names nobody but by the hash under a key that is not in this database.
CREATE TABLE deed (
    number INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    what TEXT NOT NULL,
    operator TEXT NOT NULL,
    reason TEXT NOT NULL,
    person BLOB CHECK (length(person) = 32),
    style TEXT,
    people INTEGER,
    entry INTEGER,
    -- The hash of the file that a roll was read from.
    source BLOB CHECK (length(source) = 32)
) STRICT;
CREATE INDEX deed_by_person ON deed (person);
CREATE INDEX deed_by_source ON deed (source);
CREATE TRIGGER deed_is_never_changed BEFORE UPDATE ON deed
BEGIN SELECT RAISE(ABORT, 'what was done stays done'); END;
CREATE TRIGGER deed_is_never_deleted BEFORE DELETE ON deed
BEGIN SELECT RAISE(ABORT, 'what was done stays done'); END;
