-- A phone's messages are counted, and no longer what others ask and guess: a row of `code` is one request with its own
-- code, if it has one, and a row of `message` is one message that left or is about to.
CREATE TABLE message (
    -- The request that caused it.
    session BLOB PRIMARY KEY CHECK (length(session) = 32),
    phone BLOB NOT NULL CHECK (length(phone) = 32),
    made INTEGER NOT NULL,
    -- The code that every request of this phone may use, unless the message has one for its own request only.
    mac BLOB CHECK (length(mac) = 32),
    guesses INTEGER NOT NULL DEFAULT 0,
    used INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX message_by_phone ON message (phone, made);

DROP TABLE guess;
