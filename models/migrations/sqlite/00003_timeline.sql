-- +goose Up
-- An account's time line: its newest events of a kind, and its newest but for failed sign-ins, of which strangers can
-- make any number.
CREATE INDEX audit_events_by_subject_action ON audit_events (subject_id, action, id);
CREATE INDEX audit_events_but_failures ON audit_events (subject_id, id) WHERE action <> 'sign-in-failed';
