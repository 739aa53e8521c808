-- +goose Up
-- E-mail addresses that owners have asked for. The id is that of the link that confirms the address.
CREATE TABLE email_changes (
  id TEXT COLLATE "C" PRIMARY KEY,
  undo_id TEXT COLLATE "C" UNIQUE, -- the link that takes it back; NULL = it was not confirmed
  account_id TEXT COLLATE "C" NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  email TEXT NOT NULL,
  former TEXT NOT NULL,
  former_key TEXT COLLATE "C" NOT NULL, -- which stays reserved until the end
  ends_at TIMESTAMPTZ NOT NULL -- when neither link works any more
);
CREATE INDEX email_changes_by_account ON email_changes (account_id, id);
CREATE INDEX email_changes_by_end ON email_changes (ends_at);
