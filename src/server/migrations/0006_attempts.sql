-- A start that is tried again, because the answer was lost, gets the session that it opened. A hash, because who knows
-- the attempt gets the session's token.
ALTER TABLE sessions ADD COLUMN attempt_hash TEXT;
-- Sessions of older versions have none, and nulls are never equal.
CREATE UNIQUE INDEX sessions_of_an_attempt ON sessions (attempt_hash);
