-- +goose Up
-- Whether a second factor of the account counts, which every request of an account that needs one asks.
ALTER TABLE accounts ADD COLUMN has_factor BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE accounts SET has_factor = TRUE WHERE id IN (SELECT account_id FROM factors WHERE confirmed_at IS NOT NULL);
CREATE INDEX accounts_without_factor ON accounts (kind, id) WHERE NOT has_factor AND NOT technical;
