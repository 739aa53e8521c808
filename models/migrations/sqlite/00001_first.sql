-- +goose Up
CREATE TABLE accounts (
  -- seq gives the full-text index a row id that VACUUM keeps.
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL CHECK (kind IN ('superadmin', 'organization', 'customer')),
  name TEXT NOT NULL,
  name_key TEXT NOT NULL,
  email TEXT NOT NULL,
  email_key TEXT NOT NULL,
  search TEXT GENERATED ALWAYS AS (name_key || ' ' || email_key) STORED,
  organization_id TEXT REFERENCES accounts (id) ON DELETE RESTRICT,
  technical BOOLEAN NOT NULL DEFAULT FALSE,
  locale TEXT NOT NULL DEFAULT '',
  created_at TIMESTAMP NOT NULL,
  disabled_at TIMESTAMP,
  password_id TEXT NOT NULL DEFAULT '',
  password_hash TEXT NOT NULL DEFAULT '',
  password_set_at TIMESTAMP,
  one_time BOOLEAN NOT NULL DEFAULT FALSE,
  must_change BOOLEAN NOT NULL DEFAULT FALSE,
  expiry_notice INTEGER NOT NULL DEFAULT 0,
  failed_attempts INTEGER NOT NULL DEFAULT 0,
  failed_in_row INTEGER NOT NULL DEFAULT 0,
  blocked_at TIMESTAMP,
  blocked_until TIMESTAMP,
  last_sign_in_at TIMESTAMP,
  CHECK ((kind = 'customer') = (organization_id IS NOT NULL)),
  CHECK (kind = 'customer' OR NOT technical)
);
CREATE INDEX accounts_by_name ON accounts (name_key, id);
CREATE INDEX accounts_by_age ON accounts (created_at, id);
CREATE INDEX accounts_by_organization_name ON accounts (organization_id, name_key, id);
CREATE INDEX accounts_by_organization_age ON accounts (organization_id, created_at, id);
CREATE INDEX accounts_by_kind_name ON accounts (kind, name_key, id);
CREATE INDEX accounts_blocked ON accounts (blocked_until) WHERE blocked_at IS NOT NULL;
CREATE INDEX accounts_by_password_age ON accounts (password_set_at, id);
CREATE INDEX accounts_notice_due ON accounts (expiry_notice, password_set_at)
  WHERE disabled_at IS NULL AND NOT one_time AND password_hash <> '';
CREATE INDEX accounts_disabled ON accounts (name_key, id) WHERE disabled_at IS NOT NULL;
CREATE INDEX accounts_one_time ON accounts (name_key, id) WHERE one_time;
CREATE INDEX accounts_lapse_due ON accounts (password_set_at, id) WHERE one_time AND expiry_notice < 2;
CREATE INDEX accounts_blocked_name ON accounts (name_key, id) WHERE blocked_at IS NOT NULL;
CREATE INDEX accounts_must_change ON accounts (name_key, id) WHERE must_change;
CREATE INDEX accounts_no_password ON accounts (name_key, id) WHERE password_hash = '';

CREATE VIRTUAL TABLE account_search USING fts5 (
  search, content = 'accounts', content_rowid = 'seq', tokenize = 'trigram', detail = 'none'
);
-- +goose StatementBegin
CREATE TRIGGER account_search_insert AFTER INSERT ON accounts BEGIN
  INSERT INTO account_search (rowid, search) VALUES (new.seq, new.name_key || ' ' || new.email_key);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER account_search_update AFTER UPDATE OF name_key, email_key ON accounts
WHEN old.name_key <> new.name_key OR old.email_key <> new.email_key BEGIN
  INSERT INTO account_search (account_search, rowid, search)
    VALUES ('delete', old.seq, old.name_key || ' ' || old.email_key);
  INSERT INTO account_search (rowid, search) VALUES (new.seq, new.name_key || ' ' || new.email_key);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER account_search_delete AFTER DELETE ON accounts BEGIN
  INSERT INTO account_search (account_search, rowid, search)
    VALUES ('delete', old.seq, old.name_key || ' ' || old.email_key);
END;
-- +goose StatementEnd

CREATE TABLE identifiers (
  key TEXT PRIMARY KEY,
  account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE
);
CREATE INDEX identifiers_by_account ON identifiers (account_id);

