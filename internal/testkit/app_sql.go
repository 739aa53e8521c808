package testkit

import (
	"context"
	"database/sql"
	"testing"

	"latchkey/models"
)

// Raw is the database without the use cases and without models. It closes with the test.
func (d Database) Raw(tb testing.TB) *sql.DB {
	tb.Helper()
	driver := map[models.Engine]string{models.SQLite: "sqlite", models.Postgres: "pgx"}[d.Engine()]
	pool, err := sql.Open(driver, d.Address)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = pool.Close() })
	return pool
}

// Exec runs one statement behind the back of the program.
func (d Database) Exec(tb testing.TB, statement string) {
	tb.Helper()
	pool := d.Raw(tb)
	defer pool.Close()
	if _, err := pool.ExecContext(context.Background(), statement); err != nil {
		tb.Fatalf("%s: %v", statement, err)
	}
}

// Count asks for one number.
func (d Database) Count(tb testing.TB, query string) (n int) {
	tb.Helper()
	pool := d.Raw(tb)
	defer pool.Close()
	if err := pool.QueryRowContext(context.Background(), query).Scan(&n); err != nil {
		tb.Fatalf("%s: %v", query, err)
	}
	return n
}
