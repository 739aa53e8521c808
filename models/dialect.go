package models

import (
	"context"
	"errors"
	"time"

	"gorm.io/driver/sqlite"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"
	sqlitedriver "modernc.org/sqlite"
	sqlitelib "modernc.org/sqlite/lib"
)

// sqliteDialector translates the error codes of the pure Go driver, which gorm's own translation does not know.
type sqliteDialector struct{ *sqlite.Dialector }

// Translate returns gorm's error for a driver's error, if there is one.
func (sqliteDialector) Translate(err error) error {
	var failed *sqlitedriver.Error
	if !errors.As(err, &failed) {
		return err
	}
	switch failed.Code() {
	case sqlitelib.SQLITE_CONSTRAINT_UNIQUE, sqlitelib.SQLITE_CONSTRAINT_PRIMARYKEY:
		return gorm.ErrDuplicatedKey
	case sqlitelib.SQLITE_CONSTRAINT_FOREIGNKEY, sqlitelib.SQLITE_CONSTRAINT_TRIGGER: // the second is ON DELETE RESTRICT
		return gorm.ErrForeignKeyViolated
	case sqlitelib.SQLITE_CONSTRAINT_CHECK:
		return gorm.ErrCheckConstraintViolated
	default:
		return err
	}
}

// timestamp returns the placeholder of a time whose type PostgreSQL cannot infer.
func (e Engine) timestamp() string {
	if e == Postgres {
		return "CAST(? AS TIMESTAMPTZ)"
	}
	return "?"
}

// by is a table with the index that SQLite has to read.
func (e Engine) by(table, index string) string {
	if e == SQLite {
		return table + " INDEXED BY " + index
	}
	return table
}

// discardLogger keeps gorm from logging statements, which contain hashes and addresses. Errors are returned to the caller. Rows are read by Find:
// Scan formats every statement with its values for the logger, even for one that discards it.
type discardLogger struct{}

func (s discardLogger) LogMode(logger.LogLevel) logger.Interface                            { return s }
func (discardLogger) Info(context.Context, string, ...any)                                  {}
func (discardLogger) Warn(context.Context, string, ...any)                                  {}
func (discardLogger) Error(context.Context, string, ...any)                                 {}
func (discardLogger) Trace(context.Context, time.Time, func() (sql string, n int64), error) {}
