package models

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// The errors of queries, in addition to those of the connection. Test them with [errors.Is].
var (
	// ErrNotFound means that there is no such row.
	ErrNotFound = errors.New("no such row")
	// ErrTaken means that a unique value is already in use.
	ErrTaken = errors.New("the value is taken")
	// ErrReferenced means that other rows refer to this one, or that the row it refers to does not exist.
	ErrReferenced = errors.New("the row is referred to")
)

// Tx runs queries, inside a transaction ([DB.Update]) or outside ([DB.Read]).
type Tx struct {
	g      *gorm.DB
	engine Engine
	limits listLimits
}

// Read returns a Tx outside a transaction. Each query sees the newest committed rows.
func (db *DB) Read(ctx context.Context) *Tx {
	return &Tx{g: db.gorm.WithContext(ctx), engine: db.engine, limits: db.limits}
}

// Snapshot runs queries that all see the same state of the database. It neither blocks writers nor waits for them.
func (db *DB) Snapshot(ctx context.Context, read func(*Tx) error) error {
	options := &sql.TxOptions{ReadOnly: true}
	if db.engine == Postgres {
		options.Isolation = sql.LevelRepeatableRead // which is what SQLite does anyhow
	}
	err := db.gorm.WithContext(ctx).Transaction(func(g *gorm.DB) error {
		return read(&Tx{g: g, engine: db.engine, limits: db.limits})
	}, options)
	return withContextErr(ctx, err)
}

// deadlockTries is how many times a transaction is tried if PostgreSQL aborts it because of a deadlock.
const deadlockTries = 3

// Update runs change in one transaction, which is rolled back if change returns an error.
// After a deadlock on PostgreSQL it runs change again, so change must do nothing but queries.
func (db *DB) Update(ctx context.Context, change func(*Tx) error) error {
	leave, err := db.enterWriter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	for try := 1; ; try++ {
		err := db.writerGorm.WithContext(ctx).Transaction(func(g *gorm.DB) error {
			return change(&Tx{g: g, engine: db.engine, limits: db.limits})
		})
		if try == deadlockTries || !isDeadlock(err) {
			return withContextErr(ctx, err)
		}
	}
}

// Write runs a single statement that changes rows. A statement is a transaction by itself.
func (db *DB) Write(ctx context.Context, statement func(*Tx) error) error {
	leave, err := db.enterWriter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	return withContextErr(ctx, statement(&Tx{g: db.writerGorm.WithContext(ctx), engine: db.engine, limits: db.limits}))
}

// withContextErr adds ctx.Err() if database/sql or the driver hides that the context was cancelled.
func withContextErr(ctx context.Context, err error) error {
	if ctx.Err() != nil && (errors.Is(err, sql.ErrTxDone) || Unavailable(err)) {
		return fmt.Errorf("%w: %w", ctx.Err(), err)
	}
	return err
}

func (db *DB) enterWriter(ctx context.Context) (leave func(), err error) {
	if db.writer == nil {
		return func() {}, nil
	}
	select {
	case db.writer <- struct{}{}:
		return func() { db.shortenLog(); <-db.writer }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// isDeadlock reports whether the error is PostgreSQL's deadlock_detected or serialization_failure (its manual, appendix A).
func isDeadlock(err error) bool {
	var failed *pgconn.PgError
	return errors.As(err, &failed) && (failed.Code == "40P01" || failed.Code == "40001")
}

// forUpdate locks the rows that are read until the transaction ends; rows that refer to them can be written meanwhile.
// SQLite needs no lock: its writing transactions exclude one another from their first statement on.
func (tx *Tx) forUpdate() *gorm.DB { return tx.locking("NO KEY UPDATE") }

func (tx *Tx) locking(strength string) *gorm.DB {
	if tx.engine == Postgres {
		return tx.g.Clauses(clause.Locking{Strength: strength})
	}
	return tx.g
}

// wrap turns gorm's errors into those of this package, and adds what was being done.
func wrap(doing string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, gorm.ErrRecordNotFound):
		err = ErrNotFound
	case errors.Is(err, gorm.ErrDuplicatedKey):
		err = ErrTaken
	case errors.Is(err, gorm.ErrForeignKeyViolated):
		err = ErrReferenced
	}
	return fmt.Errorf("%s: %w", doing, err)
}

// changed wraps the result of a statement, and returns [ErrNotFound] if it changed no row.
func changed(doing string, result *gorm.DB) error {
	if result.Error == nil && result.RowsAffected == 0 {
		return fmt.Errorf("%s: %w", doing, ErrNotFound)
	}
	return wrap(doing, result.Error)
}
