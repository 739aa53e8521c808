-- +goose Up
-- Mails in a state by template, and an organization's accounts with a second factor.
CREATE INDEX mails_by_state_template ON mails (state, template, id);
CREATE INDEX accounts_of_organization_with_app ON accounts (organization_id, name_key, id) WHERE has_app AND organization_id IS NOT NULL;
CREATE INDEX accounts_of_organization_with_passkey ON accounts (organization_id, name_key, id) WHERE has_passkey AND organization_id IS NOT NULL;
-- Counters replace it.
DROP INDEX accounts_expiring;
