-- What the steps other than the trials recorded, and who came from which panel. The ids of a panel are kept apart from
-- the rows: sessions are found by a keyed hash, and the clear ids serve the payment only.

CREATE TABLE step_records (
    session TEXT NOT NULL REFERENCES sessions (id),
    step BIGINT NOT NULL,
    study TEXT NOT NULL,
    record_json TEXT NOT NULL,
    received_at_ms BIGINT NOT NULL,
    PRIMARY KEY (session, step)
);

CREATE INDEX step_records_of_a_study ON step_records (study, session, step);

CREATE TABLE panel_visits (
    study TEXT NOT NULL,
    id_hash TEXT NOT NULL,
    session TEXT NOT NULL,
    panel_id TEXT NOT NULL,
    submission TEXT,
    opened_at_ms BIGINT NOT NULL,
    PRIMARY KEY (study, id_hash)
);
