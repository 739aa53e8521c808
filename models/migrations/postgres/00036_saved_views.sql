-- +goose Up
-- Lists of accounts that operators have named, as their filters and order.
CREATE TABLE saved_views (
  id TEXT COLLATE "C" PRIMARY KEY,
  owner_id TEXT COLLATE "C" NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  scope TEXT NOT NULL, -- among whom it can be shared: '' = SuperAdmins, or else the id of an organization
  title TEXT COLLATE "C" NOT NULL,
  query TEXT NOT NULL, -- of the list's address
  shared BOOLEAN NOT NULL,
  created_at TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX saved_views_by_owner ON saved_views (owner_id, title);
CREATE INDEX saved_views_shared ON saved_views (scope, title, id) WHERE shared;
