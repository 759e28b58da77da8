-- The last word on an app's lock. No document: it was unlocked.
CREATE TABLE locks (
    app      TEXT PRIMARY KEY,
    at       TEXT NOT NULL,
    document TEXT
) STRICT, WITHOUT ROWID;
