-- +goose Up
-- Long work: what people see of it (progress, report, cancel) and the queue it runs from, see models/queue.go.
CREATE TABLE tasks (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  once_key TEXT NOT NULL UNIQUE,
  actor_id TEXT NOT NULL,
  actor_name TEXT NOT NULL,
  params TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed', 'cancelled')),
  created_at TIMESTAMP NOT NULL,
  done INTEGER NOT NULL DEFAULT 0, -- units of work
  total INTEGER NOT NULL DEFAULT 0, -- 0 = not known
  report TEXT NOT NULL DEFAULT '',
  error TEXT NOT NULL DEFAULT '',
  cancel_asked_at TIMESTAMP,
  tries INTEGER NOT NULL DEFAULT 0,
  next_try_at TIMESTAMP NOT NULL,
  last_try_at TIMESTAMP,
  lease_id TEXT NOT NULL DEFAULT '',
  lease_until TIMESTAMP,
  done_at TIMESTAMP
);
CREATE INDEX tasks_due ON tasks (next_try_at, id) WHERE state = 'waiting';
CREATE INDEX tasks_leased ON tasks (lease_until) WHERE state = 'running';
CREATE INDEX tasks_by_end ON tasks (done_at) WHERE done_at IS NOT NULL;
