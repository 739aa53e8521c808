package main

import "latchkey/models"

// withoutIndexes fills the tables without their indexes, which are made again at the end: a million rows in a random order of 50 indexes take
// ten times as long. Unique indexes stay, since they belong to the tables.
func (s *site) withoutIndexes(fill func()) {
	const ofSQLite = `SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL AND sql NOT LIKE 'CREATE UNIQUE%'`
	const ofPostgres = `SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND indexdef NOT LIKE 'CREATE UNIQUE%'`
	query := ofPostgres
	if s.db.Engine() == models.SQLite {
		query = ofSQLite
	}
	rows, err := s.db.Raw(s).QueryContext(s.ctx, query)
	s.must(err)
	var drop, create []string
	for rows.Next() {
		var name, definition string
		s.must(rows.Scan(&name, &definition))
		drop, create = append(drop, "DROP INDEX "+name), append(create, definition)
	}
	s.must(rows.Err())
	s.must(rows.Close())
	s.exec(drop...)
	fill()
	s.exec(create...)
}
