-- +goose Up
-- Lists of large installations: technical accounts, an organization's accounts in a state that few are in, and by the age of their passwords.
CREATE INDEX accounts_technical ON accounts (name_key, id) WHERE technical;
CREATE INDEX accounts_of_organization_blocked ON accounts (organization_id, name_key, id) WHERE blocked_at IS NOT NULL;
CREATE INDEX accounts_of_organization_one_time ON accounts (organization_id, name_key, id) WHERE one_time;
CREATE INDEX accounts_of_organization_by_password_age ON accounts (organization_id, password_set_at, id);
