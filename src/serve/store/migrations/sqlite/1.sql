-- Runs: purges of one site, each for the deliveries of one hook. Times are milliseconds since 1970.
CREATE TABLE runs (
    id TEXT PRIMARY KEY,
    site TEXT NOT NULL,
    hook TEXT NOT NULL,
    state TEXT NOT NULL,          -- waiting | running | done | failed | joined
    attempts BIGINT NOT NULL,
    created BIGINT NOT NULL,
    not_before BIGINT NOT NULL,
    owner TEXT,                   -- the process that runs it, while its lease lasts
    lease BIGINT,
    ended BIGINT,
    joined TEXT,                  -- the run that took its deliveries
    report TEXT
);
-- Deliveries that come while a run is waiting join it.
CREATE UNIQUE INDEX one_waits ON runs (site, hook) WHERE state = 'waiting';
-- One run at a time for a site, whatever process runs it.
CREATE UNIQUE INDEX one_runs ON runs (site) WHERE state = 'running';
CREATE INDEX runs_by_state ON runs (state, created);

CREATE TABLE deliveries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    hook TEXT NOT NULL,
    replay TEXT,                  -- what a replay has in common with it
    received BIGINT NOT NULL,
    run TEXT NOT NULL REFERENCES runs (id),
    deploy TEXT NOT NULL
);
CREATE UNIQUE INDEX one_of_each ON deliveries (hook, replay);
CREATE INDEX deliveries_by_run ON deliveries (run);
