-- +goose Up
-- One row: the key with which new secrets are sealed, and a text that only this key opens. The key itself is not in the database.
CREATE TABLE sealing_keys (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  key_id TEXT NOT NULL,
  known BYTEA NOT NULL,
  since TIMESTAMPTZ NOT NULL
);

-- An account that lost its second factor without its doing has to set up another one.
ALTER TABLE accounts ADD COLUMN must_set_factor BOOLEAN NOT NULL DEFAULT FALSE;
