package accounts_test

import (
	"context"
	"database/sql"
	"errors"
	"reflect"
	"strings"
	"sync"
	"testing"

	"latchkey/accounts"
	"latchkey/models"
)

// raw is the database without the use cases and without models.
func (w *world) raw() *sql.DB {
	w.Helper()
	driver := map[models.Engine]string{models.SQLite: "sqlite", models.Postgres: "pgx"}[w.db.Engine()]
	return must(sql.Open(driver, w.db.Address))(w)
}

func (w *world) exec(statement string) {
	w.Helper()
	db := w.raw()
	defer db.Close()
	if _, err := db.ExecContext(context.Background(), statement); err != nil {
		w.Fatal(err)
	}
}

func (w *world) count(query string) (n int) {
	w.Helper()
	db := w.raw()
	defer db.Close()
	if err := db.QueryRowContext(context.Background(), query).Scan(&n); err != nil {
		w.Fatal(err)
	}
	return n
}

// must gives a value that was to be had without an error: must(sql.Open(…))(t).
func must[T any](value T, err error) func(testing.TB) T {
	return func(tb testing.TB) T {
		tb.Helper()
		if err != nil {
			tb.Fatal(err)
		}
		return value
	}
}

// together runs n goroutines that begin at the same time, and waits for them.
func together(n int, run func(i int)) {
	start := make(chan struct{})
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { <-start; run(i) })
	}
	close(start)
	all.Wait()
}

// wrongFields are the fields that a ValidationError speaks of, with spaces between them.
func wrongFields(err error) string {
	var invalid *accounts.ValidationError
	if !errors.As(err, &invalid) {
		return ""
	}
	names := make([]string, len(invalid.Fields))
	for i, field := range invalid.Fields {
		names[i] = field.Field
	}
	return strings.Join(names, " ")
}

func equal(a, b any) bool { return reflect.DeepEqual(a, b) }
