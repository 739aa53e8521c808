-- +goose Up
-- Second factors that were entered after a link was opened, in all of its sessions together.
ALTER TABLE links ADD COLUMN wrong_codes INTEGER NOT NULL DEFAULT 0;
