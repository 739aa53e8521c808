-- +goose Up
-- How many accounts are in each state, so that no page counts them. The class of an account is what its state follows from without a clock:
-- whether it is disabled, before its first day (f), ended, blocked or open; and whether it has no password (n), a one-time one (1), one that must
-- be changed, one that an operator knows or another one that lasts (t).
ALTER TABLE accounts
  ADD COLUMN settled TEXT COLLATE "C" NOT NULL DEFAULT ''; -- 'f' and the first day, or 'e' and the last one, as the sweep last found them
UPDATE accounts
  SET settled = CASE WHEN valid_from > to_char(now(), 'YYYY-MM-DD') THEN 'f' || valid_from ELSE 'e' || valid_until END
  WHERE valid_from > to_char(now(), 'YYYY-MM-DD') OR valid_until <> '' AND valid_until < to_char(now(), 'YYYY-MM-DD');
ALTER TABLE accounts ADD COLUMN class TEXT COLLATE "C" GENERATED ALWAYS AS (
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
) STORED;
CREATE INDEX accounts_settled ON accounts (settled) WHERE settled <> '';
CREATE INDEX accounts_unsettled_from ON accounts (valid_from) WHERE valid_from <> '' AND settled <> 'f' || valid_from;
CREATE INDEX accounts_unsettled_until ON accounts (valid_until) WHERE valid_until <> '' AND settled <> 'e' || valid_until;
CREATE INDEX accounts_one_time_from ON accounts (valid_from) WHERE one_time AND valid_from <> '';
DROP INDEX accounts_of_organization_by_password_age;
DROP INDEX accounts_expiring_of_organization;
CREATE INDEX accounts_of_organization_by_password_age ON accounts (organization_id, password_set_at, id, class, technical);

