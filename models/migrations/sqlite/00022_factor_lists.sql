-- +goose Up
-- Which second factors of an account count, for the lists by second factor.
ALTER TABLE accounts ADD COLUMN has_app BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE accounts ADD COLUMN has_passkey BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE accounts SET has_app = TRUE WHERE id IN (SELECT account_id FROM factors WHERE kind = 'totp' AND confirmed_at IS NOT NULL);
UPDATE accounts SET has_passkey = TRUE WHERE id IN (SELECT account_id FROM factors WHERE kind = 'passkey' AND confirmed_at IS NOT NULL);
CREATE INDEX accounts_with_app ON accounts (name_key, id) WHERE has_app;
CREATE INDEX accounts_with_passkey ON accounts (name_key, id) WHERE has_passkey;
CREATE INDEX accounts_without_factor_name ON accounts (name_key, id) WHERE NOT has_factor AND NOT technical;
DROP INDEX accounts_without_factor;
CREATE INDEX accounts_without_factor ON accounts (kind, name_key, id, has_factor, technical) WHERE NOT has_factor AND NOT technical; -- covers their count
CREATE INDEX factors_confirmed ON factors (account_id, kind, confirmed_at) WHERE confirmed_at IS NOT NULL;
