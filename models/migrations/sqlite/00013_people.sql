-- +goose Up
-- The person behind an account, as operators know them.
ALTER TABLE accounts ADD COLUMN display_name TEXT NOT NULL DEFAULT '';
ALTER TABLE accounts ADD COLUMN external_id TEXT NOT NULL DEFAULT '';
ALTER TABLE accounts ADD COLUMN phone TEXT NOT NULL DEFAULT '';
ALTER TABLE accounts ADD COLUMN note TEXT NOT NULL DEFAULT '';
CREATE INDEX accounts_by_external_id ON accounts (external_id, name_key, id) WHERE external_id <> '';
