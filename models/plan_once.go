package models

import (
	"database/sql"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"gorm.io/gorm"
)

// planOnce reads the rows of a statement, whose columns are the fields of T in their order. PostgreSQL uses the plan that it made before, whatever
// the values are. Left alone, it plans a statement again each time if it expects less work of the new plan, even if planning takes longer than the
// statement.
func planOnce[T any](tx *Tx, statement string, args []any) (rows []T, err error) {
	pool, outside := tx.g.Statement.ConnPool.(*sql.DB)
	if tx.engine == SQLite || !outside {
		return rows, tx.g.Raw(statement, args...).Find(&rows).Error
	}
	built := tx.g.Session(&gorm.Session{DryRun: true}).Raw(statement, args...).Find(&rows).Statement
	ctx := tx.g.Statement.Context
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
		batch.Queue(built.SQL.String(), built.Vars...).Query(func(found pgx.Rows) error {
			rows, err = pgx.CollectRows(found, pgx.RowToStructByPos[T])
			return err
		})
		return postgres.Conn().SendBatch(ctx, &batch).Close()
	})
	return rows, err
}
