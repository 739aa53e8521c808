package testdb_test

import (
	"context"
	"strings"
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

func TestPostgresDatabasesAreSeparate(t *testing.T) {
	a, b := testdb.EmptyPostgres(t), testdb.EmptyPostgres(t)
	if err := execute(t, a, "CREATE TABLE only_in_a ()"); err != nil {
		t.Fatal(err)
	}
	if err := execute(t, b, "SELECT FROM only_in_a"); err == nil {
		t.Error("one database sees the other's table")
	}
}

// TestPostgresDropsOpenDatabases: a test that leaks a connection must not leave its database.
func TestPostgresDropsOpenDatabases(t *testing.T) {
	testdb.EmptyPostgres(t) // skips the test itself, not only its part, if there is no PostgreSQL
	var dsn string
	t.Run("leaks", func(t *testing.T) {
		dsn = testdb.EmptyPostgres(t)
		if _, err := pgx.Connect(context.Background(), dsn); err != nil {
			t.Fatal(err)
		}
	})
	if _, err := pgx.Connect(t.Context(), dsn); err == nil || !strings.Contains(err.Error(), "does not exist") {
		t.Errorf("the database is still there: %v", err)
	}
}
