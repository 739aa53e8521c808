-- +goose Up
-- The tries of mails that went wrong, and what was answered.
CREATE TABLE mail_tries (
  mail_id TEXT NOT NULL REFERENCES mails (id) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  at TIMESTAMPTZ NOT NULL,
  answer TEXT NOT NULL,
  PRIMARY KEY (mail_id, number)
);

-- One row: whether the mail server can be reached, and since when not.
CREATE TABLE mail_server (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  reached_at TIMESTAMPTZ,
  trouble_since TIMESTAMPTZ,
  trouble_last_at TIMESTAMPTZ,
  trouble_answer TEXT NOT NULL,
  CHECK ((trouble_since IS NULL) = (trouble_last_at IS NULL))
);

-- When somebody had the mail sent again, from when on it is tried for another five days.
ALTER TABLE mails ADD COLUMN retried_at TIMESTAMPTZ;

-- How many tries do not make the next pause longer: those before somebody had it sent again, and those of which the server
-- never heard.
ALTER TABLE mails ADD COLUMN tries_before INTEGER NOT NULL DEFAULT 0;

CREATE INDEX mails_by_template ON mails (template, id);

-- By group, since those whose passwords never expire would stand before all that are due.
DROP INDEX accounts_notice_due;
CREATE INDEX accounts_notice_due ON accounts (technical, kind, expiry_notice, password_set_at)
  WHERE disabled_at IS NULL AND NOT one_time AND password_hash <> '';

-- Bodies of mails are written with each mail, and seldom read: what packs quicker serves better, where the server has it.
-- +goose StatementBegin
DO $$
BEGIN
  ALTER TABLE mails ALTER COLUMN text_body SET COMPRESSION lz4, ALTER COLUMN html_body SET COMPRESSION lz4;
EXCEPTION WHEN feature_not_supported THEN
  NULL;
END
$$;
-- +goose StatementEnd
