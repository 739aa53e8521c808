-- +goose Up
-- The tries of mails that went wrong, and what was answered.
CREATE TABLE mail_tries (
  mail_id TEXT NOT NULL REFERENCES mails (id) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  at TIMESTAMP NOT NULL,
  answer TEXT NOT NULL,
  PRIMARY KEY (mail_id, number)
);

-- One row while the mail server cannot be reached.
CREATE TABLE mail_server_troubles (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  since TIMESTAMP NOT NULL,
  last_at TIMESTAMP NOT NULL,
  answer TEXT NOT NULL
);

-- When somebody had the mail sent again, from when on it is tried for another five days.
ALTER TABLE mails ADD COLUMN retried_at TIMESTAMP;
