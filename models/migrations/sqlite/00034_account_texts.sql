-- +goose Up
-- What accounts are found by, in a table of its own: a search reads no wide rows, and a change of an account seldom writes it. The program
-- fills it after this file, in batches (models/renew_names.go).
DROP TRIGGER account_search_insert;
DROP TRIGGER account_search_update;
DROP TRIGGER account_search_delete;
DROP TABLE account_search;
ALTER TABLE accounts DROP COLUMN search;
CREATE TABLE account_texts (
  seq INTEGER PRIMARY KEY REFERENCES accounts (seq) ON DELETE CASCADE,
  id TEXT NOT NULL,
  search TEXT NOT NULL
);
CREATE VIRTUAL TABLE account_search USING fts5 (
  search, content = 'account_texts', content_rowid = 'seq', tokenize = 'trigram case_sensitive 1'
);
-- +goose StatementBegin
CREATE TRIGGER account_search_insert AFTER INSERT ON account_texts BEGIN
  INSERT INTO account_search (rowid, search) VALUES (new.seq, new.search);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER account_search_update AFTER UPDATE OF search ON account_texts BEGIN
  INSERT INTO account_search (account_search, rowid, search) VALUES ('delete', old.seq, old.search);
  INSERT INTO account_search (rowid, search) VALUES (new.seq, new.search);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER account_search_delete AFTER DELETE ON account_texts BEGIN
  INSERT INTO account_search (account_search, rowid, search) VALUES ('delete', old.seq, old.search);
END;
-- +goose StatementEnd
UPDATE name_renewals SET renewed_to = '', done = FALSE;

-- The orders of lists. Accounts without the value are behind those with it, by name. The order by expiration merges the groups of accounts
-- whose passwords have a lifetime of their own.
CREATE INDEX accounts_by_expiration ON accounts (kind, technical, password_set_at, id) WHERE one_time = FALSE;
CREATE INDEX accounts_of_organization_by_expiration ON accounts (organization_id, technical, password_set_at, id) WHERE one_time = FALSE AND organization_id IS NOT NULL;
CREATE INDEX accounts_one_time_by_age ON accounts (password_set_at, id) WHERE one_time = TRUE;
CREATE INDEX accounts_of_organization_one_time_by_age ON accounts (organization_id, password_set_at, id) WHERE one_time = TRUE AND organization_id IS NOT NULL;
CREATE INDEX accounts_without_age ON accounts (name_key, id) WHERE password_set_at IS NULL;
CREATE INDEX accounts_of_organization_without_age ON accounts (organization_id, name_key, id) WHERE password_set_at IS NULL AND organization_id IS NOT NULL;
DROP INDEX accounts_blocked;
CREATE INDEX accounts_blocked ON accounts (blocked_until, id) WHERE blocked_at IS NOT NULL;
CREATE INDEX accounts_of_organization_blocks ON accounts (organization_id, blocked_until, id) WHERE blocked_at IS NOT NULL AND organization_id IS NOT NULL;
CREATE INDEX accounts_by_sign_in ON accounts (last_sign_in_at, id) WHERE last_sign_in_at IS NOT NULL;
CREATE INDEX accounts_of_organization_by_sign_in ON accounts (organization_id, last_sign_in_at, id) WHERE last_sign_in_at IS NOT NULL AND organization_id IS NOT NULL;
CREATE INDEX accounts_never_in ON accounts (name_key, id) WHERE last_sign_in_at IS NULL;
CREATE INDEX accounts_of_organization_never_in ON accounts (organization_id, name_key, id) WHERE last_sign_in_at IS NULL AND organization_id IS NOT NULL;
CREATE INDEX accounts_by_email ON accounts (email_key, id) WHERE email_key <> '';
CREATE INDEX accounts_of_organization_by_email ON accounts (organization_id, email_key, id) WHERE email_key <> '' AND organization_id IS NOT NULL;
CREATE INDEX accounts_without_email ON accounts (name_key, id) WHERE email_key = '';
CREATE INDEX accounts_of_organization_without_email ON accounts (organization_id, name_key, id) WHERE email_key = '' AND organization_id IS NOT NULL;

-- An organization's accounts in a state, and those whose days an index can find for all.
CREATE INDEX accounts_of_organization_ending ON accounts (organization_id, valid_until, name_key, id) WHERE valid_until <> '' AND organization_id IS NOT NULL;
CREATE INDEX accounts_starting ON accounts (valid_from, name_key, id) WHERE valid_from <> '';
CREATE INDEX accounts_of_organization_starting ON accounts (organization_id, valid_from, name_key, id) WHERE valid_from <> '' AND organization_id IS NOT NULL;
CREATE INDEX accounts_of_organization_disabled ON accounts (organization_id, name_key, id) WHERE disabled_at IS NOT NULL AND organization_id IS NOT NULL;
CREATE INDEX accounts_of_organization_must_change ON accounts (organization_id, name_key, id) WHERE must_change AND organization_id IS NOT NULL;
CREATE INDEX accounts_of_organization_no_password ON accounts (organization_id, name_key, id) WHERE password_hash = '' AND organization_id IS NOT NULL;
CREATE INDEX accounts_of_organization_technical ON accounts (organization_id, name_key, id) WHERE technical AND organization_id IS NOT NULL;
