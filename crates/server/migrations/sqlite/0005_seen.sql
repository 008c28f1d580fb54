-- When a ballot box ran on this database last, as far as it knew the time: what the machine's clock is compared with at
-- the next start.
CREATE TABLE seen (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    unix INTEGER NOT NULL
) STRICT;
