-- Witnesses. Where the manifest names some, a checkpoint is shown to nobody before enough of them have cosigned it.

-- One row when the manifest of this board names witnesses.
CREATE TABLE witnessing (
    only INTEGER PRIMARY KEY CHECK (only = 1)
) STRICT;

-- The cosignature lines of a checkpoint that enough witnesses have cosigned. Only the newest checkpoint is ever brought
-- to witnesses, so an entry is acknowledged by the first of these that covers it.
CREATE TABLE witnessed (
    size INTEGER PRIMARY KEY REFERENCES checkpoint (size),
    lines TEXT NOT NULL CHECK (length(lines) > 0)
) STRICT;

-- Receipts carry these lines: the same receipt for ever.
CREATE TRIGGER witnessed_is_never_changed BEFORE UPDATE ON witnessed
BEGIN SELECT RAISE(ABORT, 'cosignatures are never changed'); END;
CREATE TRIGGER witnessed_is_never_deleted BEFORE DELETE ON witnessed
BEGIN SELECT RAISE(ABORT, 'cosignatures are never deleted'); END;
