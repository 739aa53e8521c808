-- +goose Up
-- Browsers that have signed in to an account, each with a count of failed attempts of its own.
CREATE TABLE devices (
  id TEXT PRIMARY KEY,
  token_hash TEXT NOT NULL UNIQUE,
  account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  created_at TIMESTAMP NOT NULL,
  last_used_at TIMESTAMP NOT NULL,
  ends_at TIMESTAMP NOT NULL,
  failed_attempts INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX devices_by_account ON devices (account_id);

-- Whose attempt is in flight: '' = a stranger's.
ALTER TABLE reservations ADD COLUMN device_id TEXT NOT NULL DEFAULT '';

-- Failed posts by client address: each adds to the time at which all of them are forgotten, in microseconds since 1970.
CREATE TABLE address_failures (
  address TEXT PRIMARY KEY,
  forgotten_at BIGINT NOT NULL
);
CREATE INDEX address_failures_by_end ON address_failures (forgotten_at);
