-- Several people may share a phone: the roll has a line for each, and a second mark tells them apart. `mark` is its hash
-- under a key that is not in this database, bound to the phone. `person` is who signs in: the hash of the phone where
-- one person has it alone, and it stays theirs when others come.
ALTER TABLE roll RENAME TO roll_before;
CREATE TABLE roll (
    generation INTEGER NOT NULL,
    person BLOB NOT NULL CHECK (length(person) = 32),
    phone BLOB NOT NULL CHECK (length(phone) = 32),
    mark BLOB CHECK (length(mark) = 32),
    style TEXT NOT NULL,
    PRIMARY KEY (generation, person)
) STRICT, WITHOUT ROWID;
INSERT INTO roll (generation, person, phone, style)
    SELECT generation, phone, phone, style FROM roll_before ORDER BY generation, phone;
DROP TABLE roll_before;
CREATE INDEX roll_by_phone ON roll (generation, phone);

-- What stands above the marks in the file of the roll: what a voter is asked for.
ALTER TABLE roll_state ADD COLUMN mark_heading TEXT;

-- One row for each mark that was wrong, after a right code.
CREATE TABLE wrong_mark (
    phone BLOB NOT NULL CHECK (length(phone) = 32),
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX wrong_mark_by_phone ON wrong_mark (phone, at);

-- A code on paper is one person's.
ALTER TABLE printed_code RENAME COLUMN phone TO person;
