package core

import (
	"context"

	"latchkey/models"
)

// sweepBatch is how many accounts one transaction of a sweep changes, so that other writers do not wait for long.
const sweepBatch = 500

// Sweep calls do with the accounts that find returns, in batches of one transaction each, until none is left, and adds up what do
// counts. After do, find must not return an account again. Any number of processes may sweep at once.
func (c *Core) Sweep(
	ctx context.Context, find func(tx *models.Tx, limit int) ([]models.Account, error),
	do func(*models.Tx, []models.Account) (count int, err error),
) (total int, err error) {
	for {
		found, count := 0, 0
		err := c.DB.Update(ctx, func(tx *models.Tx) error {
			due, err := find(tx, sweepBatch)
			if found = len(due); err != nil || found == 0 {
				return err
			}
			count, err = do(tx, due)
			return err
		})
		if err != nil {
			return total, err
		}
		total += count
		if found < sweepBatch {
			return total, nil
		}
	}
}
