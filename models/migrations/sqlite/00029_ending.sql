-- +goose Up
-- The accounts that end on a day.
CREATE INDEX accounts_ending ON accounts (valid_until, name_key, id, organization_id, valid_from) WHERE valid_until <> '';
