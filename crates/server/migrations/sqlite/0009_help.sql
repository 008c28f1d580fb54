-- What became of messages, for whoever helps people who got none.
ALTER TABLE message ADD COLUMN left_at INTEGER;
CREATE TABLE lost_message (
    session BLOB PRIMARY KEY CHECK (length(session) = 32),
    phone BLOB NOT NULL CHECK (length(phone) = 32),
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX lost_message_by_phone ON lost_message (phone, at);

-- Codes on paper: the newest of a phone, good in every session of it, once.
CREATE TABLE printed_code (
    phone BLOB PRIMARY KEY CHECK (length(phone) = 32),
    mac BLOB NOT NULL CHECK (length(mac) = 32),
    made INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    guesses INTEGER NOT NULL DEFAULT 0,
    used INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
-- The route of whoever signed in with one.
ALTER TABLE session ADD COLUMN printed INTEGER;
