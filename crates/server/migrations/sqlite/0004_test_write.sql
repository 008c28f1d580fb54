-- The row that is written now and then to see whether the database can be written.
CREATE TABLE test_write (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    number INTEGER NOT NULL,
    bytes BLOB NOT NULL
) STRICT;
INSERT INTO test_write (only, number, bytes) VALUES (1, 0, x'');
