-- +goose Up
-- The password policies that were in force, by number, each from when on.
CREATE TABLE policy_versions (
  number INTEGER PRIMARY KEY,
  hash TEXT NOT NULL,
  rules TEXT NOT NULL,
  source TEXT NOT NULL,
  in_force_from TIMESTAMPTZ NOT NULL
);

-- Under which of them the present password was set. Nobody knows for those that were set before there were versions.
ALTER TABLE accounts ADD COLUMN policy_version INTEGER REFERENCES policy_versions (number);
