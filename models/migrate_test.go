package models_test

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"gorm.io/gorm/schema"

	"latchkey/internal/testdb"
	"latchkey/internal/testkit"
	"latchkey/models"
)

func TestMigrateTwice(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		first := must(f.Migrate(t.Context()))(t)
		if second := must(f.Migrate(t.Context()))(t); first.Version != second.Version || first.Version < 1 || second.Renewed > 0 {
			t.Errorf("%+v, then %+v", first, second)
		}
		if err := f.Migrated(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestNewerSchemaIsRefused(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		const newer = "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, TRUE)"
		if _, err := f.SQL().ExecContext(t.Context(), newer); err != nil {
			t.Fatal(err)
		}
		if _, err := f.Migrate(t.Context()); !errors.Is(err, models.ErrNewerSchema) {
			t.Errorf("migrating: %v", err)
		}
		if err := f.Migrated(t.Context()); !errors.Is(err, models.ErrNewerSchema) {
			t.Errorf("checking: %v", err)
		}
	})
}

// TestConcurrentMigrations starts three replicas on an empty database. (Only PostgreSQL has replicas.)
func TestConcurrentMigrations(t *testing.T) {
	dsn := testdb.EmptyPostgres(t)
	empty := must(models.OpenPostgres(dsn))(t)
	defer empty.Close()
	if empty.Migrated(t.Context()) == nil {
		t.Error("an empty database counts as migrated")
	}
	testkit.Together(3, func(int) {
		db := must(models.OpenPostgres(dsn))(t)
		defer db.Close()
		if _, err := db.Migrate(context.Background()); err != nil {
			t.Error(err)
		}
		if err := db.Migrated(context.Background()); err != nil {
			t.Error(err)
		}
	})
}

// ofTheDatabase are columns that no program reads.
var ofTheDatabase = []string{"seq", "settled", "class"}

// TestTypesMatchTheSchema: every field has its column, and every column its field.
func TestTypesMatchTheSchema(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		tables := map[string]bool{"goose_db_version": true}
		for _, row := range models.Tables() {
			parsed := must(schema.Parse(row, &sync.Map{}, schema.NamingStrategy{}))(t)
			tables[parsed.Table] = true
			columns := slices.DeleteFunc(f.columns(parsed.Table), func(name string) bool {
				return slices.Contains(ofTheDatabase, name)
			})
			fields := slices.DeleteFunc(slices.Clone(parsed.DBNames), func(name string) bool { return name == "" })
			if !sameSet(columns, fields) {
				t.Errorf("%s: columns %v, fields %v", reflect.TypeOf(row).Name(), columns, fields)
			}
		}
		for _, table := range f.tables() {
			if !tables[table] && !strings.HasPrefix(table, "account_search") && !strings.HasSuffix(table, "_counts") && !strings.HasPrefix(table, "audit_text_search") && !strings.HasPrefix(table, "sqlite_") {
				t.Errorf("the table %s has no type", table)
			}
		}
	})
}

func (f *fixture) columns(table string) []string {
	f.Helper()
	if f.Engine() == models.SQLite {
		return f.strings("SELECT name FROM pragma_table_xinfo('" + table + "')")
	}
	return f.strings("SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = '" + table + "'")
}

func (f *fixture) tables() []string {
	f.Helper()
	if f.Engine() == models.SQLite {
		return f.strings("SELECT name FROM sqlite_schema WHERE type = 'table'")
	}
	return f.strings("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
}

// strings runs a query and returns its last column.
func (f *fixture) strings(query string) []string {
	f.Helper()
	return stringsOf(f, f.SQL(), query)
}

// querier is a pool or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// stringsOf returns the last columns of what a query finds.
func stringsOf(tb testing.TB, from querier, query string) (all []string) {
	tb.Helper()
	rows := must(from.QueryContext(tb.Context(), query))(tb)
	defer rows.Close()
	columns := must(rows.Columns())(tb)
	for rows.Next() {
		values := make([]any, len(columns))
		for i := range values {
			values[i] = new(any)
		}
		var last string
		values[len(values)-1] = &last
		if err := rows.Scan(values...); err != nil {
			tb.Fatal(err)
		}
		all = append(all, last)
	}
	if err := rows.Err(); err != nil {
		tb.Fatal(err)
	}
	return all
}

// TestSchemasAgree: both engines have the same indexes, so that queries are fast on both.
func TestSchemasAgree(t *testing.T) {
	indexes := func(engine models.Engine) (names []string) {
		text := must(os.ReadFile("migrations/" + string(engine) + "/00001_first.sql"))(t)
		for line := range strings.Lines(string(text)) {
			if rest, found := strings.CutPrefix(line, "CREATE INDEX "); found {
				names = append(names, strings.TrimSpace(rest))
			}
		}
		return names
	}
	if a, b := indexes(models.SQLite), indexes(models.Postgres); !slices.Equal(a, b) || len(a) == 0 {
		t.Errorf("SQLite has %v\nPostgreSQL %v", a, b)
	}
}
