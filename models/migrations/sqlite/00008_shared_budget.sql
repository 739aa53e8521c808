-- +goose Up
-- Failed attempts of all trusted browsers of an account together: they share one budget.
ALTER TABLE accounts ADD COLUMN device_failures INTEGER NOT NULL DEFAULT 0;
UPDATE accounts SET device_failures = (SELECT max(failed_attempts) FROM devices WHERE account_id = accounts.id)
  WHERE EXISTS (SELECT 1 FROM devices WHERE account_id = accounts.id AND failed_attempts > 0);
ALTER TABLE devices DROP COLUMN failed_attempts;
