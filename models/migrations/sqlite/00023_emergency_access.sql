-- +goose Up
-- Emergency codes: who holds one gets into the account after a lead time during which its owner can stop it.
CREATE TABLE emergency_codes (
  id TEXT PRIMARY KEY,
  account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  person TEXT NOT NULL, -- who holds it
  lead_seconds INTEGER NOT NULL,
  hash TEXT NOT NULL UNIQUE,
  created_at TIMESTAMP NOT NULL,
  armed_at TIMESTAMP, -- when it was first used; NULL = it was not
  used_at TIMESTAMP, -- when it opened a session; NULL = it did not
  ends_at TIMESTAMP -- of an armed code: with its session, or when it can no longer open one
);
CREATE INDEX emergency_codes_by_account ON emergency_codes (account_id, created_at);
CREATE INDEX emergency_codes_ending ON emergency_codes (ends_at, id) WHERE ends_at IS NOT NULL;

-- The code that opened an emergency session, which ends with it, and who holds the code.
ALTER TABLE sessions ADD COLUMN emergency_code_id TEXT REFERENCES emergency_codes (id) ON DELETE CASCADE;
ALTER TABLE sessions ADD COLUMN person TEXT NOT NULL DEFAULT '' CHECK ((emergency_code_id IS NULL) = (person = ''));
CREATE INDEX sessions_by_emergency_code ON sessions (emergency_code_id) WHERE emergency_code_id IS NOT NULL;

-- Whether an emergency code of the account was used, which every page of its owner says.
ALTER TABLE accounts ADD COLUMN emergency BOOLEAN NOT NULL DEFAULT FALSE;
