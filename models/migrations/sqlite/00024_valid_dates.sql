-- +goose Up
-- The first and the last day on which an account is open, and the last day of which its owner was notified.
ALTER TABLE accounts ADD COLUMN valid_from TEXT NOT NULL DEFAULT '';
ALTER TABLE accounts ADD COLUMN valid_until TEXT NOT NULL DEFAULT '';
ALTER TABLE accounts ADD COLUMN end_notice TEXT NOT NULL DEFAULT '';
CREATE INDEX accounts_valid_from ON accounts (name_key, id, valid_from) WHERE valid_from <> '';
CREATE INDEX accounts_valid_until ON accounts (name_key, id, valid_until) WHERE valid_until <> '';
CREATE INDEX accounts_end_due ON accounts (valid_until, id) WHERE valid_until <> '' AND end_notice <> valid_until;
