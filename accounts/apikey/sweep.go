package apikey

import (
	"context"
	"errors"
	"time"

	"latchkey/models"
)

// endNotice is how long before the end of a key its owner is notified.
const endNotice = 14 * 24 * time.Hour

// sweepBatch is how many keys one transaction of a sweep looks at.
const sweepBatch = 100

// Sweep notifies the owners of keys that end soon, and counts the mails that it queues. It may run in several processes at once.
func (s *Service) Sweep(ctx context.Context) (mails int, err error) {
	if s.off {
		return 0, nil
	}
	err = s.core.InBatches(ctx, func() (more bool, err error) {
		now := s.core.Now()
		due, err := s.core.DB.Read(ctx).APIKeysEnding(now, now.Add(endNotice), sweepBatch)
		if err != nil || len(due) == 0 {
			return false, err
		}
		queued := 0
		err = s.core.DB.Update(ctx, func(tx *models.Tx) error {
			queued = 0 // a transaction may run again
			for _, key := range due {
				n, err := s.notifyEnd(tx, key)
				if err != nil {
					return err
				}
				queued += n
			}
			return nil
		})
		if err == nil {
			mails += queued
		}
		return len(due) == sweepBatch, err
	})
	return mails, err
}

// notifyEnd notifies the owner of a key, unless another process has, or the key is gone.
func (s *Service) notifyEnd(tx *models.Tx, key models.APIKey) (mails int, err error) {
	marked, err := tx.APIKeyEndNoticed(key.ID)
	if err != nil || !marked {
		return 0, err
	}
	account, err := tx.Account(key.AccountID)
	if errors.Is(err, models.ErrNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return s.notices.QueueKeyEnd(tx, account, key, s.LastDay(key))
}
