-- +goose Up
-- When its owner chose the present password in place of another; NULL if an operator set it, or before this migration.
ALTER TABLE accounts ADD COLUMN own_change_at TIMESTAMPTZ;
