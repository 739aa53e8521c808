package testdb

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"

	"latchkey/models"
)

// Dump returns a line for each row of all tables, without when sessions were last used, which any request may change.
func (d Database) Dump(tb testing.TB) []string {
	tb.Helper()
	tables := "SELECT name FROM sqlite_master WHERE type = 'table'"
	if d.Engine() == models.Postgres {
		tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
	}
	pool := d.Raw(tb)
	defer pool.Close()
	var lines []string
	for _, table := range query(tb, pool, tables) {
		name := table["name"] + table["tablename"]
		if strings.HasPrefix(name, "sqlite_") || strings.HasPrefix(name, "account_search") {
			continue
		}
		for _, row := range query(tb, pool, "SELECT * FROM "+name) {
			lines = append(lines, line(name, row))
		}
	}
	slices.Sort(lines)
	return lines
}

func query(tb testing.TB, pool *sql.DB, text string) (all []map[string]string) {
	tb.Helper()
	rows, err := pool.QueryContext(tb.Context(), text)
	if err != nil {
		tb.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		tb.Fatal(err)
	}
	for rows.Next() {
		values, places := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			places[i] = &values[i]
		}
		if err := rows.Scan(places...); err != nil {
			tb.Fatal(err)
		}
		row := map[string]string{}
		for i, column := range columns {
			row[column] = fmt.Sprint(values[i])
			if bytes, ok := values[i].([]byte); ok {
				row[column] = string(bytes) // in which a text can be searched for
			}
		}
		all = append(all, row)
	}
	if err := rows.Err(); err != nil {
		tb.Fatal(err)
	}
	return all
}

func line(table string, row map[string]string) string {
	var parts []string
	for column, value := range row {
		if table != "sessions" || column != "last_used_at" && column != "idle_end" {
			parts = append(parts, column+"="+value)
		}
	}
	slices.Sort(parts)
	return table + ": " + strings.Join(parts, " ")
}
