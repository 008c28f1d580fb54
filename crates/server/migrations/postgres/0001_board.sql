-- The board: what is public. Tiles, receipts and inclusion proofs derive from these rows.

-- One row for each signed checkpoint. Entries that were committed together share one.
CREATE TABLE checkpoint (
    size BIGINT PRIMARY KEY,
    root BYTEA NOT NULL CHECK (length(root) = 32),
    note TEXT NOT NULL
);

-- One row for each leaf. `acknowledged` is the size of the checkpoint its receipt shows.
CREATE TABLE entry (
    position BIGINT PRIMARY KEY,
    leaf BYTEA NOT NULL,
    leaf_hash BYTEA NOT NULL UNIQUE CHECK (length(leaf_hash) = 32),
    acknowledged BIGINT NOT NULL REFERENCES checkpoint (size)
);

-- The one row on which every append compares and swaps, so that two servers on one database cannot fork the board.
CREATE TABLE head (
    "only" SMALLINT PRIMARY KEY CHECK ("only" = 1),
    size BIGINT NOT NULL,
    root BYTEA NOT NULL CHECK (length(root) = 32)
);

-- Files of the record that are not derived from the entries while serving.
CREATE TABLE record_file (
    path TEXT PRIMARY KEY,
    bytes BYTEA NOT NULL
);

-- The cosignature lines of a checkpoint that enough witnesses have cosigned. Only the newest checkpoint is ever brought
-- to witnesses, so an entry is acknowledged by the first of these that covers it.
CREATE TABLE witnessed (
    size BIGINT PRIMARY KEY REFERENCES checkpoint (size),
    lines TEXT NOT NULL CHECK (length(lines) > 0)
);

-- When a ballot box ran on this database last, as far as it knew the time: what the machine's clock is compared with at
-- the next start.
CREATE TABLE seen (
    "only" SMALLINT PRIMARY KEY CHECK ("only" = 1),
    unix BIGINT NOT NULL
);

-- The board is append-only also towards whoever edits this database by hand.
CREATE FUNCTION board_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%: a row of the board is never changed and never deleted', TG_TABLE_NAME;
END $$;
CREATE TRIGGER entry_stays BEFORE UPDATE OR DELETE ON entry
FOR EACH ROW EXECUTE FUNCTION board_is_append_only();
CREATE TRIGGER entries_stay BEFORE TRUNCATE ON entry
FOR EACH STATEMENT EXECUTE FUNCTION board_is_append_only();
CREATE TRIGGER checkpoint_stays BEFORE UPDATE OR DELETE ON checkpoint
FOR EACH ROW EXECUTE FUNCTION board_is_append_only();
CREATE TRIGGER checkpoints_stay BEFORE TRUNCATE ON checkpoint
FOR EACH STATEMENT EXECUTE FUNCTION board_is_append_only();
-- Receipts carry these lines: the same receipt for ever.
CREATE TRIGGER witnessed_stays BEFORE UPDATE OR DELETE ON witnessed
FOR EACH ROW EXECUTE FUNCTION board_is_append_only();
CREATE TRIGGER all_witnessed_stays BEFORE TRUNCATE ON witnessed
FOR EACH STATEMENT EXECUTE FUNCTION board_is_append_only();
