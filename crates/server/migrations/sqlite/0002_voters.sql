-- Who may vote and who is signing in: never public. Phones, sessions, codes and tokens are kept
-- only as hashes under a key that is not in this database.

CREATE TABLE roll (
    phone BLOB PRIMARY KEY CHECK (length(phone) = 32),
    style TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- A voter appears here with the first correct code. The voter's keys, style and ballots are on
-- the board, under the pseudonym, and nowhere else.
CREATE TABLE voter (
    phone BLOB PRIMARY KEY CHECK (length(phone) = 32),
    pseudonym BLOB NOT NULL UNIQUE CHECK (length(pseudonym) = 16)
) STRICT, WITHOUT ROWID;

-- One row for each code that was asked for, also for numbers that are not on the roll.
CREATE TABLE code (
    session BLOB PRIMARY KEY CHECK (length(session) = 32),
    phone BLOB NOT NULL CHECK (length(phone) = 32),
    mac BLOB NOT NULL CHECK (length(mac) = 32),
    made INTEGER NOT NULL,
    guesses INTEGER NOT NULL DEFAULT 0,
    used INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX code_by_phone ON code (phone, made);

-- One row for each guess, so that guesses count over all codes of a phone.
CREATE TABLE guess (
    phone BLOB NOT NULL,
    made INTEGER NOT NULL
) STRICT;
CREATE INDEX guess_by_phone ON guess (phone, made);

-- Bearer tokens of voters who gave the right code.
CREATE TABLE session (
    token BLOB PRIMARY KEY CHECK (length(token) = 32),
    phone BLOB NOT NULL REFERENCES voter (phone),
    expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
