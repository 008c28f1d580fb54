-- A portal's passes sign people in, too: a person is the hash of a phone, or of the subject of passes.
ALTER TABLE voter RENAME COLUMN phone TO person;
ALTER TABLE session RENAME COLUMN phone TO person;

-- What the pass says of its voter, where a session was begun with one.
ALTER TABLE session ADD COLUMN style TEXT;
ALTER TABLE session ADD COLUMN route INTEGER;

-- One row for each pass that was used, for longer than it could be used again.
CREATE TABLE pass (
    id BLOB PRIMARY KEY CHECK (length(id) = 32),
    expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