-- Accounts of an organization, or of all (''). Changes are added as rows, since many transactions change the same count; the sweep adds up rows that
-- are not yet added.
CREATE TABLE account_counts (
  organization_id TEXT COLLATE "C" NOT NULL,
  kind TEXT NOT NULL,
  technical BOOLEAN NOT NULL,
  class TEXT COLLATE "C" NOT NULL,
  without_factor BOOLEAN NOT NULL,
  n BIGINT NOT NULL,
  added BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE INDEX account_counts_of ON account_counts (organization_id, kind, technical, class, without_factor);
CREATE INDEX account_counts_to_add ON account_counts (organization_id) WHERE NOT added;
-- Their passwords by when they were set: all of them in bucket 0, those of each day, and without an organization those of each quarter of an hour,
-- counted from 1970 on in UTC.
CREATE TABLE password_counts (
  organization_id TEXT COLLATE "C" NOT NULL,
  level TEXT COLLATE "C" NOT NULL,
  kind TEXT NOT NULL,
  technical BOOLEAN NOT NULL,
  bucket BIGINT NOT NULL,
  class TEXT COLLATE "C" NOT NULL,
  n BIGINT NOT NULL,
  added BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE INDEX password_counts_of ON password_counts (organization_id, level, kind, technical, bucket, class);
CREATE INDEX password_counts_to_add ON password_counts (organization_id) WHERE NOT added;

-- An account that is counted n times.
CREATE TYPE account_change AS (
  n INTEGER, organization_id TEXT, kind TEXT, technical BOOLEAN, class TEXT, without_factor BOOLEAN, seconds BIGINT
);
-- +goose StatementBegin
CREATE FUNCTION account_change(n INTEGER, id TEXT, organization_id TEXT, kind TEXT, technical BOOLEAN, class TEXT, has_factor BOOLEAN, password_set_at TIMESTAMPTZ)
RETURNS account_change LANGUAGE sql IMMUTABLE AS $$
  SELECT ROW(n, organization_id, kind, technical, class, NOT has_factor AND NOT technical AND id <> '00000000-0000-7000-8000-000000000001',
    CASE WHEN class IN ('o1', 'om', 'ok', 'ot', 'b1', 'bm', 'bk', 'bt') THEN floor(extract(epoch FROM password_set_at))::bigint END)::account_change
$$;
-- +goose StatementEnd
-- Adds the rows of changes, which are few, however many accounts a statement changed.
-- +goose StatementBegin
CREATE FUNCTION count_accounts(changes account_change[]) RETURNS void LANGUAGE sql AS $$
  INSERT INTO account_counts (organization_id, kind, technical, class, without_factor, n)
    SELECT scope, kind, technical, class, without_factor, sum(n)
    FROM unnest(changes) CROSS JOIN LATERAL (VALUES (''), (organization_id)) AS scopes (scope)
    WHERE scope IS NOT NULL GROUP BY 1, 2, 3, 4, 5 HAVING sum(n) <> 0;
  INSERT INTO password_counts (organization_id, level, kind, technical, bucket, class, n)
    SELECT scope, level, kind, technical, CASE length WHEN 0 THEN 0 ELSE seconds / length END, class, sum(n)
    FROM unnest(changes) CROSS JOIN LATERAL (VALUES (''), (organization_id)) AS scopes (scope)
      CROSS JOIN (VALUES ('all', 0), ('day', 86400), ('quarter', 900)) AS levels (level, length)
    WHERE scope IS NOT NULL AND (scope = '' OR level <> 'quarter') AND seconds IS NOT NULL GROUP BY 1, 2, 3, 4, 5, 6 HAVING sum(n) <> 0;
$$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE FUNCTION count_account_changes() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  changes account_change[];
BEGIN
  IF TG_OP = 'INSERT' THEN
    SELECT array_agg(account_change(1, id, organization_id, kind, technical, class, has_factor, password_set_at)) INTO changes FROM came;
  ELSIF TG_OP = 'DELETE' THEN
    SELECT array_agg(account_change(-1, id, organization_id, kind, technical, class, has_factor, password_set_at)) INTO changes FROM gone;
  ELSE
    SELECT array_agg(account_change(-1, gone.id, gone.organization_id, gone.kind, gone.technical, gone.class, gone.has_factor, gone.password_set_at))
        || array_agg(account_change(1, came.id, came.organization_id, came.kind, came.technical, came.class, came.has_factor, came.password_set_at))
      INTO changes
      FROM gone JOIN came ON came.id = gone.id
      WHERE (gone.organization_id, gone.kind, gone.technical, gone.class, gone.has_factor, gone.password_set_at)
        IS DISTINCT FROM (came.organization_id, came.kind, came.technical, came.class, came.has_factor, came.password_set_at);
  END IF;
  IF changes IS NOT NULL THEN
    PERFORM count_accounts(changes);
  END IF;
  RETURN NULL;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER account_counts_insert AFTER INSERT ON accounts
  REFERENCING NEW TABLE AS came FOR EACH STATEMENT EXECUTE FUNCTION count_account_changes();
CREATE TRIGGER account_counts_delete AFTER DELETE ON accounts
  REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION count_account_changes();
CREATE TRIGGER account_counts_update AFTER UPDATE ON accounts
  REFERENCING OLD TABLE AS gone NEW TABLE AS came FOR EACH STATEMENT EXECUTE FUNCTION count_account_changes();

WITH counted AS (
  SELECT coalesce(organization_id, '') AS organization_id, kind, technical, class,
    NOT has_factor AND NOT technical AND id <> '00000000-0000-7000-8000-000000000001' AS without_factor, count(*) AS n
  FROM accounts GROUP BY 1, 2, 3, 4, 5
)
INSERT INTO account_counts (organization_id, kind, technical, class, without_factor, n, added)
  SELECT organization_id, kind, technical, class, without_factor, n, TRUE FROM counted WHERE organization_id <> ''
  UNION ALL SELECT '', kind, technical, class, without_factor, sum(n), TRUE FROM counted GROUP BY 2, 3, 4, 5;
WITH counted AS (
  SELECT coalesce(organization_id, '') AS organization_id, kind, technical, class, floor(extract(epoch FROM password_set_at))::bigint / 900 AS quarter, count(*) AS n
  FROM accounts WHERE password_set_at IS NOT NULL AND class IN ('o1', 'om', 'ok', 'ot', 'b1', 'bm', 'bk', 'bt') GROUP BY 1, 2, 3, 4, 5
)
INSERT INTO password_counts (organization_id, level, kind, technical, bucket, class, n, added)
  SELECT '', 'quarter', kind, technical, quarter, class, sum(n), TRUE FROM counted GROUP BY 3, 4, 5, 6
  UNION ALL SELECT '', 'day', kind, technical, quarter / 96, class, sum(n), TRUE FROM counted GROUP BY 3, 4, 5, 6
  UNION ALL SELECT '', 'all', kind, technical, 0, class, sum(n), TRUE FROM counted GROUP BY 3, 4, 6
  UNION ALL SELECT organization_id, 'day', kind, technical, quarter / 96, class, sum(n), TRUE FROM counted WHERE organization_id <> '' GROUP BY 1, 3, 4, 5, 6
  UNION ALL SELECT organization_id, 'all', kind, technical, 0, class, sum(n), TRUE FROM counted WHERE organization_id <> '' GROUP BY 1, 3, 4, 6;

-- Failed sign-ins of an organization, or of all (''), in each quarter of an hour.
CREATE TABLE failure_counts (
  organization_id TEXT COLLATE "C" NOT NULL,
  quarter BIGINT NOT NULL,
  n BIGINT NOT NULL,
  added BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE INDEX failure_counts_of ON failure_counts (organization_id, quarter);
CREATE INDEX failure_counts_to_add ON failure_counts (organization_id) WHERE NOT added;
-- +goose StatementBegin
CREATE FUNCTION count_failures() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO failure_counts (organization_id, quarter, n)
    SELECT scope, floor(extract(epoch FROM at))::bigint / 900, CASE TG_OP WHEN 'INSERT' THEN count(*) ELSE -count(*) END
    FROM changed CROSS JOIN LATERAL (SELECT '' AS scope UNION SELECT changed.organization_id) AS scopes
    WHERE action = 'sign-in-failed' GROUP BY 1, 2;
  RETURN NULL;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER failure_counts_insert AFTER INSERT ON audit_events
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_failures();
CREATE TRIGGER failure_counts_delete AFTER DELETE ON audit_events
  REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_failures();
WITH counted AS (
  SELECT organization_id, floor(extract(epoch FROM at))::bigint / 900 AS quarter, count(*) AS n
  FROM audit_events WHERE action = 'sign-in-failed' GROUP BY 1, 2
)
INSERT INTO failure_counts (organization_id, quarter, n, added)
  SELECT organization_id, quarter, n, TRUE FROM counted WHERE organization_id <> ''
  UNION ALL SELECT '', quarter, sum(n), TRUE FROM counted GROUP BY 2;
ANALYZE account_counts;
ANALYZE password_counts;
ANALYZE failure_counts;
