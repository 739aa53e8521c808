-- +goose Up
-- Since when an account is not used, when its owner was notified that it will be disabled for that, and why it was disabled.
ALTER TABLE accounts ADD COLUMN active_at TIMESTAMPTZ NOT NULL DEFAULT '1970-01-01 00:00:00+00:00';
ALTER TABLE accounts ADD COLUMN inactive_notice_at TIMESTAMPTZ;
ALTER TABLE accounts ADD COLUMN disabled_for TEXT NOT NULL DEFAULT '';
UPDATE accounts SET active_at = greatest(created_at, coalesce(last_sign_in_at, created_at));
-- The first covers what sweeps skip: accounts that have ended.
CREATE INDEX accounts_inactive ON accounts (active_at, id, valid_from, valid_until)
  WHERE disabled_at IS NULL AND NOT technical AND (inactive_notice_at IS NULL OR inactive_notice_at <= active_at);
CREATE INDEX accounts_inactive_noticed ON accounts (inactive_notice_at, id)
  WHERE disabled_at IS NULL AND NOT technical AND inactive_notice_at > active_at;
