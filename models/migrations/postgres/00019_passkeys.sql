-- +goose Up
-- Passkeys and security keys are second factors with a public key, which is no secret.
ALTER TABLE factors ADD COLUMN credential TEXT NOT NULL DEFAULT ''; -- JSON of the key; '' = no passkey
ALTER TABLE factors ADD COLUMN credential_id TEXT; -- in base64url
ALTER TABLE factors ADD COLUMN rp_id TEXT NOT NULL DEFAULT ''; -- the host that it was made for
ALTER TABLE factors ADD COLUMN user_handle TEXT NOT NULL DEFAULT ''; -- the account's name in its passkeys, at random, in base64url
CREATE UNIQUE INDEX factors_by_credential ON factors (credential_id);
CREATE INDEX factors_by_host ON factors (rp_id, account_id);

-- What a browser was asked to sign, with the time; answering removes it.
ALTER TABLE sessions ADD COLUMN ceremony TEXT NOT NULL DEFAULT '';
