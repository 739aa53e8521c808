-- +goose Up
-- Failed mails are counted on each page of a SuperAdmin. There can be thousands. Changes are added up later, as with the other counters.
CREATE TABLE mail_counts (
  state TEXT COLLATE "C" NOT NULL CHECK (state = 'failed'),
  n BIGINT NOT NULL,
  added BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE INDEX mail_counts_to_add ON mail_counts (state) WHERE NOT added;
-- +goose StatementBegin
CREATE FUNCTION count_failed_mail() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO mail_counts (state, n) VALUES ('failed', CASE WHEN TG_OP = 'DELETE' OR TG_OP = 'UPDATE' AND OLD.state = 'failed' THEN -1 ELSE 1 END);
  RETURN NULL;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER mail_counts_insert AFTER INSERT ON mails FOR EACH ROW WHEN (NEW.state = 'failed') EXECUTE FUNCTION count_failed_mail();
CREATE TRIGGER mail_counts_update AFTER UPDATE OF state ON mails
  FOR EACH ROW WHEN ((OLD.state = 'failed') <> (NEW.state = 'failed')) EXECUTE FUNCTION count_failed_mail();
CREATE TRIGGER mail_counts_delete AFTER DELETE ON mails FOR EACH ROW WHEN (OLD.state = 'failed') EXECUTE FUNCTION count_failed_mail();
INSERT INTO mail_counts (state, n, added) SELECT 'failed', count(*), TRUE FROM mails WHERE state = 'failed';
ANALYZE mail_counts;
