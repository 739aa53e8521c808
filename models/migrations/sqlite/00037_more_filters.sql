-- +goose Up
-- Mails in a state by template, and an organization's accounts with a second factor.
CREATE INDEX mails_by_state_template ON mails (state, template, id);
CREATE INDEX accounts_of_organization_with_app ON accounts (organization_id, name_key, id) WHERE has_app AND organization_id IS NOT NULL;
CREATE INDEX accounts_of_organization_with_passkey ON accounts (organization_id, name_key, id) WHERE has_passkey AND organization_id IS NOT NULL;
-- Counters replace it.
DROP INDEX accounts_expiring;

-- An organization's passwords are counted by the hour, too: the rest of a day of a large one is thousands of rows.
DROP TRIGGER account_changes_insert;
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
      CROSS JOIN (SELECT 'all' AS level, 0 AS length UNION ALL SELECT 'day', 86400 UNION ALL SELECT 'hour', 3600 UNION ALL SELECT 'quarter', 900)
    WHERE scope IS NOT NULL AND level <> CASE scope WHEN '' THEN 'hour' ELSE 'quarter' END AND new.password_set_at IS NOT NULL
      AND new.class IN ('o1', 'om', 'ok', 'ot', 'b1', 'bm', 'bk', 'bt')
    ON CONFLICT DO UPDATE SET n = n + excluded.n;
END;
-- +goose StatementEnd
INSERT INTO password_counts (organization_id, level, kind, technical, bucket, class, n)
  SELECT organization_id, 'hour', kind, technical, CAST(strftime('%s', substr(password_set_at, 1, 19)) AS INTEGER) / 3600, class, count(*)
  FROM accounts WHERE organization_id IS NOT NULL AND password_set_at IS NOT NULL AND class IN ('o1', 'om', 'ok', 'ot', 'b1', 'bm', 'bk', 'bt')
  GROUP BY 1, 3, 4, 5, 6;
