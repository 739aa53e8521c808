-- +goose Up
CREATE TABLE accounts (
  id TEXT COLLATE "C" PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('superadmin', 'organization', 'customer')),
  name TEXT NOT NULL,
  name_key TEXT COLLATE "C" NOT NULL,
  email TEXT NOT NULL,
  email_key TEXT NOT NULL,
  search TEXT GENERATED ALWAYS AS (name_key || ' ' || email_key) STORED,
  organization_id TEXT REFERENCES accounts (id) ON DELETE RESTRICT,
  technical BOOLEAN NOT NULL DEFAULT FALSE,
  locale TEXT NOT NULL DEFAULT '',
  created_at TIMESTAMPTZ NOT NULL,
  disabled_at TIMESTAMPTZ,
  password_id TEXT NOT NULL DEFAULT '',
  password_hash TEXT NOT NULL DEFAULT '',
  password_set_at TIMESTAMPTZ,
  one_time BOOLEAN NOT NULL DEFAULT FALSE,
  must_change BOOLEAN NOT NULL DEFAULT FALSE,
  expiry_notice INTEGER NOT NULL DEFAULT 0,
  failed_attempts INTEGER NOT NULL DEFAULT 0,
  failed_in_row INTEGER NOT NULL DEFAULT 0,
  blocked_at TIMESTAMPTZ,
  blocked_until TIMESTAMPTZ,
  last_sign_in_at TIMESTAMPTZ,
  CHECK ((kind = 'customer') = (organization_id IS NOT NULL)),
  CHECK (kind = 'customer' OR NOT technical)
)
-- Room in each page for the new versions of its rows, so that a sign-in touches no index.
WITH (fillfactor = 85);
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

-- Search works without the trigram index, only slower: the program's database user need not own the database.
-- +goose StatementBegin
DO $$
BEGIN
  CREATE EXTENSION IF NOT EXISTS pg_trgm;
  CREATE INDEX account_search ON accounts USING gin (search gin_trgm_ops);
EXCEPTION WHEN insufficient_privilege OR undefined_file OR feature_not_supported THEN
  RAISE NOTICE 'pg_trgm is not available: searching accounts will be slow';
END
$$;
-- +goose StatementEnd

CREATE TABLE identifiers (
  key TEXT COLLATE "C" PRIMARY KEY,
  account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE
);
CREATE INDEX identifiers_by_account ON identifiers (account_id);

CREATE TABLE former_passwords (
  id TEXT COLLATE "C" PRIMARY KEY,
  account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  hash TEXT NOT NULL,
  set_at TIMESTAMPTZ NOT NULL,
  replaced_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX former_passwords_by_account ON former_passwords (account_id, replaced_at, id);

CREATE TABLE reservations (
  id TEXT COLLATE "C" PRIMARY KEY,
  account_id TEXT COLLATE "C", -- no reference, which would cost each attempt a look-up
  lapses_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX reservations_by_account ON reservations (account_id, lapses_at);

CREATE TABLE sessions (
  id TEXT COLLATE "C" PRIMARY KEY,
  token_hash TEXT NOT NULL UNIQUE,
  account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  password_id TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('full', 'pending')),
  created_at TIMESTAMPTZ NOT NULL,
  last_used_at TIMESTAMPTZ NOT NULL,
  absolute_end TIMESTAMPTZ NOT NULL,
  idle_end TIMESTAMPTZ NOT NULL,
  address TEXT NOT NULL,
  user_agent TEXT NOT NULL,
  data TEXT NOT NULL DEFAULT ''
);
CREATE INDEX sessions_by_account ON sessions (account_id);
CREATE INDEX sessions_by_end ON sessions (idle_end);

CREATE TABLE mails (
  id TEXT COLLATE "C" PRIMARY KEY,
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
  created_at TIMESTAMPTZ NOT NULL,
  tries INTEGER NOT NULL DEFAULT 0,
  next_try_at TIMESTAMPTZ NOT NULL,
  lease_until TIMESTAMPTZ,
  lease_id TEXT NOT NULL DEFAULT '',
  last_try_at TIMESTAMPTZ,
  last_answer TEXT NOT NULL DEFAULT '',
  message_id TEXT NOT NULL,
  done_at TIMESTAMPTZ,
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
  id TEXT COLLATE "C" PRIMARY KEY,
  at TIMESTAMPTZ NOT NULL,
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
  id TEXT COLLATE "C" PRIMARY KEY,
  account_id TEXT NOT NULL,
  created_at TIMESTAMPTZ NOT NULL
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
