-- +goose Up
-- What forms were answered with, for a minute, so that one that is sent twice gets the same answer. The id and the key of the
-- sealed answer come from the session's cookie and the form, neither of which is stored; NULL = not answered yet. The sender is
-- made from the cookie alone.
CREATE TABLE answers (
  id TEXT PRIMARY KEY,
  sender TEXT NOT NULL,
  holder TEXT NOT NULL, -- the request that carries out the form
  sealed BLOB,
  ends_at TIMESTAMP NOT NULL
);
CREATE INDEX answers_by_end ON answers (ends_at);
CREATE INDEX answers_by_sender ON answers (sender, ends_at);
