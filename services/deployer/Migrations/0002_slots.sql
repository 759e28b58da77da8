-- The release that was served before may stay, paused, for a while: going back to it is a change of routes.
ALTER TABLE apps ADD COLUMN warm_release INTEGER;
ALTER TABLE apps ADD COLUMN warm_until TEXT;

-- The highest generation accepted per app, and the deployment it came with.
CREATE TABLE generations (
    app           TEXT PRIMARY KEY,
    highest       INTEGER NOT NULL,
    deployment_id TEXT NOT NULL
) STRICT, WITHOUT ROWID;
