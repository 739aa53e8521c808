-- +goose Up
-- Mails that a person may wait for are claimed before those about dates. Mails that have ended are not claimed again.
ALTER TABLE mails ADD COLUMN urgent BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE mails SET urgent = TRUE
  WHERE state IN ('waiting', 'sending', 'failed')
    AND (template NOT IN ('aom-accountpasswordExpirationReminder', 'aom-accountpasswordExpiration') OR once_key LIKE 'test:%');

DROP INDEX mails_due;
CREATE INDEX mails_due ON mails (urgent, next_try_at, id) WHERE state = 'waiting';
