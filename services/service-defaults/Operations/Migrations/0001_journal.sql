CREATE TABLE inbox (
    message_id  TEXT NOT NULL,
    consumer    TEXT NOT NULL,
    received_at TEXT NOT NULL,
    PRIMARY KEY (message_id, consumer)
) STRICT, WITHOUT ROWID;

CREATE INDEX inbox_by_age ON inbox (received_at);

-- Rows of one lane leave in the order they were written; lanes do not wait for each other.
CREATE TABLE outbox (
    sequence        INTEGER PRIMARY KEY AUTOINCREMENT,
    message_id      TEXT NOT NULL UNIQUE,
    lane            TEXT NOT NULL,
    type            TEXT NOT NULL,
    body            TEXT NOT NULL,
    route           TEXT,
    trace_parent    TEXT,
    created_at      TEXT NOT NULL,
    attempts        INTEGER NOT NULL DEFAULT 0,
    next_attempt_at TEXT,
    last_error      TEXT,
    published_at    TEXT
) STRICT;

CREATE INDEX outbox_by_lane ON outbox (lane, sequence);

CREATE TABLE operations (
    sequence      INTEGER PRIMARY KEY AUTOINCREMENT,
    id            TEXT NOT NULL UNIQUE,
    kind          TEXT NOT NULL,
    subject       TEXT NOT NULL,
    state         TEXT NOT NULL CHECK (state IN ('queued', 'running', 'undoing', 'completed', 'failed', 'cancelled')),
    command       TEXT NOT NULL,
    data          TEXT NOT NULL,
    requested_by  TEXT,
    trace_parent  TEXT,
    accepted_at   TEXT NOT NULL,
    ended_at      TEXT,
    next_step     INTEGER NOT NULL DEFAULT 1,
    tries         INTEGER NOT NULL DEFAULT 0,
    failed_step   TEXT,
    failure       TEXT,
    cancel_asked  INTEGER NOT NULL DEFAULT 0,
    cancel_reason TEXT,
    cancel_by     TEXT,
    left_behind   TEXT
) STRICT;

CREATE INDEX operations_unfinished ON operations (state, sequence) WHERE ended_at IS NULL;
CREATE INDEX operations_by_subject ON operations (subject, sequence);

CREATE TABLE steps (
    operation_id TEXT NOT NULL REFERENCES operations (id) ON DELETE CASCADE,
    number       INTEGER NOT NULL,
    name         TEXT NOT NULL,
    started_at   TEXT NOT NULL,
    ended_at     TEXT,
    undone_at    TEXT,
    PRIMARY KEY (operation_id, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE progress (
    operation_id TEXT NOT NULL REFERENCES operations (id) ON DELETE CASCADE,
    number       INTEGER NOT NULL,
    step         TEXT NOT NULL,
    at           TEXT NOT NULL,
    line         TEXT NOT NULL,
    PRIMARY KEY (operation_id, number)
) STRICT, WITHOUT ROWID;
