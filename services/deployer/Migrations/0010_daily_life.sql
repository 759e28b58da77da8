-- A stopped app keeps its release; it runs again when it is started or deployed.
ALTER TABLE apps ADD COLUMN stopped_at TEXT;

-- A locked app takes no deployments. A lease that has ended is no lock, whether or not its row is still here.
CREATE TABLE locks (
    app       TEXT PRIMARY KEY,
    reason    TEXT NOT NULL,
    locked_by TEXT NOT NULL,
    locked_at TEXT NOT NULL,
    ends_at   TEXT NOT NULL
) STRICT, WITHOUT ROWID;
