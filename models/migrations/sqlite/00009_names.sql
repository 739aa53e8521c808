-- +goose Up
-- Names are compared by full case folding, and lists are searched in what the page shows; the program computes both anew,
-- after this file, in batches (models/renew_names.go).
DROP TRIGGER account_search_insert;
DROP TRIGGER account_search_update;
DROP TRIGGER account_search_delete;
DROP TABLE account_search;
ALTER TABLE accounts DROP COLUMN search;
ALTER TABLE accounts ADD COLUMN search TEXT NOT NULL DEFAULT '';
UPDATE accounts SET search = name_key || ' ' || email_key;

CREATE VIRTUAL TABLE account_search USING fts5 (
  search, content = 'accounts', content_rowid = 'seq', tokenize = 'trigram', detail = 'none'
);
INSERT INTO account_search (account_search) VALUES ('rebuild');
-- +goose StatementBegin
CREATE TRIGGER account_search_insert AFTER INSERT ON accounts BEGIN
  INSERT INTO account_search (rowid, search) VALUES (new.seq, new.search);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER account_search_update AFTER UPDATE OF search ON accounts WHEN old.search <> new.search BEGIN
  INSERT INTO account_search (account_search, rowid, search) VALUES ('delete', old.seq, old.search);
  INSERT INTO account_search (rowid, search) VALUES (new.seq, new.search);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER account_search_delete AFTER DELETE ON accounts BEGIN
  INSERT INTO account_search (account_search, rowid, search) VALUES ('delete', old.seq, old.search);
END;
-- +goose StatementEnd

-- The skeletons of accounts' names (UTS 39), up to three for each: what names that look
-- alike have in common, and what tells them apart.
CREATE TABLE skeletons (
  skeleton TEXT NOT NULL,
  differs_by TEXT NOT NULL,
  account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  PRIMARY KEY (skeleton, differs_by, account_id)
) WITHOUT ROWID;
CREATE INDEX skeletons_by_account ON skeletons (account_id);

-- One row: up to which account the names were computed anew.
CREATE TABLE name_renewals (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  renewed_to TEXT NOT NULL,
  done BOOLEAN NOT NULL
);
INSERT INTO name_renewals (id, renewed_to, done) VALUES (1, '', FALSE);
