-- +goose Up
-- When its owner chose the present password in place of another; NULL where somebody else set it, or it is older than this column.
ALTER TABLE accounts ADD COLUMN own_change_at TIMESTAMP;
