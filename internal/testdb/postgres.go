package testdb

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"latchkey/internal/testkit"
	"latchkey/models"
)

// PostgresEnv names the variable with the URL of a PostgreSQL server to use. Its user must be allowed to create databases.
const PostgresEnv = "LATCHKEY_TEST_POSTGRES"

// Server is a PostgreSQL server for tests. It is safe for concurrent use.
type Server struct {
	admin    *url.URL // the database in which databases are created and dropped
	process  *postgresProcess
	prefix   string // of the names of our databases; other processes have others
	serial   atomic.Int64
	migrated func() (name string, err error) // a template, created on the first call
}

var postgres = sync.OnceValues(openServer)

// Postgres returns the PostgreSQL server of this test process, started on the first call. If PostgreSQL is not installed, the
// test is skipped, see [testkit.Missing]; if it does not start, the test fails.
func Postgres(tb testing.TB) *Server {
	tb.Helper()
	server, err := postgres()
	if errors.Is(err, errNoPostgres) {
		testkit.Missing(tb, "postgres", err.Error())
	}
	if err != nil {
		tb.Fatalf("starting PostgreSQL: %v", err)
	}
	return server
}

func openServer() (*Server, error) {
	s := &Server{prefix: "latchkey_test_" + strings.ToLower(rand.Text()[:8])}
	s.migrated = sync.OnceValues(s.newMigrated)
	var err error
	if dsn := os.Getenv(PostgresEnv); dsn != "" && !testkit.Hidden("postgres") {
		if s.admin, err = url.Parse(dsn); err != nil {
			return nil, errors.New(PostgresEnv + " is not a postgres:// URL")
		}
	} else if s.process, err = startPostgres(); err != nil {
		return nil, err
	} else {
		s.admin = s.process.url()
	}
	testkit.AtExit(s.stop)
	return s, nil
}

// OpenPostgres is [Postgres] for a program that is not a test. [testkit.Close] stops the server.
func OpenPostgres() (*Server, error) { return postgres() }

// NewDatabase creates an empty database for a program that is not a test. Its URL uses the server's socket if this process
// started the server. Drop removes it even with open connections.
func (s *Server) NewDatabase() (dsn string, drop func() error, err error) {
	name := s.newName()
	if err := s.exec("CREATE DATABASE " + quote(name)); err != nil {
		return "", nil, err
	}
	dsn = s.dsn(name)
	if s.process != nil {
		query := url.Values{"host": {s.process.dir}, "port": {strconv.Itoa(s.process.port)}}
		dsn = (&url.URL{Scheme: "postgres", User: s.admin.User, Path: "/" + name, RawQuery: query.Encode()}).String()
	}
	return dsn, func() error { return s.drop(name) }, nil
}

// Database creates an empty database and returns its URL. At the end of the test it is dropped, even with open connections.
func (s *Server) Database(tb testing.TB) (dsn string) {
	tb.Helper()
	return s.create(tb, "")
}

// newMigrated creates a database to copy, which takes 10 ms instead of the 100 of a migration.
func (s *Server) newMigrated() (name string, err error) {
	name = s.newName()
	if err := s.exec("CREATE DATABASE " + quote(name)); err != nil {
		return "", err
	}
	db, err := models.OpenPostgres(s.dsn(name))
	if err != nil {
		return name, err
	}
	return name, migrateAndClose(db)
}

func (s *Server) create(tb testing.TB, how string) (dsn string) {
	tb.Helper()
	name := s.newName()
	if err := s.exec("CREATE DATABASE " + quote(name) + how); err != nil {
		tb.Fatalf("creating a database: %v", err)
	}
	tb.Cleanup(func() {
		if err := s.drop(name); err != nil {
			tb.Errorf("dropping a database: %v", err)
		}
	})
	return s.dsn(name)
}

func (s *Server) newName() string {
	return s.prefix + "_" + strconv.FormatInt(s.serial.Add(1), 10)
}

func (s *Server) drop(name string) error {
	return s.exec("DROP DATABASE IF EXISTS " + quote(name) + " WITH (FORCE)")
}

func (s *Server) dsn(database string) string {
	u := *s.admin
	u.Path = "/" + database
	return u.String()
}

// exec runs one statement on a connection of its own: databases cannot be created in a transaction, and a pool would be
// reported by tests that look for leaks.
func (s *Server) exec(statement string) error {
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

// stop stops our own server, or drops the template on another.
func (s *Server) stop() {
	if s.process != nil {
		s.process.stop()
	} else if name, err := s.migrated(); err == nil {
		_ = s.drop(name)
	}
}

func quote(name string) string { return pgx.Identifier{name}.Sanitize() }

// PostgresTool returns the path of a program of PostgreSQL, such as pg_dump. Without it the test is skipped, see
// [testkit.Missing].
func PostgresTool(tb testing.TB, name string) string {
	tb.Helper()
	if testkit.Hidden("postgres") {
		testkit.Missing(tb, "postgres", "hidden by "+testkit.WithoutEnv)
	}
	if bin, err := postgresBin(); err == nil {
		name = filepath.Join(bin, name)
	}
	path, err := exec.LookPath(name)
	if err != nil {
		testkit.Missing(tb, "postgres", err.Error())
	}
	return path
}
