-- +goose Up
-- Names are compared by full case folding, and lists are searched in what the page shows; the program computes both anew,
-- after this file, in batches (models/renew_names.go).
ALTER TABLE accounts ALTER COLUMN search DROP EXPRESSION;
ALTER TABLE accounts ALTER COLUMN search SET DEFAULT '', ALTER COLUMN search SET NOT NULL;

-- The skeletons of accounts' names (UTS 39), up to three for each: what names that look
-- alike have in common, and what tells them apart.
CREATE TABLE skeletons (
  skeleton TEXT COLLATE "C" NOT NULL,
  differs_by TEXT COLLATE "C" NOT NULL,
  account_id TEXT COLLATE "C" NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  PRIMARY KEY (skeleton, differs_by, account_id)
);
CREATE INDEX skeletons_by_account ON skeletons (account_id);

-- One row: up to which account the names were computed anew.
CREATE TABLE name_renewals (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  renewed_to TEXT COLLATE "C" NOT NULL,
  done BOOLEAN NOT NULL
);
INSERT INTO name_renewals (id, renewed_to, done) VALUES (1, '', FALSE);
