-- +goose Up
-- These accounts are counted one by one until the sweep has settled them. The indexes have all columns that counting needs, since the last day of
-- many accounts can pass at once.
DROP INDEX accounts_settled;
DROP INDEX accounts_unsettled_from;
DROP INDEX accounts_unsettled_until;
CREATE INDEX accounts_settled ON accounts
  (settled) INCLUDE (valid_from, valid_until, class, blocked_at, blocked_until, kind, technical, organization_id, password_set_at, id) WHERE settled <> '';
CREATE INDEX accounts_unsettled_from ON accounts
  (valid_from) INCLUDE (settled, valid_until, class, blocked_at, blocked_until, kind, technical, organization_id, password_set_at, id)
  WHERE valid_from <> '' AND settled <> 'f' || valid_from;
CREATE INDEX accounts_unsettled_until ON accounts
  (valid_until) INCLUDE (settled, valid_from, class, blocked_at, blocked_until, kind, technical, organization_id, password_set_at, id)
  WHERE valid_until <> '' AND settled <> 'e' || valid_until;

-- Failed sign-ins that may be forgotten: those of known browsers stay.
CREATE INDEX audit_events_unknown_failures ON audit_events (id) WHERE action = 'sign-in-failed' AND detail NOT LIKE '%"browser":"known"%';

-- At each start the program looks for secrets that are sealed with none of its keys.
CREATE INDEX factors_by_sealing_key ON factors (substr(secret, 1, 8)) WHERE kind = 'totp';
