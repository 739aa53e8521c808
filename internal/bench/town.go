package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"latchkey/models"
)

// town is a database of nothing but accounts, among which some become due.
type town struct {
	table
	program  *models.DB // the same database as the program opens it
	accounts int
	took     []float64 // sweeps, in milliseconds
}

// town makes a database with so many customers. Nothing is due in it; of a tenth, which are technical accounts, the passwords
// are older than all others and never expire.
func (b *bench) town(ctx context.Context, engine models.Engine, count int) (*town, error) {
	start := time.Now()
	t := &town{accounts: count}
	place := &site{bench: b, engine: engine, dir: filepath.Join(b.dir, fmt.Sprintf("%s-%d", engine, count))}
	err := t.make(ctx, place)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("making a town: %w", err), t.close())
	}
	b.say("%d accounts on %s took %s", count, engine, time.Since(start).Round(time.Second))
	return t, nil
}

func (t *town) make(ctx context.Context, place *site) (err error) {
	if err := place.open(); err != nil {
		return err
	}
	if t.program, err = place.database(); err != nil {
		return err
	}
	if _, err := t.program.Migrate(ctx); err != nil {
		return err
	}
	if t.table, err = openTable(place); err != nil {
		return err
	}
	return t.settle(ctx)
}

func (t *town) close() (err error) {
	if t.program != nil {
		err = t.program.Close()
	}
	if t.db != nil {
		t.table.close()
	}
	return err
}

// settle writes the accounts.
func (t *town) settle(ctx context.Context) error {
	people := fmt.Sprintf(`WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < %d)
		INSERT INTO accounts (id, kind, name, name_key, email, email_key, organization_id, created_at, password_id, password_hash,
			technical, password_set_at)
		SELECT 'a' || n, 'customer', 'customer' || n, 'customer' || n, 'c' || n || '@example.org', 'c' || n || '@example.org',
			'%s', %s, 'p' || n, 'none', n %% 10 = 0, CASE WHEN n %% 10 = 0 THEN %s ELSE %s END FROM numbers`,
		t.accounts, models.DefaultOrganizationID, t.daysAgo("400"), t.daysAgo("300"), t.daysAgo("n % 58"))
	if _, err := t.db.ExecContext(ctx, people); err != nil {
		return err
	}
	return t.tidy(ctx)
}

// expire makes the passwords of so many people expired, who lie far and wide and about whom nobody was told. Each time it is
// others.
func (t *town) expire(ctx context.Context, due int) error {
	people := fmt.Sprintf("CAST(substr(id, 2) AS INTEGER) %% %d = %d", t.accounts/due, 1+len(t.took)%9)
	_, err := t.db.ExecContext(ctx, fmt.Sprintf(`UPDATE accounts SET expiry_notice = 0, password_set_at = %s
		WHERE kind = 'customer' AND NOT technical AND %s`, t.daysAgo("70"), people))
	return errors.Join(err, t.tidy(ctx))
}

// forget removes the mails, so that the same people can be told again.
func (t *town) forget(ctx context.Context) error {
	_, err := t.db.ExecContext(ctx, "DELETE FROM mails")
	return errors.Join(err, t.tidy(ctx))
}

// tidy leaves nothing of the preparations to the sweep: it does what PostgreSQL's autovacuum would, which the test kit has
// switched off, and moves what was written to SQLite's log to its place.
func (t *town) tidy(ctx context.Context) error {
	statement := "PRAGMA wal_checkpoint(TRUNCATE)"
	if t.engine == models.Postgres {
		statement = "VACUUM ANALYZE"
	}
	_, err := t.db.ExecContext(ctx, statement)
	return err
}

// daysAgo is SQL for so many days and some seconds ago.
func (t *town) daysAgo(days string) string {
	if t.engine == models.Postgres {
		return "now() - make_interval(days => (" + days + ")::int)"
	}
	return "strftime('%Y-%m-%d %H:%M:%f+00:00', 'now', '-' || (" + days + ") || ' days')"
}
