-- The servers that share this database, each with when it was heard of last, in seconds since 1970 by the database's
-- clock. Nothing refers to them.
CREATE TABLE server (
    id BYTEA PRIMARY KEY CHECK (length(id) = 32),
    heard BIGINT NOT NULL
);
