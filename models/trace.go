package models

import (
	"context"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/logger"
)

// Traced returns the same database, which passes each statement with its values to trace. It is for tests that compare the work of use
// cases; never log statements, which contain hashes and addresses.
func (db *DB) Traced(trace func(statement string)) *DB {
	traced := *db
	session := &gorm.Session{Logger: tracer{trace: trace}}
	traced.gorm, traced.writerGorm = db.gorm.Session(session), db.writerGorm.Session(session)
	return &traced
}

// tracer passes statements on.
type tracer struct {
	discardLogger
	trace func(statement string)
}

// LogMode is always the same.
func (t tracer) LogMode(logger.LogLevel) logger.Interface { return t }

// Trace is called after each statement.
func (t tracer) Trace(_ context.Context, _ time.Time, statement func() (sql string, rows int64), _ error) {
	text, _ := statement()
	t.trace(text)
}
