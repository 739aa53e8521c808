// Package testdb gives tests databases of their own: an SQLite file, and one in a PostgreSQL server that the test process
// starts on first use.
package testdb

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"latchkey/internal/testkit"
	"latchkey/models"
)

// Database is an open, migrated database of one test.
type Database struct {
	*models.DB
	Address string // the path of an SQLite file, or a postgres:// URL
}

// Engines runs a test once on each engine, as the subtests "sqlite" and "postgres", each with a new database. The test becomes
// parallel, so it can call this only once. Under the race detector SQLite, which is Go code, is about 25 times slower, so it is
// left to the long mode.
func Engines(t *testing.T, run func(t *testing.T, db Database)) {
	t.Helper()
	testkit.Parallel(t)
	if !testkit.Race || testkit.Long() {
		t.Run("sqlite", func(t *testing.T) {
			testkit.Parallel(t)
			run(t, SQLite(t))
		})
	}
	t.Run("postgres", func(t *testing.T) {
		testkit.Parallel(t)
		run(t, PostgresDB(t))
	})
}

// SQLite returns a migrated SQLite database, which is removed at the end of the test.
func SQLite(tb testing.TB) Database {
	tb.Helper()
	content, err := migratedSQLite()
	if err != nil {
		tb.Fatalf("migrating SQLite: %v", err)
	}
	path := filepath.Join(tb.TempDir(), "latchkey.db")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		tb.Fatal(err)
	}
	return Database{Address: path}.opened(tb, models.SQLite)
}

// PostgresDB returns a migrated PostgreSQL database, which is dropped at the end of the test.
func PostgresDB(tb testing.TB) Database {
	tb.Helper()
	server := openPostgres(tb)
	template, err := server.migrated()
	if err != nil {
		tb.Fatalf("migrating PostgreSQL: %v", err)
	}
	return Database{Address: server.create(tb, " TEMPLATE "+template+" STRATEGY FILE_COPY")}.opened(tb, models.Postgres)
}

// othersWrite is how long SQLite waits in tests for other writers, which may be slow on a busy machine.
const othersWrite = 5 * time.Minute

// OpenSQLite opens a database file as the program does, but waits longer while another process writes.
func OpenSQLite(path string) (*models.DB, error) {
	return models.OpenSQLiteWithBusyTimeout(path, othersWrite)
}

// Again opens the database once more, like another process, with its own connections and locks.
func (d Database) Again(tb testing.TB) *models.DB {
	tb.Helper()
	return d.opened(tb, d.Engine()).DB
}

func (d Database) opened(tb testing.TB, engine models.Engine) Database {
	tb.Helper()
	open := OpenSQLite
	if engine == models.Postgres {
		open = models.OpenPostgres
	}
	db, err := open(d.Address)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := db.Close(); err != nil {
			tb.Errorf("closing the database: %v", err)
		}
	})
	return Database{DB: db, Address: d.Address}
}

// migratedSQLite returns the content of a migrated file. Copying takes 1 ms, migrating 30.
var migratedSQLite = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "latchkey-migrated-*")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "latchkey.db")
	db, err := models.OpenSQLite(path)
	if err != nil {
		return nil, err
	}
	if err := migrateAndClose(db); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// migrateAndClose leaves no connection open, and on SQLite no write-ahead log.
func migrateAndClose(db *models.DB) error {
	_, err := db.Migrate(context.Background())
	return errors.Join(err, db.Close())
}
