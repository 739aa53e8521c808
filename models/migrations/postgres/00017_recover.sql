-- +goose Up
-- A session that was opened by a recovery code in place of the password opens nothing until a new password is set.
ALTER TABLE sessions ADD COLUMN recovering BOOLEAN NOT NULL DEFAULT FALSE;
