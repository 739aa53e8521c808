package core

import (
	"context"
	"time"

	"latchkey/models"
)

// How many accounts one transaction of a sweep changes, so that other writers do not wait for long. SQLite has one writer.
const (
	sweepBatch       = 500
	sweepBatchSQLite = 100
)

// The bounds of the pause between two batches, which is as long as the batch took, so that other writers have half of the time.
const (
	shortestPause = 10 * time.Millisecond
	longestPause  = time.Second
)

// Sweep calls do with the accounts that find returns, in batches of one transaction each, until none is left, and adds up what do
// counts. After do, find must not return an account again. Any number of processes may sweep at once.
func (c *Core) Sweep(
	ctx context.Context, find func(tx *models.Tx, limit int) ([]models.Account, error),
	do func(*models.Tx, []models.Account) (count int, err error),
) (total int, err error) {
	batch := sweepBatch
	if c.DB.Engine() == models.SQLite {
		batch = sweepBatchSQLite
	}
	err = c.InBatches(ctx, func() (more bool, err error) {
		found, count := 0, 0
		err = c.DB.Update(ctx, func(tx *models.Tx) error {
			due, err := find(tx, batch)
			if found = len(due); err != nil || found == 0 {
				return err
			}
			count, err = do(tx, due)
			return err
		})
		if err == nil {
			total += count
		}
		return found == batch, err
	})
	return total, err
}

// InBatches does one batch of work in the background after another until there are no more, and pauses between them.
func (c *Core) InBatches(ctx context.Context, batch func() (more bool, err error)) error {
	for {
		began := c.Now()
		more, err := batch()
		if err != nil || !more {
			return err
		}
		if err := c.pause(ctx, c.Now().Sub(began)); err != nil {
			return err
		}
	}
}

// pause lets others write after a batch.
func (c *Core) pause(ctx context.Context, took time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(min(max(took, shortestPause), longestPause)):
		return c.DB.AwaitLog(ctx)
	}
}
