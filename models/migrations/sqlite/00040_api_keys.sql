-- +goose Up
-- API keys, by which programs act for an account, and the short-lived tokens that they are exchanged for. Of both only the hash is stored.
CREATE TABLE api_keys (
  id TEXT PRIMARY KEY,
  account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  title TEXT NOT NULL,
  prefix TEXT NOT NULL UNIQUE, -- the first characters of the key, which may be shown
  hash TEXT NOT NULL UNIQUE,
  can_write BOOLEAN NOT NULL,
  can_verify BOOLEAN NOT NULL,
  direct BOOLEAN NOT NULL, -- works without a token
  scope TEXT NOT NULL, -- 'all', or the ids of organizations with spaces between
  networks TEXT NOT NULL, -- with spaces between; '' = everywhere
  created_at TIMESTAMP NOT NULL,
  ends_at TIMESTAMP NOT NULL,
  end_noticed BOOLEAN NOT NULL DEFAULT FALSE, -- whether its end was announced
  last_used_at TIMESTAMP,
  last_address TEXT NOT NULL DEFAULT ''
);
CREATE INDEX api_keys_by_account ON api_keys (account_id, created_at);
CREATE INDEX api_keys_ending ON api_keys (ends_at, id);
CREATE INDEX api_keys_end_due ON api_keys (ends_at, id) WHERE NOT end_noticed;

-- The networks from which a key was used; the owner is notified of new ones.
CREATE TABLE api_key_networks (
  key_id TEXT NOT NULL REFERENCES api_keys (id) ON DELETE CASCADE,
  network TEXT NOT NULL,
  PRIMARY KEY (key_id, network)
) WITHOUT ROWID;

CREATE TABLE api_tokens (
  id TEXT PRIMARY KEY,
  hash TEXT NOT NULL UNIQUE,
  account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  key_id TEXT REFERENCES api_keys (id) ON DELETE CASCADE, -- NULL = name and password of a technical account
  password_id TEXT NOT NULL, -- of that password; '' with a key
  created_at TIMESTAMP NOT NULL,
  ends_at TIMESTAMP NOT NULL,
  CHECK ((key_id IS NULL) = (password_id <> ''))
);
CREATE INDEX api_tokens_by_account ON api_tokens (account_id);
CREATE INDEX api_tokens_by_key ON api_tokens (key_id) WHERE key_id IS NOT NULL;
CREATE INDEX api_tokens_ending ON api_tokens (ends_at);
