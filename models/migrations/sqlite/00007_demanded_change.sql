-- +goose Up
-- When a new password was demanded: sessions that were opened before have to give the current one. NULL = it was not, or
-- before this was recorded.
ALTER TABLE accounts ADD COLUMN must_change_at TIMESTAMP;
