-- One text for SQLite and PostgreSQL: plain types only, identities and rows as text.

CREATE TABLE settings (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE sessions (
    id TEXT NOT NULL PRIMARY KEY,
    study TEXT NOT NULL,
    observer_kind TEXT NOT NULL,
    observer TEXT NOT NULL,
    trial_set TEXT NOT NULL,
    app_version TEXT NOT NULL,
    seed BIGINT NOT NULL,
    token_hash TEXT NOT NULL,
    -- Raised by every batch; the write also locks the session until its transaction ends.
    batches BIGINT NOT NULL DEFAULT 0,
    finished_rows BIGINT,
    completion_code TEXT UNIQUE
);

CREATE TABLE log_rows (
    session TEXT NOT NULL REFERENCES sessions (id),
    idx BIGINT NOT NULL,
    row_id TEXT NOT NULL UNIQUE,
    study TEXT NOT NULL,
    observer_kind TEXT NOT NULL,
    role TEXT NOT NULL,
    outcome TEXT NOT NULL,
    correct BOOLEAN,
    row_json TEXT NOT NULL,
    PRIMARY KEY (session, idx)
);

CREATE INDEX log_rows_of_a_study ON log_rows (study, session, idx);

-- What is left of a withdrawn session: that it is withdrawn, so that a late batch is told so.
CREATE TABLE withdrawn (
    session TEXT NOT NULL PRIMARY KEY
);
