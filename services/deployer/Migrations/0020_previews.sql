-- An app that is there for a while. The row goes with the app; told_at is set once its end was told.
CREATE TABLE previews (
    app        TEXT PRIMARY KEY,
    preview_of TEXT NOT NULL,
    preview    TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    told_at    TEXT
) STRICT, WITHOUT ROWID;
