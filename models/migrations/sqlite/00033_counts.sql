-- +goose Up
-- How many accounts are in each state, so that no page counts them. The class of an account is what its state follows from without a clock:
-- whether it is disabled, before its first day (f), ended, blocked or open; and whether it has no password (n), a one-time one (1), one that must
-- be changed, one that an operator knows or another one that lasts (t).
ALTER TABLE accounts ADD COLUMN settled TEXT NOT NULL DEFAULT ''; -- 'f' and the first day, or 'e' and the last one, as the sweep last found them
ALTER TABLE accounts ADD COLUMN class TEXT GENERATED ALWAYS AS (
  CASE
    WHEN disabled_at IS NOT NULL THEN 'd'
    WHEN valid_from <> '' AND settled = 'f' || valid_from THEN 'f'
    WHEN valid_until <> '' AND settled = 'e' || valid_until THEN 'e'
    WHEN blocked_at IS NOT NULL THEN 'b'
    ELSE 'o'
  END || CASE
    WHEN password_hash = '' THEN 'n'
    WHEN one_time THEN '1'
    WHEN must_change THEN 'm'
    WHEN password_from = 'operator' AND NOT technical THEN 'k'
    ELSE 't'
  END
) VIRTUAL;
UPDATE accounts SET settled = CASE WHEN valid_from > date('now') THEN 'f' || valid_from ELSE 'e' || valid_until END
  WHERE valid_from > date('now') OR valid_until <> '' AND valid_until < date('now');
CREATE INDEX accounts_settled ON accounts (settled) WHERE settled <> '';
CREATE INDEX accounts_unsettled_from ON accounts (valid_from) WHERE valid_from <> '' AND settled <> 'f' || valid_from;
CREATE INDEX accounts_unsettled_until ON accounts (valid_until) WHERE valid_until <> '' AND settled <> 'e' || valid_until;
CREATE INDEX accounts_one_time_from ON accounts (valid_from) WHERE one_time AND valid_from <> '';
DROP INDEX accounts_of_organization_by_password_age;
DROP INDEX accounts_expiring_of_organization;
CREATE INDEX accounts_of_organization_by_password_age ON accounts (organization_id, password_set_at, id, class, technical);

-- Accounts of an organization, or of all ('').
CREATE TABLE account_counts (
  organization_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  technical BOOLEAN NOT NULL,
  class TEXT NOT NULL,
  without_factor BOOLEAN NOT NULL,
  n INTEGER NOT NULL,
  PRIMARY KEY (organization_id, kind, technical, class, without_factor)
) WITHOUT ROWID;
-- Their passwords by when they were set: all of them in bucket 0, those of each day, and without an organization those of each quarter of an hour,
-- counted from 1970 on in UTC.
CREATE TABLE password_counts (
  organization_id TEXT NOT NULL,
  level TEXT NOT NULL,
  kind TEXT NOT NULL,
  technical BOOLEAN NOT NULL,
  bucket INTEGER NOT NULL,
  class TEXT NOT NULL,
  n INTEGER NOT NULL,
  PRIMARY KEY (organization_id, level, kind, technical, bucket, class)
) WITHOUT ROWID;
CREATE INDEX password_counts_gone ON password_counts (n) WHERE n = 0;

-- Adding a row to this view counts an account n times.
CREATE VIEW account_changes AS
  SELECT 1 AS n, id, organization_id, kind, technical, class, has_factor, password_set_at FROM accounts;
-- +goose StatementBegin
CREATE TRIGGER account_changes_insert INSTEAD OF INSERT ON account_changes BEGIN
  INSERT INTO account_counts (organization_id, kind, technical, class, without_factor, n)
    SELECT scope, new.kind, new.technical, new.class,
      NOT new.has_factor AND NOT new.technical AND new.id <> '00000000-0000-7000-8000-000000000001', new.n
    FROM (SELECT '' AS scope UNION ALL SELECT new.organization_id) WHERE scope IS NOT NULL
    ON CONFLICT DO UPDATE SET n = n + excluded.n;
  INSERT INTO password_counts (organization_id, level, kind, technical, bucket, class, n)
    SELECT scope, level, new.kind, new.technical, CASE length WHEN 0 THEN 0
      -- Of whole seconds: SQLite rounds to milliseconds.
      ELSE CAST(strftime('%s', substr(new.password_set_at, 1, 19)) AS INTEGER) / length END, new.class, new.n
    FROM (SELECT '' AS scope UNION ALL SELECT new.organization_id)
      CROSS JOIN (SELECT 'all' AS level, 0 AS length UNION ALL SELECT 'day', 86400 UNION ALL SELECT 'quarter', 900)
    WHERE scope IS NOT NULL AND (scope = '' OR level <> 'quarter') AND new.password_set_at IS NOT NULL
      AND new.class IN ('o1', 'om', 'ok', 'ot', 'b1', 'bm', 'bk', 'bt')
    ON CONFLICT DO UPDATE SET n = n + excluded.n;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER account_counts_insert AFTER INSERT ON accounts BEGIN
  INSERT INTO account_changes (n, id, organization_id, kind, technical, class, has_factor, password_set_at)
    VALUES (1, new.id, new.organization_id, new.kind, new.technical, new.class, new.has_factor, new.password_set_at);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER account_counts_delete AFTER DELETE ON accounts BEGIN
  INSERT INTO account_changes (n, id, organization_id, kind, technical, class, has_factor, password_set_at)
    VALUES (-1, old.id, old.organization_id, old.kind, old.technical, old.class, old.has_factor, old.password_set_at);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER account_counts_update AFTER UPDATE OF disabled_at, valid_from, valid_until, settled, blocked_at, password_hash, one_time, must_change,
  password_from, password_set_at, organization_id, kind, technical, has_factor ON accounts
