-- The board: what is public. Tiles, receipts and inclusion proofs derive from these rows.

-- One row for each signed checkpoint. Entries that were committed together share one.
CREATE TABLE checkpoint (
    size INTEGER PRIMARY KEY,
    root BLOB NOT NULL CHECK (length(root) = 32),
    note TEXT NOT NULL
) STRICT;

-- One row for each leaf. `acknowledged` is the size of the checkpoint its receipt shows.
CREATE TABLE entry (
    position INTEGER PRIMARY KEY,
    leaf BLOB NOT NULL,
    leaf_hash BLOB NOT NULL UNIQUE CHECK (length(leaf_hash) = 32),
    acknowledged INTEGER NOT NULL REFERENCES checkpoint (size)
) STRICT;

-- The one row on which every append compares and swaps, so that two servers on one
-- database cannot fork the board.
CREATE TABLE head (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    size INTEGER NOT NULL,
    root BLOB NOT NULL CHECK (length(root) = 32)
) STRICT;

-- Files of the record that are not derived from the entries while serving.
CREATE TABLE record_file (
    path TEXT PRIMARY KEY,
    bytes BLOB NOT NULL
) STRICT;

-- The board is append-only also towards whoever edits this database by hand.
CREATE TRIGGER entry_is_never_changed BEFORE UPDATE ON entry
BEGIN SELECT RAISE(ABORT, 'an entry of the board is never changed'); END;
CREATE TRIGGER entry_is_never_deleted BEFORE DELETE ON entry
BEGIN SELECT RAISE(ABORT, 'an entry of the board is never deleted'); END;
CREATE TRIGGER checkpoint_is_never_changed BEFORE UPDATE ON checkpoint
BEGIN SELECT RAISE(ABORT, 'a checkpoint is never changed'); END;
CREATE TRIGGER checkpoint_is_never_deleted BEFORE DELETE ON checkpoint
BEGIN SELECT RAISE(ABORT, 'a checkpoint is never deleted'); END;