CREATE TABLE former_passwords (
  id TEXT PRIMARY KEY,
  account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  hash TEXT NOT NULL,
  set_at TIMESTAMP NOT NULL,
  replaced_at TIMESTAMP NOT NULL
);
CREATE INDEX former_passwords_by_account ON former_passwords (account_id, replaced_at, id);

CREATE TABLE reservations (
  id TEXT PRIMARY KEY,
  account_id TEXT, -- no reference, which would cost each attempt a look-up
  lapses_at TIMESTAMP NOT NULL
);
CREATE INDEX reservations_by_account ON reservations (account_id, lapses_at);

CREATE TABLE sessions (
  id TEXT PRIMARY KEY,
  token_hash TEXT NOT NULL UNIQUE,
  account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  password_id TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('full', 'pending')),
  created_at TIMESTAMP NOT NULL,
  last_used_at TIMESTAMP NOT NULL,
  absolute_end TIMESTAMP NOT NULL,
  idle_end TIMESTAMP NOT NULL,
  address TEXT NOT NULL,
  user_agent TEXT NOT NULL,
  data TEXT NOT NULL DEFAULT ''
);
CREATE INDEX sessions_by_account ON sessions (account_id);
CREATE INDEX sessions_by_end ON sessions (idle_end);

CREATE TABLE mails (
  id TEXT PRIMARY KEY,
  template TEXT NOT NULL,
  once_key TEXT NOT NULL UNIQUE,
  account_id TEXT REFERENCES accounts (id) ON DELETE SET NULL,
  account_name TEXT NOT NULL,
  password_id TEXT NOT NULL DEFAULT '',
  recipient TEXT NOT NULL,
  locale TEXT NOT NULL,
  data TEXT NOT NULL,
  state TEXT NOT NULL
    CHECK (state IN ('waiting', 'sending', 'sent', 'failed', 'captured', 'dropped', 'held-back')),
  created_at TIMESTAMP NOT NULL,
  tries INTEGER NOT NULL DEFAULT 0,
  next_try_at TIMESTAMP NOT NULL,
  lease_until TIMESTAMP,
  lease_id TEXT NOT NULL DEFAULT '',
  last_try_at TIMESTAMP,
  last_answer TEXT NOT NULL DEFAULT '',
  message_id TEXT NOT NULL,
  done_at TIMESTAMP,
  subject TEXT NOT NULL DEFAULT '',
  text_body TEXT NOT NULL DEFAULT '',
  html_body TEXT NOT NULL DEFAULT ''
);
CREATE INDEX mails_due ON mails (next_try_at, id) WHERE state = 'waiting';
CREATE INDEX mails_leased ON mails (lease_until) WHERE state = 'sending';
CREATE INDEX mails_by_state ON mails (state, id);
CREATE INDEX mails_by_recipient ON mails (lower(recipient), id);
CREATE INDEX mails_by_account ON mails (account_id, template, created_at);

CREATE TABLE audit_events (
  id TEXT PRIMARY KEY,
  at TIMESTAMP NOT NULL,
  action TEXT NOT NULL,
  actor_id TEXT NOT NULL,
  actor_name TEXT NOT NULL,
  subject_id TEXT NOT NULL,
  subject_name TEXT NOT NULL,
  organization_id TEXT NOT NULL,
  detail TEXT NOT NULL,
  address TEXT NOT NULL,
  request_id TEXT NOT NULL
);
CREATE INDEX audit_events_by_subject ON audit_events (subject_id, id);
CREATE INDEX audit_events_by_organization ON audit_events (organization_id, id);
CREATE INDEX audit_events_by_action ON audit_events (action, id);

CREATE TABLE submissions (
  id TEXT PRIMARY KEY,
  account_id TEXT NOT NULL,
  created_at TIMESTAMP NOT NULL
);
CREATE INDEX submissions_by_age ON submissions (created_at);

CREATE TABLE setup_tokens (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  token_hash TEXT NOT NULL
);

INSERT INTO accounts (id, kind, name, name_key, email, email_key, created_at)
  VALUES ('00000000-0000-7000-8000-000000000001', 'organization', 'Default', 'default', '', '',
    '1970-01-01 00:00:00+00:00');
INSERT INTO identifiers (key, account_id) VALUES ('default', '00000000-0000-7000-8000-000000000001');
