-- A number is taken once per app and deployment and never given again, also when the deployment fails.
CREATE TABLE releases (
    app           TEXT NOT NULL,
    number        INTEGER NOT NULL,
    deployment_id TEXT NOT NULL UNIQUE,
    bundle        TEXT NOT NULL,
    content       TEXT NOT NULL,
    created_at    TEXT NOT NULL,
    served_at     TEXT,
    PRIMARY KEY (app, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE apps (
    app             TEXT PRIMARY KEY,
    current_release INTEGER NOT NULL,
    FOREIGN KEY (app, current_release) REFERENCES releases (app, number)
) STRICT, WITHOUT ROWID;
