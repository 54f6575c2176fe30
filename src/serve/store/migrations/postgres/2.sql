-- Pages for people: of runs that ended, and of plans. A plan that is being made has its row, and no page yet.
CREATE TABLE pages (
    name TEXT PRIMARY KEY,        -- a run's id, or `plan/` and a site's name
    made BIGINT NOT NULL,
    policy TEXT,                  -- what the page may do in a browser
    page BYTEA                    -- compressed with gzip
);
CREATE INDEX pages_by_age ON pages (made);
CREATE INDEX runs_by_age ON runs (created);
