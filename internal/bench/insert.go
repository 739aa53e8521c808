package main

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"net/url"
	"strings"

	"latchkey/models"
	"latchkey/names"
	"latchkey/password"
)

// batch is how many rows one statement writes; the number of accounts is a multiple of it.
const batch = 100

var (
	accountColumns = strings.Fields(`id kind name name_key email email_key search organization_id technical locale created_at disabled_at
		password_id password_hash password_set_at one_time must_change expiry_notice failed_attempts failed_in_row blocked_at
		blocked_until last_sign_in_at`)
	identifierColumns = []string{"key", "account_id"}
	skeletonColumns   = []string{"skeleton", "differs_by", "account_id"}
)

func accountValues(a models.Account) []any {
	return []any{
		a.ID, string(a.Kind), a.Name, a.NameKey, a.Email, a.EmailKey, names.SearchText(a.Name, a.Email, a.EmailKey), a.OrganizationID,
		a.Technical, a.Locale, a.CreatedAt, a.DisabledAt, a.PasswordID, a.PasswordHash, a.PasswordSetAt, a.OneTime, a.MustChange, int(a.ExpiryNotice),
		a.FailedAttempts, a.FailedInRow, a.BlockedAt, a.BlockedUntil, a.LastSignInAt,
	}
}

func identifierValues(a models.Account) []any { return []any{a.NameKey, a.ID, a.EmailKey, a.ID} }

func skeletonValues(a models.Account) (values []any) {
	for _, skeleton := range names.SkeletonsOf(a.Name, a.NameKey) {
		values = append(values, skeleton.Text, skeleton.DiffersBy, a.ID)
	}
	return values
}

// table writes rows past the program's own queries, which would take minutes.
type table struct {
	db     *sql.DB
	engine models.Engine
}

// openTable opens the site's database with the drivers that models has registered, times being written as models does.
func openTable(s *site) (table, error) {
	driver, dsn := "pgx", s.dsn
	if s.engine == models.SQLite {
		driver = "sqlite"
		dsn = "file:" + (&url.URL{Path: s.sqliteFile()}).EscapedPath() +
			"?_pragma=journal_mode(WAL)&_pragma=synchronous(OFF)&_pragma=foreign_keys(1)&_time_format=sqlite&_timezone=UTC"
	}
	db, err := sql.Open(driver, dsn)
	return table{db, s.engine}, err
}

func (t table) close() { _ = t.db.Close() } // nothing is open in it

// fill writes all accounts in one transaction, and lets PostgreSQL see what there is, as its autovacuum would.
func (t table) fill(ctx context.Context, count int, account func(i int) models.Account) error {
	tx, err := t.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	for from := 0; from < count; from += batch {
		if err := t.write(ctx, tx, from, account); err != nil {
			return err
		}
		if err := t.look(ctx, tx, from); err != nil {
			return err
		}
	}
	if err := tx.Commit(); err != nil || t.engine != models.Postgres {
		return err
	}
	_, err = t.db.ExecContext(ctx, "VACUUM ANALYZE")
	return err
}

// look lets PostgreSQL see early that the tables are not as small as they were when it planned how to check references:
// it would read all accounts for each.
func (t table) look(ctx context.Context, tx *sql.Tx, from int) error {
	if from != 10*batch || t.engine != models.Postgres {
		return nil
	}
	_, err := tx.ExecContext(ctx, "ANALYZE accounts")
	return err
}

// write inserts one batch: the accounts, and the two keys of each.
func (t table) write(ctx context.Context, tx *sql.Tx, from int, account func(i int) models.Account) error {
	var accounts, identifiers, skeletons []any
	for i := range batch {
		a := account(from + i)
		accounts = append(accounts, accountValues(a)...)
		identifiers = append(identifiers, identifierValues(a)...)
		skeletons = append(skeletons, skeletonValues(a)...)
	}
	if _, err := tx.ExecContext(ctx, t.insert("accounts", accountColumns, batch), accounts...); err != nil {
		return fmt.Errorf("inserting accounts: %w", err)
	}
	if _, err := tx.ExecContext(ctx, t.insert("identifiers", identifierColumns, 2*batch), identifiers...); err != nil {
		return fmt.Errorf("inserting identifiers: %w", err)
	}
	rows := len(skeletons) / len(skeletonColumns)
	if _, err := tx.ExecContext(ctx, t.insert("skeletons", skeletonColumns, rows), skeletons...); err != nil {
		return fmt.Errorf("inserting skeletons: %w", err)
	}
	return nil
}

// insert is a statement that writes so many rows.
func (t table) insert(name string, columns []string, rows int) string {
	values := make([]string, rows)
	for row := range values {
		places := make([]string, len(columns))
		for column := range places {
			places[column] = "?"
			if t.engine == models.Postgres {
				places[column] = fmt.Sprintf("$%d", row*len(columns)+column+1)
			}
		}
		values[row] = "(" + strings.Join(places, ",") + ")"
	}
	return "INSERT INTO " + name + " (" + strings.Join(columns, ",") + ") VALUES " + strings.Join(values, ",")
}

// middle is the place half-way through the list by name.
func (t table) middle(ctx context.Context) (place models.AccountCursor, err error) {
	const query = "SELECT name_key, id FROM accounts ORDER BY name_key, id LIMIT 1 OFFSET (SELECT COUNT(*) / 2 FROM accounts)"
	err = t.db.QueryRowContext(ctx, query).Scan(&place.Name, &place.ID)
	return place, err
}

// seederWithHash makes a seeder whose accounts have a password that nobody knows.
func seederWithHash() (*seeder, error) {
	hash, err := password.DefaultParams.Hash(rand.Reader, rand.Text())
	return newSeeder(hash), err
}
