-- +goose Up
-- What the overview's charts count, without reading a row: passwords by when they were set, events by day.
CREATE INDEX accounts_expiring ON accounts (technical, kind, password_set_at)
  WHERE disabled_at IS NULL AND NOT one_time AND password_hash <> '';
CREATE INDEX accounts_expiring_of_organization ON accounts (organization_id, technical, kind, password_set_at)
  WHERE disabled_at IS NULL AND NOT one_time AND password_hash <> '';
CREATE INDEX audit_events_by_organization_action ON audit_events (organization_id, action, id);
