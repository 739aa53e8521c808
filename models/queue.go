package models

import (
	"database/sql"
	"fmt"
	"time"
)

// queue is a table of work that workers claim for a while (claim and lease). Its rows have the columns state, next_try_at,
// tries, last_try_at, lease_id and lease_until. A row that waits is due at next_try_at. A claimed row belongs to its worker
// until lease_until; after that, since the worker died, it is due again.
type queue struct {
	table   string
	claimed string // the state of a claimed row
	due     string // index on (next_try_at, id) of rows that wait; after urgent, if the table has it
	leased  string // index on (lease_until) of claimed rows
}

var (
	mailQueue = queue{table: "mails", claimed: string(MailSending), due: "mails_due", leased: "mails_leased"}
	taskQueue = queue{table: "tasks", claimed: string(TaskRunning), due: "tasks_due", leased: "tasks_leased"}
)

// part selects due rows in the order of an index, and limits how many rows a claim has after it.
type part struct {
	due  string
	upTo int
}

// expired selects the rows of dead workers.
func (q queue) expired(engine Engine, upTo int) part {
	return part{q.by(engine, q.leased) + " WHERE state = '" + q.claimed + "' AND lease_until <= @now ORDER BY lease_until", upTo}
}

// waiting selects the rows that wait. The condition is an equality of the columns before next_try_at in the index; "" = none.
func (q queue) waiting(engine Engine, condition string, upTo int) part {
	return part{q.by(engine, q.due) + " WHERE state = 'waiting' AND next_try_at <= @now" + condition + " ORDER BY next_try_at, id", upTo}
}

// claim claims due rows for one worker until the lease ends, one part after the other. Each claim is a try.
func claim[T any](tx *Tx, q queue, leaseID string, now, leaseUntil time.Time, parts ...part) (rows []T, err error) {
	if tx.engine == Postgres {
		// Until the transaction ends, PostgreSQL must not read and sort all that is due: if the queue was empty a minute ago, it
		// expects that it still is.
		if err := tx.g.Exec("SET LOCAL enable_sort = off").Error; err != nil {
			return nil, wrap("planning", err)
		}
	}
	values := []any{
		sql.Named("now", now), sql.Named("lease", leaseID), sql.Named("until", leaseUntil), sql.Named("claimed", q.claimed),
	}
	skipLocked := ""
	if tx.engine == Postgres {
		skipLocked = " FOR UPDATE SKIP LOCKED"
	}
	// Each in the order of its own index, so that only claimed rows are read even if very many are due.
	for _, p := range parts {
		if len(rows) >= p.upTo {
			continue
		}
		statement := fmt.Sprintf(`WITH due AS MATERIALIZED (SELECT id FROM %s LIMIT %d%s)
			UPDATE %s SET state = @claimed, tries = tries + 1, last_try_at = @now, lease_id = @lease, lease_until = @until
			WHERE id IN (SELECT id FROM due) RETURNING *`, p.due, p.upTo-len(rows), skipLocked, q.table)
		var some []T
		if err := tx.g.Raw(statement, values...).Find(&some).Error; err != nil {
			return nil, wrap("claiming "+q.table, err)
		}
		rows = append(rows, some...)
	}
	return rows, nil
}

// by returns the table with the index that SQLite has to use: it expects few rows in each state, and would read all that wait to find
// the few that are due.
func (q queue) by(engine Engine, index string) string { return engine.by(q.table, index) }

// releaseLease makes rows of a claim due again for any worker, because their work was not started or not finished. The claim does
// not count as a try.
func (tx *Tx) releaseLease(q queue, leaseID string, ids []string) error {
	return wrap("releasing "+q.table, tx.g.Exec(`UPDATE `+q.table+` SET state = 'waiting', tries = tries - 1, lease_id = '',
		lease_until = NULL, last_try_at = CASE WHEN tries = 1 THEN NULL ELSE last_try_at END
		WHERE state = ? AND lease_id = ? AND id IN ?`, q.claimed, leaseID, ids).Error)
}
