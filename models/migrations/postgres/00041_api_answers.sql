-- +goose Up
-- The answers to requests of the API with an Idempotency-Key, for the same request sent again.
CREATE TABLE api_answers (
  id TEXT COLLATE "C" PRIMARY KEY, -- a hash of the sender and the key
  request TEXT NOT NULL, -- a hash of the request
  holder TEXT NOT NULL, -- the request that is carried out
  status INTEGER NOT NULL DEFAULT 0, -- 0 = it is being carried out
  header TEXT NOT NULL DEFAULT '', -- JSON
  body BYTEA, -- without secrets
  sealed BYTEA, -- with them
  sealed_until TIMESTAMPTZ,
  ends_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX api_answers_ending ON api_answers (ends_at);
CREATE INDEX api_answers_sealed ON api_answers (sealed_until) WHERE sealed_until IS NOT NULL;
