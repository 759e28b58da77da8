-- The signing keys of an issuer as it last told them, so that its outage stops no deployment.
CREATE TABLE ci_keys (
    issuer     TEXT NOT NULL PRIMARY KEY,
    key_set    TEXT NOT NULL,
    fetched_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Tokens of CI that were exchanged. Each is taken once; the handle it was exchanged for is known by its hash, and is made again from the salt and the token itself.
CREATE TABLE ci_grants (
    issuer      TEXT NOT NULL,
    jti         TEXT NOT NULL,
    body_digest TEXT NOT NULL,
    salt        BLOB NOT NULL,
    handle_hash TEXT NOT NULL UNIQUE,
    app         TEXT NOT NULL,
    "commit"    TEXT NOT NULL,
    repository  TEXT NOT NULL,
    requester   TEXT NOT NULL,
    expires_at  TEXT NOT NULL,
    forget_at   TEXT NOT NULL,
    PRIMARY KEY (issuer, jti)
) STRICT, WITHOUT ROWID;

CREATE INDEX ci_grants_by_age ON ci_grants (forget_at);
