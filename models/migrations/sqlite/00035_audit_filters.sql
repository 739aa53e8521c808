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
-- Searches for frequent words read the newest events one by one, and nothing but this index.
CREATE INDEX audit_events_texts ON audit_events (id, organization_id, action, actor_id, actor_name, subject_id, subject_name, address);

-- The distinct names and addresses of events, in which words are found. The program fills it for older events (models/audit_text.go).
CREATE TABLE audit_texts (
  seq INTEGER PRIMARY KEY,
  ref TEXT NOT NULL, -- id of the account, or the address
  name TEXT NOT NULL, -- as in events
  text TEXT NOT NULL, -- as it is searched
  network TEXT NOT NULL, -- an address as 32 hexadecimal digits, IPv4 as IPv4-mapped; '' = it is none
  UNIQUE (ref, name)
);
CREATE INDEX audit_texts_by_text ON audit_texts (text, ref);
CREATE INDEX audit_texts_by_network ON audit_texts (network) WHERE network <> '';
CREATE VIRTUAL TABLE audit_text_search USING fts5 (
  text, content = 'audit_texts', content_rowid = 'seq', tokenize = 'trigram', detail = 'none'
);
-- +goose StatementBegin
CREATE TRIGGER audit_text_insert AFTER INSERT ON audit_texts BEGIN
  INSERT INTO audit_text_search (rowid, text) VALUES (new.seq, new.text);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_text_delete AFTER DELETE ON audit_texts BEGIN
  INSERT INTO audit_text_search (audit_text_search, rowid, text) VALUES ('delete', old.seq, old.text);
END;
-- +goose StatementEnd

-- One row: down to which event the texts are filled.
CREATE TABLE audit_fills (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  filled_to TEXT NOT NULL,
  done BOOLEAN NOT NULL
);
INSERT INTO audit_fills (id, filled_to, done) SELECT 1, 'g', NOT EXISTS (SELECT 1 FROM audit_events);
