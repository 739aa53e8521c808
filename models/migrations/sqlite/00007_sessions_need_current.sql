-- +goose Up
-- Sessions that were open when a new password was demanded have to give the current one.
ALTER TABLE sessions ADD COLUMN needs_current BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE sessions SET needs_current = TRUE WHERE kind = 'full' AND account_id IN (SELECT id FROM accounts WHERE must_change);
