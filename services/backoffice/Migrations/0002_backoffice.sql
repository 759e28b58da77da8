-- What happened, as told on the bus. Append-only: the hash of a row covers its content and the hash of the row before it (EventHash).
CREATE TABLE timeline (
    seq           INTEGER PRIMARY KEY,
    id            TEXT NOT NULL UNIQUE,
    type          TEXT NOT NULL,
    at            TEXT NOT NULL,
    host          TEXT NOT NULL,
    body          TEXT NOT NULL,
    hash          TEXT NOT NULL,
    -- For filters. Read off the body, so that nothing can be changed here without changing what the hash covers.
    app           TEXT GENERATED ALWAYS AS (body ->> '$.app') VIRTUAL,
    deployment_id TEXT GENERATED ALWAYS AS (lower(body ->> '$.deploymentId')) VIRTUAL
) STRICT;

CREATE INDEX timeline_by_app ON timeline (app, seq) WHERE app IS NOT NULL;
CREATE INDEX timeline_by_type ON timeline (type, seq);
CREATE INDEX timeline_by_deployment ON timeline (deployment_id, seq) WHERE deployment_id IS NOT NULL;

-- The newest event, so that one cut off at the end is missed.
CREATE TABLE timeline_head (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    seq  INTEGER NOT NULL,
    hash TEXT NOT NULL
) STRICT;

INSERT INTO timeline_head (only, seq, hash) VALUES (1, 0, '0000000000000000000000000000000000000000000000000000000000000000');

-- Projections of the timeline (and of what was asked for here). A document is the JSON of the record of the same name.
CREATE TABLE deployments (
    number        INTEGER PRIMARY KEY,
    deployment_id TEXT NOT NULL UNIQUE,
    app           TEXT NOT NULL,
    document      TEXT NOT NULL
) STRICT;

CREATE INDEX deployments_by_app ON deployments (app, number);

CREATE TABLE releases (
    app      TEXT NOT NULL,
    release  INTEGER NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (app, release)
) STRICT, WITHOUT ROWID;

CREATE TABLE serving (
    app      TEXT NOT NULL PRIMARY KEY,
    release  INTEGER NOT NULL,
    document TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE bundles (
    digest    TEXT NOT NULL PRIMARY KEY,
    size      INTEGER NOT NULL,
    stored_by TEXT,
    stored_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE idempotency_keys (
    token         TEXT NOT NULL,
    key           TEXT NOT NULL,
    body_digest   TEXT NOT NULL,
    deployment_id TEXT NOT NULL,
    app           TEXT NOT NULL,
    used_at       TEXT NOT NULL,
    PRIMARY KEY (token, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX idempotency_keys_by_age ON idempotency_keys (used_at);
