-- The row's trial, so that nobody parses every row of a session to learn which trials it has.
-- Null where a row from before cannot be read (store/fill.rs fills the others).

ALTER TABLE log_rows ADD COLUMN trial TEXT;
