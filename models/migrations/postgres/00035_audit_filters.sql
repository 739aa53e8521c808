-- +goose Up
-- The audit log by actor, address and both, also within an organization (docs/decisions/0039-audit-log.md). Most failed sign-ins have no actor.
CREATE INDEX audit_events_by_actor ON audit_events (actor_id, id) WHERE actor_id <> '';
CREATE INDEX audit_events_by_actor_action ON audit_events (actor_id, action, id) WHERE actor_id <> '';
CREATE INDEX audit_events_by_actor_name ON audit_events (actor_name, id) WHERE actor_id = '' AND actor_name <> '';
CREATE INDEX audit_events_by_address ON audit_events (address, id) WHERE address <> '';
CREATE INDEX audit_events_by_organization_actor ON audit_events (organization_id, actor_id, id) WHERE actor_id <> '';
CREATE INDEX audit_events_by_organization_subject ON audit_events (organization_id, subject_id, id);
-- Only addresses that the organization may see.
CREATE INDEX audit_events_by_organization_address ON audit_events (organization_id, address, id)
  WHERE address <> '' AND (actor_id = '' OR actor_id = organization_id OR actor_id = subject_id);

-- The distinct names and addresses of events, in which words are found. The program fills it for older events (models/audit_text.go).
CREATE TABLE audit_texts (
  seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  ref TEXT COLLATE "C" NOT NULL, -- id of the account, or the address
  name TEXT COLLATE "C" NOT NULL, -- as in events
  text TEXT COLLATE "C" NOT NULL, -- as it is searched
  network TEXT COLLATE "C" NOT NULL, -- an address as 32 hexadecimal digits, IPv4 as IPv4-mapped; '' = it is none
  UNIQUE (ref, name)
);
CREATE INDEX audit_texts_by_text ON audit_texts (text, ref);
CREATE INDEX audit_texts_by_network ON audit_texts (network) WHERE network <> '';
-- Search works without the trigram index, only slower, as for accounts.
-- +goose StatementBegin
DO $$
BEGIN
  CREATE EXTENSION IF NOT EXISTS pg_trgm;
  CREATE INDEX audit_text_search ON audit_texts USING gin (text gin_trgm_ops) WITH (fastupdate = off);
EXCEPTION WHEN insufficient_privilege OR undefined_file OR feature_not_supported THEN
  RAISE NOTICE 'pg_trgm is not available: searching the audit log will be slow';
END
$$;
-- +goose StatementEnd

-- One row: down to which event the texts are filled.
CREATE TABLE audit_fills (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  filled_to TEXT COLLATE "C" NOT NULL,
  done BOOLEAN NOT NULL
);
INSERT INTO audit_fills (id, filled_to, done) SELECT 1, 'g', NOT EXISTS (SELECT 1 FROM audit_events);
