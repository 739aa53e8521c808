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

// Database is an open, migrated database of one test alone.
type Database struct {
	*models.DB
	Address string // the path of an SQLite file, or a postgres:// URL
}

// Engines runs a test once on each engine, as the subtests "sqlite" and "postgres", each with a database that nobody has
// used yet. Tests of models and of password that call it must be in packages of their own (models_test), since this
// file imports the tables. The test becomes parallel, so that it can call this once only; see [testkit.Parallel].
// Under the race detector SQLite, which is Go code, is some 25 times slower, so that it is left to the long mode.
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

// SQLite is a migrated SQLite database, which goes when the test ends.
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

// PostgresDB is a migrated PostgreSQL database, which goes when the test ends.
func PostgresDB(tb testing.TB) Database {
	tb.Helper()
	const migrated = "migrated"
	server := Postgres(tb)
	if err := server.Template(migrated, migratePostgres); err != nil {
		tb.Fatalf("migrating PostgreSQL: %v", err)
	}
	return Database{Address: server.DatabaseFrom(tb, migrated)}.opened(tb, models.Postgres)
}

// othersWrite is how long SQLite waits in tests while somebody else writes, which on a busy machine may take long.
const othersWrite = 5 * time.Minute

// OpenSQLite opens a database file as the program does, but waits longer while another process writes.
func OpenSQLite(path string) (*models.DB, error) {
	return models.OpenSQLiteWithBusyTimeout(path, othersWrite)
}

// Again opens the database once more, as another process would: with connections and locks of its own.
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

// migratedSQLite is the content of a migrated database file: a copy costs a millisecond, migrating thirty.
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

func migratePostgres(dsn string) error {
	db, err := models.OpenPostgres(dsn)
	if err != nil {
		return err
	}
	return migrateAndClose(db)
}

// migrateAndClose leaves no connection open, and on SQLite no write-ahead log beside the file.
func migrateAndClose(db *models.DB) error {
	_, err := db.Migrate(context.Background())
	return errors.Join(err, db.Close())
}
