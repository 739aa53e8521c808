package models

import (
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
)

// TestPreparedStatementsAreKept: however statements are used, each answers from the database as it is.
func TestPreparedStatementsAreKept(t *testing.T) {
	t.Parallel()
	registerDriver()
	db, err := sql.Open(keptDriver, sqliteWriter(filepath.Join(t.TempDir(), "kept.db"), othersWrite))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	exec := func(query string, args ...any) {
		t.Helper()
		if _, err := db.ExecContext(t.Context(), query, args...); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
	}
	exec("CREATE TABLE things (name text PRIMARY KEY)")
	for range 2 { // the second time they are prepared already, or have made room
		for i := range 3 * statementsKept {
			var got int
			if err := db.QueryRowContext(t.Context(), fmt.Sprintf("SELECT %d + ?", i), i).Scan(&got); err != nil || got != 2*i {
				t.Fatalf("statement %d returns %d, %v", i, got, err)
			}
		}
	}
	const insert, list = "INSERT INTO things VALUES (?)", "SELECT * FROM things ORDER BY name"
	exec(insert, "a")
	if _, err := db.ExecContext(t.Context(), insert, "a"); err == nil {
		t.Error("the same name twice")
	}
	exec(insert, "b")
	t.Run("while its rows are read", func(t *testing.T) {
		tx, err := db.BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer tx.Rollback()
		outer, err := tx.QueryContext(t.Context(), list)
		if err != nil {
			t.Fatal(err)
		}
		defer outer.Close()
		var pairs string
		for outer.Next() {
			var one, first string
			if err := outer.Scan(&one); err != nil {
				t.Fatal(err)
			}
			if err := tx.QueryRowContext(t.Context(), list).Scan(&first); err != nil {
				t.Fatal(err)
			}
			pairs += one + first + " "
		}
		if pairs != "aa ba " || outer.Err() != nil {
			t.Errorf("read %q, %v", pairs, outer.Err())
		}
	})
	exec("ALTER TABLE things ADD COLUMN size integer DEFAULT 7")
	rows, err := db.QueryContext(t.Context(), list)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	if columns, err := rows.Columns(); errors.Join(err, rows.Err()) != nil || len(columns) != 2 {
		t.Errorf("after a change of the table it has the columns %q, %v", columns, err)
	}
}
