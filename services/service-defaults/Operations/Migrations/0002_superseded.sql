-- A new state, and SQLite changes no CHECK in place. The children move first: dropping their parent would take their rows with it.
CREATE TABLE operations_next (
    sequence      INTEGER PRIMARY KEY AUTOINCREMENT,
    id            TEXT NOT NULL UNIQUE,
    kind          TEXT NOT NULL,
    subject       TEXT NOT NULL,
    state         TEXT NOT NULL CHECK (state IN ('queued', 'running', 'undoing', 'completed', 'failed', 'cancelled', 'superseded')),
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

CREATE TABLE steps_next (
    operation_id TEXT NOT NULL REFERENCES operations_next (id) ON DELETE CASCADE,
    number       INTEGER NOT NULL,
    name         TEXT NOT NULL,
    started_at   TEXT NOT NULL,
    ended_at     TEXT,
    undone_at    TEXT,
    PRIMARY KEY (operation_id, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE progress_next (
    operation_id TEXT NOT NULL REFERENCES operations_next (id) ON DELETE CASCADE,
    number       INTEGER NOT NULL,
    step         TEXT NOT NULL,
    at           TEXT NOT NULL,
    line         TEXT NOT NULL,
    PRIMARY KEY (operation_id, number)
) STRICT, WITHOUT ROWID;

INSERT INTO operations_next SELECT * FROM operations;
INSERT INTO steps_next SELECT * FROM steps;
INSERT INTO progress_next SELECT * FROM progress;
DROP TABLE steps;
DROP TABLE progress;
DROP TABLE operations;
ALTER TABLE operations_next RENAME TO operations;
ALTER TABLE steps_next RENAME TO steps;
ALTER TABLE progress_next RENAME TO progress;

CREATE INDEX operations_unfinished ON operations (state, sequence) WHERE ended_at IS NULL;
CREATE INDEX operations_by_subject ON operations (subject, sequence);
