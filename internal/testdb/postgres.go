package testdb

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"latchkey/internal/testkit"
	"latchkey/models"
)

// PostgresEnv names the variable with the URL of a PostgreSQL server to use. Its user must be allowed to create databases.
const PostgresEnv = "LATCHKEY_TEST_POSTGRES"

// server is a PostgreSQL server for tests. It is safe for concurrent use.
type server struct {
	admin    *url.URL // the database in which databases are created and dropped
	prefix   string   // of the names of our databases; other processes have others
	serial   atomic.Int64
	migrated func() (name string, err error) // a template, created on the first call
}

var postgres = sync.OnceValues(openServer)

func openServer() (*server, error) {
	s := &server{prefix: "latchkey_test_" + strings.ToLower(rand.Text()[:8])}
	s.migrated = sync.OnceValues(s.newMigrated)
	if dsn := os.Getenv(PostgresEnv); dsn != "" && !testkit.Hidden("postgres") {
		var err error
		if s.admin, err = url.Parse(dsn); err != nil {
			return nil, errors.New(PostgresEnv + " is not a postgres:// URL")
		}
		testkit.AtExit(func() {
			if name, err := s.migrated(); err == nil {
				_ = s.drop(name)
			}
		})
		return s, nil
	}
	own, err := startPostgres()
	if err != nil {
		return nil, err
	}
	s.admin = own.url()
	testkit.AtExit(own.stop)
	return s, nil
}

// openPostgres returns the PostgreSQL server of this test process, started on the first call. If PostgreSQL is not installed, the
// test is skipped, see [testkit.Missing]; if it does not start, the test fails.
func openPostgres(tb testing.TB) *server {
	tb.Helper()
	s, err := postgres()
	if errors.Is(err, errNoPostgres) {
		testkit.Missing(tb, "postgres", err.Error())
	}
	if err != nil {
		tb.Fatalf("starting PostgreSQL: %v", err)
	}
	return s
}

// EmptyPostgres creates an empty PostgreSQL database and returns its URL. At the end of the test it is dropped, even with open
// connections.
func EmptyPostgres(tb testing.TB) (dsn string) {
	tb.Helper()
	return openPostgres(tb).create(tb, "")
}

// NamedPostgres returns the URL of a database that stays in the server of [PostgresEnv], and creates it if there is none.
func NamedPostgres(tb testing.TB, name string) (dsn string) {
	tb.Helper()
	if os.Getenv(PostgresEnv) == "" {
		tb.Fatalf("%s is not set: only there can a database stay", PostgresEnv)
	}
	s := openPostgres(tb)
	err := s.exec("CREATE DATABASE " + name)
	if answer, ok := errors.AsType[*pgconn.PgError](err); err != nil && (!ok || answer.Code != duplicateDatabase) {
		tb.Fatalf("creating a database: %v", err)
	}
	return s.dsn(name)
}

// duplicateDatabase is PostgreSQL's code of an error.
const duplicateDatabase = "42P04"

// newMigrated creates a database to copy, which takes 10 ms instead of the 100 of a migration.
func (s *server) newMigrated() (name string, err error) {
	if name, err = s.newDatabase(""); err != nil {
		return "", err
	}
	db, err := models.OpenPostgres(s.dsn(name))
	if err != nil {
		return name, err
	}
	return name, migrateAndClose(db)
}

func (s *server) create(tb testing.TB, how string) (dsn string) {
	tb.Helper()
	name, err := s.newDatabase(how)
	if err != nil {
		tb.Fatalf("creating a database: %v", err)
	}
	tb.Cleanup(func() {
		if err := s.drop(name); err != nil {
			tb.Errorf("dropping a database: %v", err)
		}
	})
	return s.dsn(name)
}

func (s *server) newDatabase(how string) (name string, err error) {
	name = fmt.Sprintf("%s_%d", s.prefix, s.serial.Add(1))
	return name, s.exec("CREATE DATABASE " + name + how)
}

func (s *server) drop(name string) error {
	return s.exec("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)")
}

func (s *server) dsn(database string) string {
	u := *s.admin
	u.Path = "/" + database
	return u.String()
}

// exec runs one statement on a connection of its own: databases cannot be created in a transaction, and a pool would be
// reported by tests that look for leaks.
func (s *server) exec(statement string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	conn, err := pgx.Connect(ctx, s.admin.String())
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	if _, err = conn.Exec(ctx, statement); err != nil {
		return fmt.Errorf("%s: %w", statement, err)
	}
	return nil
}

// PostgresTool returns the path of a program of PostgreSQL, such as pg_dump. Without it the test is skipped, see
// [testkit.Missing].
func PostgresTool(tb testing.TB, name string) string {
	tb.Helper()
	path, err := postgresTool(name)
	if err != nil {
		testkit.Missing(tb, "postgres", err.Error())
	}
	return path
}
