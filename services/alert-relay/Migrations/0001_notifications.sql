-- What phones have yet to hear of. A row is gone once it has been told, refused or given up; each of these ends is an event in the outbox of the same transaction.
CREATE TABLE notifications (
    sequence        INTEGER PRIMARY KEY AUTOINCREMENT,
    id              TEXT NOT NULL UNIQUE,
    about           TEXT NOT NULL,
    group_key       TEXT NOT NULL,
    title           TEXT NOT NULL,
    body            TEXT NOT NULL,
    priority        INTEGER NOT NULL,
    tags            TEXT NOT NULL,
    click           TEXT,
    trace_parent    TEXT,
    happened_at     TEXT NOT NULL,
    accepted_at     TEXT NOT NULL,
    -- Written before a request is sent, so that attempts > 0 means begun.
    attempts        INTEGER NOT NULL DEFAULT 0,
    next_attempt_at TEXT,
    last_error      TEXT,
    -- When the first request left whose answer is not known; the server may have the message. Null: it has not.
    in_doubt_since  TEXT,
    -- The server fails on this one and may take others, which no longer wait for it.
    stepped_aside   INTEGER NOT NULL DEFAULT 0,
    -- The row in whose message this one is told, and with which it ends. Null: it has a message of its own.
    told_by         INTEGER
) STRICT;

CREATE INDEX notifications_by_group ON notifications (group_key, sequence) WHERE told_by IS NULL AND attempts = 0;
CREATE INDEX notifications_begun ON notifications (attempts) WHERE attempts > 0;
CREATE INDEX notifications_told_by ON notifications (told_by, sequence) WHERE told_by IS NOT NULL;
