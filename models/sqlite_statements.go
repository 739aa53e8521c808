package models

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"sync"

	"modernc.org/sqlite" // in pure Go
)

// keptDriver is the SQLite driver with statements that stay prepared.
const keptDriver = "sqlite-prepared"

// statementsKept is how many statements, twice, a connection keeps prepared.
const statementsKept = 64

var registerDriver = sync.OnceFunc(func() { sql.Register(keptDriver, keepingDriver{&sqlite.Driver{}}) })

// keepingDriver is a driver whose connections keep their prepared statements, since SQLite often takes longer to prepare one than to
// run it. gorm's own cache prepares them anew in each transaction.
type keepingDriver struct{ driver.Driver }

// sqliteConn is what database/sql uses of the driver's connections.
type sqliteConn interface {
	driver.Conn
	driver.ConnPrepareContext
	driver.ConnBeginTx
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// sqliteStatement is what database/sql uses of the driver's statements.
type sqliteStatement interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

func (d keepingDriver) Open(name string) (driver.Conn, error) {
	opened, err := d.Driver.Open(name)
	if err != nil {
		return nil, err
	}
	conn, ok := opened.(sqliteConn)
	if !ok {
		return nil, fmt.Errorf("the SQLite driver's %T cannot be used", opened)
	}
	return &keepingConn{sqliteConn: conn, used: map[string]sqliteStatement{}}, nil
}

// keepingConn is a connection with the statements that it used last. database/sql uses it from one goroutine at a time.
type keepingConn struct {
	sqliteConn
	used, before map[string]sqliteStatement // when used is full, it replaces before
}

func (c *keepingConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	statement, err := c.take(ctx, query)
	if err != nil {
		return nil, err
	}
	result, err := statement.ExecContext(ctx, args)
	if err != nil {
		_ = statement.Close()
		return nil, err
	}
	return result, c.keep(query, statement)
}

func (c *keepingConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	statement, err := c.take(ctx, query)
	if err != nil {
		return nil, err
	}
	rows, err := statement.QueryContext(ctx, args)
	if err != nil {
		_ = statement.Close()
		return nil, err
	}
	return keptRows{rows, func() error { return c.keep(query, statement) }}, nil
}

// take returns a statement that nothing else uses.
func (c *keepingConn) take(ctx context.Context, query string) (sqliteStatement, error) {
	for _, kept := range []map[string]sqliteStatement{c.used, c.before} {
		if statement := kept[query]; statement != nil {
			delete(kept, query)
			return statement, nil
		}
	}
	prepared, err := c.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	statement, ok := prepared.(sqliteStatement)
	if !ok {
		return nil, fmt.Errorf("the SQLite driver's %T cannot be used", prepared)
	}
	return statement, nil
}

// keep takes a statement back.
func (c *keepingConn) keep(query string, statement sqliteStatement) error {
	if c.used[query] != nil {
		return statement.Close()
	}
	c.used[query] = statement
	if len(c.used) < statementsKept {
		return nil
	}
	err := closeAll(c.before)
	c.used, c.before = map[string]sqliteStatement{}, c.used
	return err
}

func (c *keepingConn) Close() error {
	return errors.Join(closeAll(c.used), closeAll(c.before), c.sqliteConn.Close())
}

func closeAll(statements map[string]sqliteStatement) (err error) {
	for _, statement := range statements {
		err = errors.Join(err, statement.Close())
	}
	return err
}

// keptRows keep their statement when they are closed.
type keptRows struct {
	driver.Rows
	keep func() error
}

func (r keptRows) Close() error {
	if err := r.Rows.Close(); err != nil {
		return err
	}
	return r.keep()
}
