package testdb

import (
	"database/sql"
	"slices"
	"strings"
	"testing"

	"latchkey/models"
)

// Dump returns a line for each row of all tables, without when sessions were last used, which any request may change.
func (d Database) Dump(tb testing.TB) (lines []string) {
	tb.Helper()
	tables := "SELECT group_concat(name) FROM sqlite_master WHERE type = 'table'"
	if d.Engine() == models.Postgres {
		tables = "SELECT string_agg(tablename, ',') FROM pg_tables WHERE schemaname = 'public'"
	}
	pool := d.Raw(tb)
	defer pool.Close()
	var names string
	if err := pool.QueryRowContext(tb.Context(), tables).Scan(&names); err != nil {
		tb.Fatal(err)
	}
	for name := range strings.SplitSeq(names, ",") {
		if strings.HasPrefix(name, "sqlite_") || strings.HasPrefix(name, "account_search") || strings.HasPrefix(name, "audit_text") || strings.HasSuffix(name, "_counts") {
			continue
		}
		for _, row := range rowsOf(tb, pool, name) {
			lines = append(lines, name+": "+row)
		}
	}
	slices.Sort(lines)
	return lines
}

// rowsOf returns the rows of a table as columns with their values.
func rowsOf(tb testing.TB, pool *sql.DB, table string) (all []string) {
	tb.Helper()
	rows, err := pool.QueryContext(tb.Context(), "SELECT * FROM "+table)
	if err != nil {
		tb.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		tb.Fatal(err)
	}
	values, places := make([]sql.NullString, len(columns)), make([]any, len(columns))
	for i := range values {
		places[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(places...); err != nil {
			tb.Fatal(err)
		}
		var parts []string
		for i, column := range columns {
			if !values[i].Valid {
				values[i].String = "NULL"
			}
			if table != "sessions" || column != "last_used_at" && column != "idle_end" {
				parts = append(parts, column+"="+values[i].String)
			}
		}
		slices.Sort(parts)
		all = append(all, strings.Join(parts, " "))
	}
	if err := rows.Err(); err != nil {
		tb.Fatal(err)
	}
	return all
}
