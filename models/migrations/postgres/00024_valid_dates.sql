-- +goose Up
-- The first and the last day on which an account is open, and the last day of which its owner was notified.
ALTER TABLE accounts ADD COLUMN valid_from TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE accounts ADD COLUMN valid_until TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE accounts ADD COLUMN end_notice TEXT COLLATE "C" NOT NULL DEFAULT '';
CREATE INDEX accounts_valid_from ON accounts (name_key, id, valid_from) WHERE valid_from <> '';
CREATE INDEX accounts_valid_until ON accounts (name_key, id, valid_until) WHERE valid_until <> '';
CREATE INDEX accounts_end_due ON accounts (valid_until, id) WHERE valid_until <> '' AND end_notice <> valid_until;

-- They cover what the charts and previews count.
DROP INDEX accounts_expiring;
CREATE INDEX accounts_expiring ON accounts (technical, kind, password_set_at) INCLUDE (valid_from, valid_until)
  WHERE disabled_at IS NULL AND NOT one_time AND password_hash <> '';
DROP INDEX accounts_expiring_of_organization;
CREATE INDEX accounts_expiring_of_organization ON accounts (organization_id, technical, kind, password_set_at)
  INCLUDE (valid_from, valid_until) WHERE disabled_at IS NULL AND NOT one_time AND password_hash <> '';
DROP INDEX accounts_notice_due;
CREATE INDEX accounts_notice_due ON accounts (technical, kind, expiry_notice, password_set_at) INCLUDE (valid_from, valid_until)
  WHERE disabled_at IS NULL AND NOT one_time AND password_hash <> '';