WHEN old.class <> new.class OR old.organization_id IS NOT new.organization_id OR old.kind <> new.kind OR old.technical <> new.technical
  OR old.has_factor <> new.has_factor OR old.password_set_at IS NOT new.password_set_at BEGIN
  INSERT INTO account_changes (n, id, organization_id, kind, technical, class, has_factor, password_set_at)
    VALUES (-1, old.id, old.organization_id, old.kind, old.technical, old.class, old.has_factor, old.password_set_at),
      (1, new.id, new.organization_id, new.kind, new.technical, new.class, new.has_factor, new.password_set_at);
END;
-- +goose StatementEnd

INSERT INTO account_counts (organization_id, kind, technical, class, without_factor, n)
  WITH counted AS (
    SELECT coalesce(organization_id, '') AS organization_id, kind, technical, class,
      NOT has_factor AND NOT technical AND id <> '00000000-0000-7000-8000-000000000001' AS without_factor, count(*) AS n
    FROM accounts GROUP BY 1, 2, 3, 4, 5
  )
  SELECT organization_id, kind, technical, class, without_factor, n FROM counted WHERE organization_id <> ''
  UNION ALL SELECT '', kind, technical, class, without_factor, sum(n) FROM counted GROUP BY 2, 3, 4, 5;
INSERT INTO password_counts (organization_id, level, kind, technical, bucket, class, n)
  WITH counted AS (
    SELECT coalesce(organization_id, '') AS organization_id, kind, technical, class,
      CAST(strftime('%s', substr(password_set_at, 1, 19)) AS INTEGER) / 900 AS quarter, count(*) AS n
    FROM accounts WHERE password_set_at IS NOT NULL AND class IN ('o1', 'om', 'ok', 'ot', 'b1', 'bm', 'bk', 'bt') GROUP BY 1, 2, 3, 4, 5
  )
  SELECT '', 'quarter', kind, technical, quarter, class, sum(n) FROM counted GROUP BY 3, 4, 5, 6
  UNION ALL SELECT '', 'day', kind, technical, quarter / 96, class, sum(n) FROM counted GROUP BY 3, 4, 5, 6
  UNION ALL SELECT '', 'all', kind, technical, 0, class, sum(n) FROM counted GROUP BY 3, 4, 6
  UNION ALL SELECT organization_id, 'day', kind, technical, quarter / 96, class, sum(n) FROM counted WHERE organization_id <> '' GROUP BY 1, 3, 4, 5, 6
  UNION ALL SELECT organization_id, 'all', kind, technical, 0, class, sum(n) FROM counted WHERE organization_id <> '' GROUP BY 1, 3, 4, 6;

-- Failed sign-ins of an organization, or of all (''), in each quarter of an hour.
CREATE TABLE failure_counts (
  organization_id TEXT NOT NULL,
  quarter INTEGER NOT NULL,
  n INTEGER NOT NULL,
  PRIMARY KEY (organization_id, quarter)
) WITHOUT ROWID;
-- +goose StatementBegin
CREATE TRIGGER failure_counts_insert AFTER INSERT ON audit_events WHEN new.action = 'sign-in-failed' BEGIN
  INSERT INTO failure_counts (organization_id, quarter, n)
    SELECT scope, CAST(strftime('%s', substr(new.at, 1, 19)) AS INTEGER) / 900, 1
    FROM (SELECT '' AS scope UNION SELECT new.organization_id) WHERE TRUE ON CONFLICT DO UPDATE SET n = n + 1;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER failure_counts_delete AFTER DELETE ON audit_events WHEN old.action = 'sign-in-failed' BEGIN
  UPDATE failure_counts SET n = n - 1
    WHERE organization_id IN ('', old.organization_id) AND quarter = CAST(strftime('%s', substr(old.at, 1, 19)) AS INTEGER) / 900;
END;
-- +goose StatementEnd
INSERT INTO failure_counts (organization_id, quarter, n)
  WITH counted AS (
    SELECT organization_id, CAST(strftime('%s', substr(at, 1, 19)) AS INTEGER) / 900 AS quarter, count(*) AS n
    FROM audit_events WHERE action = 'sign-in-failed' GROUP BY 1, 2
  )
  SELECT organization_id, quarter, n FROM counted WHERE organization_id <> ''
  UNION ALL SELECT '', quarter, sum(n) FROM counted GROUP BY 2;
