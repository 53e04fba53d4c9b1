-- A session is opened against a snapshot of its study and keeps the plan that was drawn for it. Times are milliseconds
-- since 1970 on the server's clock. Columns are null in what older versions wrote.

CREATE TABLE snapshots (
    hash TEXT NOT NULL PRIMARY KEY,
    study_json TEXT NOT NULL,
    trials_json TEXT NOT NULL,
    software TEXT NOT NULL,
    stored_at_ms BIGINT NOT NULL
);

ALTER TABLE sessions ADD COLUMN snapshot TEXT;
ALTER TABLE sessions ADD COLUMN plan_json TEXT;
ALTER TABLE sessions ADD COLUMN receipt_hash TEXT;
ALTER TABLE sessions ADD COLUMN opened_at_ms BIGINT;
ALTER TABLE sessions ADD COLUMN finished_at_ms BIGINT;
-- The time that the stored trials took at least, by the study's timing.
ALTER TABLE sessions ADD COLUMN least_ms BIGINT NOT NULL DEFAULT 0;

ALTER TABLE log_rows ADD COLUMN repeat_of_trial BIGINT;
ALTER TABLE log_rows ADD COLUMN received_at_ms BIGINT;
-- 1 where the trial is over with this row, 0 where it comes again.
ALTER TABLE log_rows ADD COLUMN ends_trial BIGINT;

-- Each presentation once. Rows of older versions have no repeat, and nulls are never equal.
CREATE UNIQUE INDEX log_rows_of_a_presentation ON log_rows (session, trial, repeat_of_trial);

-- What is left of a withdrawn session: its code, for the payment, and who may ask for it.
ALTER TABLE withdrawn ADD COLUMN study TEXT;
ALTER TABLE withdrawn ADD COLUMN completion_code TEXT;
ALTER TABLE withdrawn ADD COLUMN token_hash TEXT;
ALTER TABLE withdrawn ADD COLUMN receipt_hash TEXT;
ALTER TABLE withdrawn ADD COLUMN withdrawn_at_ms BIGINT;
