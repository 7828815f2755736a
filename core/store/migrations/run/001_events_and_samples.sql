-- run.db: the facts of one run, and what its nodes used meanwhile.

-- step and mini_batch are set for ends of attempts only (and for StepReset, with -1 for all mini-batches); the index serves "all attempts of this mini-batch".
CREATE TABLE events (
    sequence   INTEGER PRIMARY KEY,
    time       INTEGER NOT NULL, -- microseconds since 1970
    kind       TEXT NOT NULL,    -- name of the struct in core/event/event.h
    step       INTEGER,
    mini_batch INTEGER,
    data       TEXT NOT NULL     -- its members as JSON
);
CREATE INDEX attempts ON events (step, mini_batch) WHERE mini_batch IS NOT NULL;

CREATE TABLE samples (
    number INTEGER PRIMARY KEY AUTOINCREMENT, -- never used twice: readers go on after the last one they saw
    time   INTEGER NOT NULL,
    node   INTEGER NOT NULL,
    data   TEXT NOT NULL                      -- monitor::NodeSample as JSON
);
