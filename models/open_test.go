package models_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"latchkey/internal/testdb"
	"latchkey/internal/testkit"
	"latchkey/models"
)

func mode(t *testing.T, path string) fs.FileMode {
	t.Helper()
	return must(os.Stat(path))(t).Mode().Perm()
}

func TestDatabaseFileIsPrivate(t *testing.T) {
	for _, name := range []string{"latchkey.db", "with space.db", "100%25?.db", "a#b&c=d.db", "ü'.db"} {
		path := filepath.Join(t.TempDir(), name)
		db := must(models.OpenSQLite(path))(t)
		if _, err := db.Migrate(t.Context()); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, file := range []string{path, path + "-wal", path + "-shm"} {
			if got := mode(t, file); got != 0o600 {
				t.Errorf("%s has mode %o", file, got)
			}
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
		if files := must(os.ReadDir(filepath.Dir(path)))(t); len(files) != 1 {
			t.Errorf("%s: the directory has %v", name, files)
		}
	}
	if _, err := models.OpenSQLite(filepath.Join(t.TempDir(), "no", "such", "directory")); err == nil {
		t.Error("a database was opened where there is no directory")
	}
}

func TestBackup(t *testing.T) {
	f := &fixture{TB: t, Database: testdb.SQLite(t)}
	a := f.account(models.Account{NameKey: "findable"})
	path := filepath.Join(t.TempDir(), "it's a backup.db")
	if err := f.Backup(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	if got := mode(t, path); got != 0o600 {
		t.Errorf("the backup has mode %o", got)
	}
	before := must(os.ReadFile(path))(t)
	if err := f.Backup(t.Context(), path); !errors.Is(err, fs.ErrExist) {
		t.Errorf("an existing file: %v", err)
	}
	if !slices.Equal(before, must(os.ReadFile(path))(t)) {
		t.Error("the existing file was changed")
	}
	restored := must(models.OpenSQLite(path))(t)
	defer restored.Close()
	if err := restored.Migrated(t.Context()); err != nil {
		t.Error(err)
	}
	for _, search := range []string{"", "findab"} { // the search's index came along
		page, err := restored.Read(t.Context()).ListAccounts(models.AccountFilter{Search: search, Kind: models.Customer, Limit: 9})
		if err != nil || len(page.Rows) != 1 || page.Rows[0].ID != a.ID {
			t.Errorf("the backup's %q has %+v, %v", search, page.Rows, err)
		}
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	broken := filepath.Join(t.TempDir(), "broken.db")
	if err := f.Backup(cancelled, broken); err == nil {
		t.Error("a backup that was given up is no error")
	}
	if _, err := os.Stat(broken); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a broken backup was left: %v", err)
	}
}

func TestBackupOnPostgres(t *testing.T) {
	path := filepath.Join(t.TempDir(), "backup")
	if err := testdb.PostgresDB(t).Backup(t.Context(), path); !errors.Is(err, models.ErrNoBackup) {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Error("a file was made")
	}
}

// TestCancellationBetweenStatements: a request cancelled during a transaction gets that error, whatever the driver makes of
// the connection at that moment.
func TestCancellationBetweenStatements(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		a := f.account(models.Account{})
		lock := func(tx *models.Tx) error { _, err := tx.AccountForUpdate(a.ID); return err }
		for range 150 {
			ctx, leave := context.WithCancel(t.Context())
			err := f.Update(ctx, func(tx *models.Tx) (err error) {
				go leave()
				for err == nil {
					err = lock(tx)
				}
				return err
			})
			if !errors.Is(err, context.Canceled) {
				t.Fatalf("who left got %v", err)
			}
		}
	})
}

// TestUpdateStopsWhenContextEnds: waiting for another writer stops when the request ends, and nothing is written.
func TestUpdateStopsWhenContextEnds(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		a := f.account(models.Account{})
		lock := func(tx *models.Tx) error { _, err := tx.AccountForUpdate(a.ID); return err }
		ctx, cancel := context.WithCancel(t.Context())
		started := make(chan struct{})
		waited := make(chan error, 1)
		f.do(func(tx *models.Tx) error {
			if err := lock(tx); err != nil {
				return err
			}
			go func() {
				close(started)
				waited <- f.Update(ctx, lock)
			}()
			<-started
			cancel()
			if err := <-waited; !errors.Is(err, context.Canceled) {
				t.Errorf("the waiting one got %v", err)
			}
			return nil
		})
		wrote := f.Update(ctx, func(tx *models.Tx) error { return tx.DeleteAccount(a.ID) })
		if !errors.Is(wrote, context.Canceled) {
			t.Errorf("an ended request got %v", wrote)
		}
		f.again(a.ID)
		if _, err := f.Read(ctx).Account(a.ID); !errors.Is(err, context.Canceled) {
			t.Errorf("an ended read got %v", err)
		}
	})
}

