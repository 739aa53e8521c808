-- +goose Up
-- When the password and the second factor were last given in a session. NULL = not at all.
ALTER TABLE sessions ADD COLUMN password_at TIMESTAMPTZ;
ALTER TABLE sessions ADD COLUMN factor_at TIMESTAMPTZ;
