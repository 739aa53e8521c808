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

// sqliteDialector teaches gorm the error codes of the pure Go driver, which its own translation does not see.
type sqliteDialector struct{ *sqlite.Dialector }

// Translate turns a driver's error into gorm's where there is one for it.
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

// timestamp is the placeholder of a time whose type PostgreSQL cannot infer.
func (e Engine) timestamp() string {
	if e == Postgres {
		return "CAST(? AS TIMESTAMPTZ)"
	}
	return "?"
}

// discardLogger keeps gorm from writing statements, and with them hashes and addresses, to a log. Errors reach the caller.
type discardLogger struct{}

func (s discardLogger) LogMode(logger.LogLevel) logger.Interface                            { return s }
func (discardLogger) Info(context.Context, string, ...any)                                  {}
func (discardLogger) Warn(context.Context, string, ...any)                                  {}
func (discardLogger) Error(context.Context, string, ...any)                                 {}
func (discardLogger) Trace(context.Context, time.Time, func() (sql string, n int64), error) {}
