-- +goose Up
-- Links by which owners set a password or confirm an address. What is in a mail is the id and an HMAC of it, which no table holds.
CREATE TABLE links (
  id TEXT PRIMARY KEY,
  purpose TEXT NOT NULL,
  account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  password_id TEXT NOT NULL, -- the password that it belongs to
  created_at TIMESTAMP NOT NULL,
  ends_at TIMESTAMP NOT NULL,
  sent_at TIMESTAMP, -- when its mail was sent
  used_at TIMESTAMP,
  revoked_at TIMESTAMP
);
CREATE INDEX links_by_account ON links (account_id, id);
CREATE INDEX links_by_end ON links (ends_at, id);

-- Who asks for a link because the password was forgotten. A job answers, so that the answer to the request is the same for every name.
CREATE TABLE forgot_requests (
  key TEXT PRIMARY KEY, -- of a name or e-mail address, as it is compared
  address TEXT NOT NULL,
  created_at TIMESTAMP NOT NULL
);

-- What opened a session, and the link if it was one.
ALTER TABLE sessions ADD COLUMN opened_by TEXT NOT NULL DEFAULT 'password';
UPDATE sessions SET opened_by = 'recovery-code' WHERE recovering;
UPDATE sessions SET opened_by = 'emergency-code' WHERE emergency_code_id IS NOT NULL;
ALTER TABLE sessions DROP COLUMN recovering;
ALTER TABLE sessions ADD COLUMN link_id TEXT REFERENCES links (id) ON DELETE CASCADE;
CREATE INDEX sessions_by_link ON sessions (link_id) WHERE link_id IS NOT NULL;

-- Who set the present password.
ALTER TABLE accounts ADD COLUMN password_from TEXT NOT NULL DEFAULT '';
UPDATE accounts SET password_from = CASE WHEN own_change_at IS NULL THEN 'operator' ELSE 'owner' END WHERE password_hash <> '';
