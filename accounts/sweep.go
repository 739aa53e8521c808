package accounts

import (
	"context"

	"latchkey/accounts/core"
	"latchkey/models"
)

// sweepBatch limits how many accounts one transaction of the sweep changes, so that other writers do not wait for long.
const sweepBatch = 500

// dueTask is something that becomes due with time.
type dueTask struct {
	find func(tx *models.Tx, limit int) ([]models.Account, error)
	do   func(*models.Tx, []models.Account) (mails int, err error)
}

// Sweep does what has become due: it mails owners whose passwords expire soon or have expired, and records blocks that ended,
// one-time passwords that were never used, and refused acts that were only counted. It may run in several processes at once, and
// again after a crash: every step is one transaction, and no mail is queued twice. Its cost depends on what is due, not on how many
// accounts there are.
func (s *Service) Sweep(ctx context.Context) (mails int, err error) {
	s.recordSuppressed(ctx)
	rules := s.Rules()
	lapsed := dueTask{
		find: func(tx *models.Tx, limit int) ([]models.Account, error) {
			return tx.LapsedOneTime(rules.Cutoffs(), limit)
		},
		do: func(tx *models.Tx, accounts []models.Account) (int, error) {
			return 0, s.recordNotified(tx, accounts, models.ExpiryNotified, core.ActionLapsed)
		},
	}
	ended := dueTask{
		find: func(tx *models.Tx, limit int) ([]models.Account, error) {
			return tx.EndedBlocks(rules.Cutoffs(), limit)
		},
		do: func(tx *models.Tx, accounts []models.Account) (int, error) {
			for i := range accounts {
				if err := s.lockout.EndBlock(tx, &accounts[i]); err != nil {
					return 0, err
				}
			}
			return 0, nil
		},
	}
	for _, task := range append(s.expiryTasks(rules), lapsed, ended) {
		queued, err := s.sweepAll(ctx, task)
		mails += queued
		if err != nil {
			return mails, err
		}
	}
	return mails, nil
}

// sweepAll works through what is due in batches.
func (s *Service) sweepAll(ctx context.Context, task dueTask) (mails int, err error) {
	for {
		found, queued := 0, 0
		err := s.core.DB.Update(ctx, func(tx *models.Tx) error {
			due, err := task.find(tx, sweepBatch)
			if found = len(due); err != nil || found == 0 {
				return err
			}
			queued, err = task.do(tx, due)
			return err
		})
		if err != nil {
			return mails, err
		}
		mails += queued
		if found < sweepBatch {
			return mails, nil
		}
	}
}

// recordNotified records what owners were notified of, and audits the action; "" = none.
func (s *Service) recordNotified(tx *models.Tx, accounts []models.Account, told models.ExpiryNotice, action string) error {
	ids, events := make([]string, len(accounts)), make([]models.AuditEvent, len(accounts))
	for i, account := range accounts {
		ids[i], events[i] = account.ID, s.core.Event(core.Actor{}, action, account, nil)
	}
	if err := tx.RecordNotices(ids, told); err != nil || action == "" {
		return err
	}
	return tx.Audit(events...)
}
