-- The row that is written now and then to see whether the database can be written.
CREATE TABLE test_write (
    "only" SMALLINT PRIMARY KEY CHECK ("only" = 1),
    number BIGINT NOT NULL,
    bytes BYTEA NOT NULL
);
INSERT INTO test_write ("only", number, bytes) VALUES (1, 0, '');
