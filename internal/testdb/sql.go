package testdb

import (
	"context"
	"database/sql"
	"fmt"
	"testing"

	"latchkey/models"
)

// Raw opens the database for SQL, until the end of the test.
func (d Database) Raw(tb testing.TB) *sql.DB {
	tb.Helper()
	driver, address := "pgx", d.Address
	if d.Engine() == models.SQLite {
		driver, address = "sqlite", fmt.Sprintf("%s?_pragma=busy_timeout(%d)", d.Address, othersWrite.Milliseconds())
	}
	pool, err := sql.Open(driver, address)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = pool.Close() })
	return pool
}

// Exec runs one statement.
func (d Database) Exec(tb testing.TB, statement string) {
	tb.Helper()
	pool := d.Raw(tb)
	defer pool.Close()
	if _, err := pool.ExecContext(context.Background(), statement); err != nil {
		tb.Fatalf("%s: %v", statement, err)
	}
}

// Count returns the number that a query selects.
func (d Database) Count(tb testing.TB, query string) (n int) {
	tb.Helper()
	pool := d.Raw(tb)
	defer pool.Close()
	if err := pool.QueryRowContext(context.Background(), query).Scan(&n); err != nil {
		tb.Fatalf("%s: %v", query, err)
	}
	return n
}
