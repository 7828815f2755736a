-- workspace.db: an index of the run folders; can be thrown away and built again from them.
CREATE TABLE runs (
    run                 TEXT PRIMARY KEY,
    display_name        TEXT NOT NULL,
    job_file            TEXT NOT NULL,
    state               TEXT NOT NULL, -- a name of event::RunState
    interrupted         INTEGER NOT NULL,
    started             INTEGER NOT NULL, -- microseconds since 1970
    ended               INTEGER NOT NULL,
    message             TEXT NOT NULL,
    mini_batches        INTEGER NOT NULL,
    mini_batches_failed INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX runs_by_start ON runs (started DESC);
