-- +goose Up
-- Second factors of accounts. The secret is sealed with a key that is not in the database.
CREATE TABLE factors (
  id TEXT COLLATE "C" PRIMARY KEY,
  account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  title TEXT NOT NULL,
  secret BYTEA NOT NULL,
  last_step BIGINT NOT NULL DEFAULT 0, -- the last time step whose code was used
  created_at TIMESTAMPTZ NOT NULL,
  confirmed_at TIMESTAMPTZ, -- NULL = it does not count yet
  last_used_at TIMESTAMPTZ
);
CREATE INDEX factors_by_account ON factors (account_id, created_at);

-- Recovery codes that were not used yet.
CREATE TABLE recovery_codes (
  hash TEXT PRIMARY KEY,
  account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE
);
CREATE INDEX recovery_codes_by_account ON recovery_codes (account_id);

-- A session that was opened with the right password waits for the second factor.
ALTER TABLE sessions ADD COLUMN needs_factor BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE sessions ADD COLUMN wrong_codes INTEGER NOT NULL DEFAULT 0;

-- Until when a trusted browser is not asked for the second factor.
ALTER TABLE devices ADD COLUMN factor_until TIMESTAMPTZ;
