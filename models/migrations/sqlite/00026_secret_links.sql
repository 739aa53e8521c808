-- +goose Up
-- Secret links: a link hands over a password a number of times. The database holds neither its token nor what opens it.
CREATE TABLE secret_links (
  id TEXT PRIMARY KEY,
  token_hash TEXT NOT NULL UNIQUE,
  account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE, -- whose password it holds
  password_id TEXT NOT NULL,
  maker_id TEXT REFERENCES accounts (id) ON DELETE SET NULL,
  maker_name TEXT NOT NULL,
  salt TEXT NOT NULL, -- of the passphrase, with its parameters; '' = there is none
  sealed BLOB, -- NULL = it has ended
  reads INTEGER NOT NULL,
  reads_left INTEGER NOT NULL CHECK (reads_left >= 0),
  tries_left INTEGER NOT NULL CHECK (tries_left >= 0), -- for the passphrase
  created_at TIMESTAMP NOT NULL,
  ends_at TIMESTAMP NOT NULL,
  ended_at TIMESTAMP, -- NULL = it opens until ends_at
  ending TEXT NOT NULL, -- why it ended
  CHECK (ended_at IS NULL OR sealed IS NULL AND salt = '' AND ending <> '')
);
CREATE INDEX secret_links_by_account ON secret_links (account_id, ended_at);
CREATE INDEX secret_links_by_maker ON secret_links (maker_id, id) WHERE maker_id IS NOT NULL;
CREATE INDEX secret_links_open ON secret_links (ends_at) WHERE ended_at IS NULL;
CREATE INDEX secret_links_ended ON secret_links (ended_at) WHERE ended_at IS NOT NULL;

CREATE TABLE secret_link_reads (
  id TEXT PRIMARY KEY,
  link_id TEXT NOT NULL REFERENCES secret_links (id) ON DELETE CASCADE,
  at TIMESTAMP NOT NULL,
  address TEXT NOT NULL,
  user_agent TEXT NOT NULL
);
CREATE INDEX secret_link_reads_by_link ON secret_link_reads (link_id, id);
