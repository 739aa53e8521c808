package models

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"gorm.io/gorm"
)

// planOnce reads the rows of a statement, whose columns are the fields of T in their order. Outside a transaction it makes PostgreSQL keep the plan,
// whatever the values are. Left alone, PostgreSQL plans a statement again each time if it expects less work of the new plan, even if planning takes
// longer than the statement.
func planOnce[T any](tx *Tx, statement string, args []any) (rows []T, err error) {
	pool, outside := tx.g.Statement.ConnPool.(*sql.DB)
	if tx.engine == SQLite || !outside {
		err = tx.g.Raw(statement, args...).Find(&rows).Error
		return rows, err
	}
	built := tx.g.Session(&gorm.Session{DryRun: true}).Raw(statement, args...).Find(&rows)
	if built.Error != nil {
		return nil, built.Error
	}
	for range 2 { // if PostgreSQL has closed the connection meanwhile, by another one
		rows, err = readPlanned[T](tx.g.Statement.Context, pool, built.Statement.SQL.String(), built.Statement.Vars)
		if err == nil || !pgconn.SafeToRetry(err) {
			break
		}
	}
	return rows, err
}

func readPlanned[T any](ctx context.Context, pool *sql.DB, statement string, args []any) (rows []T, err error) {
	conn, err := pool.Conn(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close() }() // gives it back to the pool
	err = conn.Raw(func(driver any) error {
		postgres, ok := driver.(*stdlib.Conn)
		if !ok {
			return fmt.Errorf("%T is no connection to PostgreSQL", driver)
		}
		// The two are sent at once, in a transaction, at whose end the setting is forgotten.
		var batch pgx.Batch
		batch.Queue("SELECT set_config('plan_cache_mode', 'force_generic_plan', TRUE)")
		batch.Queue(statement, args...).Query(func(found pgx.Rows) error {
			rows, err = pgx.CollectRows(found, pgx.RowToStructByPos[T])
			return err
		})
		return postgres.Conn().SendBatch(ctx, &batch).Close()
	})
	return rows, err
}
