-- +goose Up
-- Mails in a state by template, and an organization's accounts with a second factor.
CREATE INDEX mails_by_state_template ON mails (state, template, id);
CREATE INDEX accounts_of_organization_with_app ON accounts (organization_id, name_key, id) WHERE has_app AND organization_id IS NOT NULL;
CREATE INDEX accounts_of_organization_with_passkey ON accounts (organization_id, name_key, id) WHERE has_passkey AND organization_id IS NOT NULL;
-- Counters replace it.
DROP INDEX accounts_expiring;
-- Counters are added up from indexes alone, as long as the tables are vacuumed often, and so is the rest of a bucket.
DROP INDEX accounts_by_password_age;
CREATE INDEX accounts_by_password_age ON accounts (password_set_at, id) INCLUDE (kind, technical, class);
DROP INDEX password_counts_of;
CREATE INDEX password_counts_of ON password_counts (organization_id, level, kind, technical, bucket, class) INCLUDE (n);
DROP INDEX account_counts_of;
CREATE INDEX account_counts_of ON account_counts (organization_id, kind, technical, class, without_factor) INCLUDE (n);
DROP INDEX failure_counts_of;
CREATE INDEX failure_counts_of ON failure_counts (organization_id, quarter) INCLUDE (n);
ALTER TABLE account_counts SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02);
ALTER TABLE failure_counts SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02);
ALTER TABLE password_counts SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02);
