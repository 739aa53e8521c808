-- +goose Up
-- Accounts that were deleted, and can be restored for a while. No query over accounts finds them.
CREATE TABLE deleted_accounts (
  id TEXT COLLATE "C" PRIMARY KEY, -- of the deletion, in whose order lists are
  account_id TEXT COLLATE "C" NOT NULL UNIQUE,
  organization_name TEXT NOT NULL DEFAULT '',
  deleted_at TIMESTAMPTZ NOT NULL,
  deleted_by TEXT NOT NULL, -- a name
  account TEXT NOT NULL, -- JSON of the row
  passwords TEXT NOT NULL -- JSON of the password history
);
CREATE INDEX deleted_accounts_by_age ON deleted_accounts (deleted_at);

-- Keys and skeletons that no other account may have, since they belong to deleted accounts.
CREATE TABLE reserved_keys (
  key TEXT COLLATE "C" PRIMARY KEY,
  account_id TEXT COLLATE "C" NOT NULL
);
CREATE INDEX reserved_keys_by_account ON reserved_keys (account_id);
CREATE TABLE reserved_skeletons (
  skeleton TEXT COLLATE "C" NOT NULL,
  differs_by TEXT COLLATE "C" NOT NULL,
  account_id TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (skeleton, differs_by, account_id)
);
CREATE INDEX reserved_skeletons_by_account ON reserved_skeletons (account_id);

-- The deleted account that a mail was about, which is cleared with it.
ALTER TABLE mails ADD COLUMN deleted_account_id TEXT COLLATE "C";
CREATE INDEX mails_of_deleted ON mails (deleted_account_id) WHERE deleted_account_id IS NOT NULL;
