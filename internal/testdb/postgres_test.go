package testdb_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"

	"latchkey/internal/testdb"
)

func execute(t testing.TB, dsn, statement string) error {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	_, err = conn.Exec(t.Context(), statement)
	return err
}

func TestPostgresDatabasesAreApart(t *testing.T) {
	server := testdb.Postgres(t)
	a, b := server.Database(t), server.Database(t)
	if err := execute(t, a, "CREATE TABLE only_in_a ()"); err != nil {
		t.Fatal(err)
	}
	if err := execute(t, b, "SELECT FROM only_in_a"); err == nil {
		t.Error("one database sees the other's table")
	}
}

// TestPostgresDropsOpenDatabases: a test that leaks a connection must not leave
// its database behind.
func TestPostgresDropsOpenDatabases(t *testing.T) {
	server := testdb.Postgres(t)
	var dsn string
	t.Run("leaks", func(t *testing.T) {
		dsn = server.Database(t)
		if _, err := pgx.Connect(context.Background(), dsn); err != nil {
			t.Fatal(err)
		}
	})
	if _, err := pgx.Connect(t.Context(), dsn); err == nil || !strings.Contains(err.Error(), "does not exist") {
		t.Errorf("the database is still there: %v", err)
	}
}

func TestPostgresTemplate(t *testing.T) {
	server := testdb.Postgres(t)
	var prepared atomic.Int32
	key := rand.Text()
	prepare := func(dsn string) error {
		prepared.Add(1)
		return execute(t, dsn, "CREATE TABLE migrated (id int)")
	}
	t.Run("copies", func(t *testing.T) {
		for i := range 4 {
			t.Run(fmt.Sprint(i), func(t *testing.T) {
				t.Parallel()
				if err := server.Template(key, prepare); err != nil {
					t.Fatal(err)
				}
				dsn := server.DatabaseFrom(t, key)
				if err := execute(t, dsn, "ALTER TABLE migrated ADD own int"); err != nil {
					t.Error(err)
				}
			})
		}
	})
	if prepared.Load() != 1 {
		t.Errorf("prepared %d times", prepared.Load())
	}
}

func TestPostgresTemplateThatFails(t *testing.T) {
	server := testdb.Postgres(t)
	key, broken := rand.Text(), errors.New("broken")
	for range 2 {
		if err := server.Template(key, func(string) error { return broken }); !errors.Is(err, broken) {
			t.Errorf("got %v", err)
		}
	}
}

func BenchmarkPostgresDatabaseFrom(b *testing.B) {
	server := testdb.Postgres(b)
	server.Template("benchmark", func(dsn string) error { return execute(b, dsn, "CREATE TABLE t (id int)") })
	for b.Loop() {
		server.DatabaseFrom(b, "benchmark")
	}
}
