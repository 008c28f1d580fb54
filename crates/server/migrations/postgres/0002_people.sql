-- Who may vote and who is signing in: never public. Phones, subjects of passes, sessions, codes, marks and tokens are
-- kept only as hashes under a key that is not in this database.

-- The roll is changed while voters sign in. A new one is written beside the one in force, in many short transactions,
-- and one statement says which is in force: each has a number, its generation. Several people may share a phone; a mark
-- tells them apart, and `person` is who signs in.
CREATE TABLE roll (
    generation BIGINT NOT NULL,
    person BYTEA NOT NULL CHECK (length(person) = 32),
    phone BYTEA NOT NULL CHECK (length(phone) = 32),
    mark BYTEA CHECK (length(mark) = 32),
    style TEXT NOT NULL,
    PRIMARY KEY (generation, person)
);
CREATE INDEX roll_by_phone ON roll (generation, phone);

CREATE TABLE roll_state (
    "only" SMALLINT PRIMARY KEY CHECK ("only" = 1),
    -- The generation in force.
    current BIGINT NOT NULL,
    -- The highest that was ever given out.
    newest BIGINT NOT NULL,
    -- How often the roll has changed: whoever writes a new one sees by it whether somebody else was faster.
    changes BIGINT NOT NULL,
    -- What stands above the marks in the file of the roll: what a voter is asked for.
    mark_heading TEXT
);
INSERT INTO roll_state ("only", current, newest, changes) VALUES (1, 1, 1, 0);

-- A voter appears here with the first sign-in. The voter's keys, style and ballots are on the board, under the
-- pseudonym, and nowhere else.
CREATE TABLE voter (
    person BYTEA PRIMARY KEY CHECK (length(person) = 32),
    pseudonym BYTEA NOT NULL UNIQUE CHECK (length(pseudonym) = 16)
);

-- One row for each code that was asked for, also for numbers that are not on the roll.
CREATE TABLE code (
    session BYTEA PRIMARY KEY CHECK (length(session) = 32),
    phone BYTEA NOT NULL CHECK (length(phone) = 32),
    mac BYTEA NOT NULL CHECK (length(mac) = 32),
    made BIGINT NOT NULL,
    guesses BIGINT NOT NULL DEFAULT 0,
    used BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE INDEX code_by_phone ON code (phone, made);

-- One row for each message that left or is about to.
CREATE TABLE message (
    -- The request that caused it.
    session BYTEA PRIMARY KEY CHECK (length(session) = 32),
    phone BYTEA NOT NULL CHECK (length(phone) = 32),
    made BIGINT NOT NULL,
    -- The code that every request of this phone may use, unless the message has one for its own request only.
    mac BYTEA CHECK (length(mac) = 32),
    guesses BIGINT NOT NULL DEFAULT 0,
    used BOOLEAN NOT NULL DEFAULT FALSE,
    left_at BIGINT
);
CREATE INDEX message_by_phone ON message (phone, made);

CREATE TABLE lost_message (
    session BYTEA PRIMARY KEY CHECK (length(session) = 32),
    phone BYTEA NOT NULL CHECK (length(phone) = 32),
    at BIGINT NOT NULL
);
CREATE INDEX lost_message_by_phone ON lost_message (phone, at);

-- Codes on paper: the newest of a person, good in every session of the phone, once.
CREATE TABLE printed_code (
    person BYTEA PRIMARY KEY CHECK (length(person) = 32),
    mac BYTEA NOT NULL CHECK (length(mac) = 32),
    made BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    guesses BIGINT NOT NULL DEFAULT 0,
    used BOOLEAN NOT NULL DEFAULT FALSE
);

-- One row for each mark that was wrong, after a right code.
CREATE TABLE wrong_mark (
    phone BYTEA NOT NULL CHECK (length(phone) = 32),
    at BIGINT NOT NULL
);
CREATE INDEX wrong_mark_by_phone ON wrong_mark (phone, at);

-- Bearer tokens of voters who have signed in. What the pass says of its voter, where a session was begun with one; the
-- route of whoever signed in with a code on paper.
CREATE TABLE session (
    token BYTEA PRIMARY KEY CHECK (length(token) = 32),
    person BYTEA NOT NULL REFERENCES voter (person),
    expires BIGINT NOT NULL,
    style TEXT,
    route BIGINT,
    printed BIGINT
);
CREATE INDEX session_by_person ON session (person);

-- One row for each pass that was used, for longer than it could be used again.
CREATE TABLE pass (
    id BYTEA PRIMARY KEY CHECK (length(id) = 32),
    expires BIGINT NOT NULL
);

-- What people have done by hand, and why. It names nobody but by the hash.
CREATE TABLE deed (
    number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at BIGINT NOT NULL,
    what TEXT NOT NULL,
    operator TEXT NOT NULL,
    reason TEXT NOT NULL,
    person BYTEA CHECK (length(person) = 32),
    style TEXT,
    people BIGINT,
    entry BIGINT,
    -- The hash of the file that a roll was read from.
    source BYTEA CHECK (length(source) = 32)
);
CREATE INDEX deed_by_person ON deed (person);
CREATE INDEX deed_by_source ON deed (source);
CREATE FUNCTION deed_is_done() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was done stays done';
END $$;
CREATE TRIGGER deed_stays BEFORE UPDATE OR DELETE ON deed
FOR EACH ROW EXECUTE FUNCTION deed_is_done();
CREATE TRIGGER deeds_stay BEFORE TRUNCATE ON deed
FOR EACH STATEMENT EXECUTE FUNCTION deed_is_done();

-- The passes with which people work at the desk over HTTP. A pass that is revoked stays, so that everybody sees that
-- there was one.
CREATE TABLE desk_pass (
    number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    token BYTEA NOT NULL UNIQUE CHECK (length(token) = 32),
    kind TEXT NOT NULL CHECK (kind IN ('help', 'roll')),
    operator TEXT NOT NULL,
    made BIGINT NOT NULL,
    ends BIGINT NOT NULL,
    revoked BIGINT
);
CREATE FUNCTION desk_pass_was_given() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a pass that was given is revoked, not deleted';
END $$;
CREATE TRIGGER desk_pass_stays BEFORE DELETE ON desk_pass
FOR EACH ROW EXECUTE FUNCTION desk_pass_was_given();
CREATE TRIGGER desk_passes_stay BEFORE TRUNCATE ON desk_pass
FOR EACH STATEMENT EXECUTE FUNCTION desk_pass_was_given();
