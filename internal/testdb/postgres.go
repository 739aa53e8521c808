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
)

// PostgresEnv names the variable with the URL of a PostgreSQL server to use in
// place of one of our own. Its user must be allowed to create databases.
const PostgresEnv = "LATCHKEY_TEST_POSTGRES"

// Server is a PostgreSQL server for tests. Safe for concurrent use.
type Server struct {
	admin   *url.URL // database in which databases are made and dropped
	process *postgresProcess
	prefix  string // of the names of our databases; another process has another
	serial  atomic.Int64

	mu        sync.Mutex
	templates map[string]*template
}

// template is a database that others are copied from.
type template struct {
	once sync.Once
	name string
	err  error
}

var postgres = sync.OnceValues(openServer)

// Postgres is the PostgreSQL server of this test process, started on the first
// call. Where there is none the test is left out, see [testkit.Missing]; where there is
// one that does not start it fails.
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
	s := &Server{prefix: "latchkey_test_" + strings.ToLower(rand.Text()[:8]), templates: map[string]*template{}}
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

// Database makes an empty database and returns its URL. It is dropped when the
// test ends, open connections or not.
func (s *Server) Database(tb testing.TB) (dsn string) {
	tb.Helper()
	return s.create(tb, "")
}

// Template prepares, once a key and process, the database that DatabaseFrom
// copies. prepare gets its URL, and must have closed all connections when it
// returns: PostgreSQL does not copy a database in use. The error is that of
// prepare or of making the database, the same for every later call of that key.
func (s *Server) Template(key string, prepare func(dsn string) error) error {
	t := s.template(key)
	t.once.Do(func() {
		name := s.newName()
		if t.err = s.exec("CREATE DATABASE " + quote(name)); t.err == nil {
			t.err = prepare(s.dsn(name))
		}
		t.name = name
	})
	return t.err
}

// DatabaseFrom makes a copy of the template of that key, which must have been
// prepared. A copy costs some 10 ms, where migrating costs a hundred.
func (s *Server) DatabaseFrom(tb testing.TB, key string) (dsn string) {
	tb.Helper()
	t := s.template(key)
	t.once.Do(func() { t.err = errors.New("no such template") })
	if t.err != nil {
		tb.Fatalf("template %s: %v", key, t.err)
	}
	return s.create(tb, " TEMPLATE "+quote(t.name)+" STRATEGY FILE_COPY")
}

func (s *Server) template(key string) *template {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.templates[key] == nil {
		s.templates[key] = &template{}
	}
	return s.templates[key]
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

// exec runs one statement on a connection of its own: databases cannot be made
// in a transaction, and a pool would outlive the tests that look for leaks.
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

// stop ends our own server with everything in it; on one that was lent to us
// the templates are dropped.
func (s *Server) stop() {
	if s.process != nil {
		s.process.stop()
		return
	}
	for _, t := range s.templates {
		if t.name != "" {
			s.drop(t.name)
		}
	}
}

func quote(name string) string { return pgx.Identifier{name}.Sanitize() }

// PostgresTool is the path of a program that comes with PostgreSQL, such as pg_dump. Where it is not there, the test is
// left out, see [testkit.Missing].
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