func TestUpdateIsAtomic(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		broken := errors.New("broken")
		form := models.Submission{ID: f.id(), CreatedAt: base}
		f.fails(broken, func(tx *models.Tx) error { return errors.Join(tx.Submit(form), broken) })
		func() {
			defer func() { _ = recover() }()
			_ = f.Update(t.Context(), func(tx *models.Tx) error { _ = tx.Submit(form); panic("broken") })
		}()
		if _, err := f.read().Submission(form.ID); !errors.Is(err, models.ErrNotFound) {
			t.Errorf("half a transaction was written: %v", err)
		}
		f.do(func(tx *models.Tx) error { return tx.Submit(form) }) // the writer is free
	})
}

func TestPing(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		if err := f.Ping(t.Context()); err != nil {
			t.Error(err)
		}
		other := f.Again(t)
		if err := other.Close(); err != nil {
			t.Fatal(err)
		}
		if other.Ping(t.Context()) == nil {
			t.Error("a closed database answers")
		}
	})
}

func TestIDs(t *testing.T) {
	clock := testkit.NewClock()
	ids := models.NewIDs(clock.Now, nil)
	last := ""
	for i := range 10_000 {
		switch i % 1000 {
		case 1:
			clock.Advance(time.Millisecond)
		case 500:
			clock.Advance(-3 * time.Millisecond) // the clock was set back
		}
		id := ids.New()
		if id <= last || !models.IsID(id) || id[14] != '7' {
			t.Fatalf("%s after %s", id, last)
		}
		last = id
	}
	for _, text := range []string{"", "x", "{" + last + "}", "urn:uuid:" + last, last + " ", " " + last, last[:35], "\x00"} {
		if models.IsID(text) {
			t.Errorf("%q counts as an id", text)
		}
	}
}

// Only sslmode=verify-full verifies a server's certificate and name, of every host that may be connected to.
func TestUnverifiedHosts(t *testing.T) {
	const password = "Canary-7"
	for dsn, want := range map[string]string{
		"postgres://u:" + password + "@db.example/x":                                              "db.example",
		"postgres://u:" + password + "@db.example/x?sslmode=disable":                              "db.example",
		"postgres://u:" + password + "@db.example/x?sslmode=allow":                                "db.example",
		"postgres://u:" + password + "@db.example/x?sslmode=prefer":                               "db.example",
		"postgres://u:" + password + "@db.example/x?sslmode=require":                              "db.example",
		"postgres://u:" + password + "@db.example/x?sslmode=verify-ca":                            "db.example",
		"postgres://u:" + password + "@db.example/x?sslmode=verify-full":                          "",
		"postgresql://u:" + password + "@10.1.2.3:6432/x":                                         "10.1.2.3",
		"postgres://u:" + password + "@[2001:db8::7]:5432/x?sslmode=require":                      "2001:db8::7",
		"postgres://u:" + password + "@a.example:5432,b.example:5433/x":                           "a.example b.example",
		"postgres://u:" + password + "@a.example,b.example/x?sslmode=verify-full":                 "",
		"postgres://u:" + password + "@localhost/x":                                               "localhost",
		"postgres:///x?host=/var/run/postgresql&user=u":                                           "",
		"postgres:///x?host=/var/run/postgresql,db.example&port=5432,5432&user=u&sslmode=disable": "db.example",
		"host=db.example user=u password=" + password + " dbname=x":                               "db.example",
		"host=db.example user=u password='" + password + " sslmode=verify-full' dbname=x":         "db.example",
		"host=db.example user=u password=" + password + " dbname=x sslmode=verify-full":           "",
		"host=/tmp user=u dbname=x":                                                               "",
	} {
		hosts, err := models.UnverifiedHosts(dsn)
		if got := strings.Join(hosts, " "); err != nil || got != want {
			t.Errorf("%s leads to %q, %v, want %q", dsn, got, err, want)
		}
	}
	for _, dsn := range []string{"postgres://u:" + password + "@db.example/x?sslmode=verified", "host=db.example password=" + password + " port=x"} {
		if _, err := models.UnverifiedHosts(dsn); err == nil || strings.Contains(err.Error(), password) {
			t.Errorf("%s: %v", dsn, err)
		}
	}
	for mode, want := range map[string]string{"verify-full": "", "require": "db.example"} {
		t.Setenv("PGSSLMODE", mode)
		hosts, err := models.UnverifiedHosts("postgres://u:" + password + "@db.example/x")
		if got := strings.Join(hosts, " "); err != nil || got != want {
			t.Errorf("with PGSSLMODE=%s it leads to %q, %v, want %q", mode, got, err, want)
		}
	}
}

// TestPostgresWorksAtOnce: the connections neither compile statements nor start processes for them, which would take longer than the statements.
func TestPostgresWorksAtOnce(t *testing.T) {
	db := testdb.PostgresDB(t)
	var jit, workers string
	row := db.SQL().QueryRowContext(t.Context(), "SELECT current_setting('jit'), current_setting('max_parallel_workers_per_gather')")
	if err := row.Scan(&jit, &workers); err != nil || jit != "off" || workers != "0" {
		t.Errorf("jit is %s, and %s processes share a statement: %v", jit, workers, err)
	}
}
