-- Keys of the lab by name, who is signed in, whether a study takes people, and the places in it. Keys and cookies are kept as hashes.

CREATE TABLE lab_keys (
    name TEXT NOT NULL PRIMARY KEY,
    key_hash TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL,
    -- The names of the studies that it may see, with commas between them; null for all.
    studies TEXT,
    created_at_ms BIGINT NOT NULL,
    revoked_at_ms BIGINT
);

CREATE TABLE lab_visits (
    token_hash TEXT NOT NULL PRIMARY KEY,
    key_name TEXT NOT NULL REFERENCES lab_keys (name),
    expires_at_ms BIGINT NOT NULL
);

CREATE TABLE study_states (
    study TEXT NOT NULL PRIMARY KEY,
    state TEXT NOT NULL,
    -- Raised by everyone who asks for a place; the write also lets one in after the other.
    asked BIGINT NOT NULL DEFAULT 0
);

ALTER TABLE sessions ADD COLUMN group_name TEXT;
ALTER TABLE sessions ADD COLUMN last_seen_ms BIGINT;
-- Until when the place is kept without a sign of life. Null in sessions of older versions.
ALTER TABLE sessions ADD COLUMN seat_until_ms BIGINT;
-- 1 once a sign of life came after that.
ALTER TABLE sessions ADD COLUMN is_late BIGINT NOT NULL DEFAULT 0;
-- Of a finished session: its SessionFacts, and the exclusion criteria that it meets, with commas between them.
ALTER TABLE sessions ADD COLUMN facts_json TEXT;
ALTER TABLE sessions ADD COLUMN excluded_by TEXT;
