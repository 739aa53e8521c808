package testdb

import (
	"context"
	"database/sql"
	"fmt"
	"testing"

	"latchkey/models"
)

// Raw is the database without the use cases and without models. It closes with the test.
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

// Standstill keeps everybody else from writing to the table while do runs, on SQLite to any table. Do gets a connection
// that sees what stands there.
func (d Database) Standstill(tb testing.TB, table string, do func(*sql.Conn)) {
	tb.Helper()
	begin := "BEGIN IMMEDIATE"
	if d.Engine() == models.Postgres {
		begin = "BEGIN; LOCK TABLE " + table + " IN EXCLUSIVE MODE"
	}
	pool := d.Raw(tb)
	defer pool.Close()
	conn, err := pool.Conn(context.Background())
	if err != nil {
		tb.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.ExecContext(context.Background(), begin); err != nil {
		tb.Fatalf("%s: %v", begin, err)
	}
	defer conn.ExecContext(context.Background(), "ROLLBACK")
	do(conn)
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
