package models

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	sqlitedriver "modernc.org/sqlite"
	sqlitelib "modernc.org/sqlite/lib"
)

// Unavailable reports whether an error is temporary: the database cannot work right now.
func Unavailable(err error) bool {
	var network net.Error
	var connect *pgconn.ConnectError
	if errors.As(err, &network) || errors.As(err, &connect) || pgconn.SafeToRetry(err) {
		return true
	}
	// A server that ends a connection in mid-answer is an unexpected EOF, and no net.Error.
	for _, gone := range []error{driver.ErrBadConn, sql.ErrConnDone, context.DeadlineExceeded, io.ErrUnexpectedEOF, io.EOF} {
		if errors.Is(err, gone) {
			return true
		}
	}
	return postgresAway(err) || sqliteAway(err)
}

// postgresAway reports whether the error belongs to a class of PostgreSQL errors (its manual, appendix A) that concern the server
// itself: connections, resources, operator intervention and system errors.
func postgresAway(err error) bool {
	var failed *pgconn.PgError
	if !errors.As(err, &failed) {
		return err != nil && strings.Contains(err.Error(), "conn closed")
	}
	return slices.ContainsFunc([]string{"08", "53", "57", "58"}, func(class string) bool { return strings.HasPrefix(failed.Code, class) })
}

func sqliteAway(err error) bool {
	var failed *sqlitedriver.Error
	if !errors.As(err, &failed) {
		return false
	}
	const primary = 0xff // the rest of a code is detail
	switch failed.Code() & primary {
	case sqlitelib.SQLITE_BUSY, sqlitelib.SQLITE_LOCKED, sqlitelib.SQLITE_FULL, sqlitelib.SQLITE_IOERR,
		sqlitelib.SQLITE_CANTOPEN, sqlitelib.SQLITE_NOMEM, sqlitelib.SQLITE_READONLY:
		return true
	default:
		return false
	}
}
