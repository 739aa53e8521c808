-- +goose Up
-- Failed mails are counted on each page of a SuperAdmin. There can be thousands.
CREATE TABLE mail_counts (
  state TEXT PRIMARY KEY CHECK (state = 'failed'),
  n INTEGER NOT NULL
) WITHOUT ROWID;
INSERT INTO mail_counts (state, n) SELECT 'failed', count(*) FROM mails WHERE state = 'failed';
-- +goose StatementBegin
CREATE TRIGGER mail_counts_insert AFTER INSERT ON mails WHEN new.state = 'failed' BEGIN
  UPDATE mail_counts SET n = n + 1 WHERE state = 'failed';
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER mail_counts_update AFTER UPDATE OF state ON mails WHEN (old.state = 'failed') <> (new.state = 'failed') BEGIN
  UPDATE mail_counts SET n = n + CASE new.state WHEN 'failed' THEN 1 ELSE -1 END WHERE state = 'failed';
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER mail_counts_delete AFTER DELETE ON mails WHEN old.state = 'failed' BEGIN
  UPDATE mail_counts SET n = n - 1 WHERE state = 'failed';
END;
-- +goose StatementEnd
