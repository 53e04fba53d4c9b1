-- Which consent text a person agreed to. The session is opened with the consent: opened_at_ms is its time.

ALTER TABLE sessions ADD COLUMN consent_text_hash TEXT;

-- Quotas count the finished sessions of a study.
CREATE INDEX sessions_of_a_study ON sessions (study, observer_kind, finished_rows);
