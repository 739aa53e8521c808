package accounts

import (
	"context"

	"latchkey/accounts/core"
	"latchkey/models"
)

// sweepBatch bounds how many accounts one transaction of the sweep changes: nobody who wants to write waits for long.
const sweepBatch = 500

// chore is something that becomes due with time.
type chore struct {
	find func(tx *models.Tx, limit int) ([]models.Account, error)
	do   func(*models.Tx, []models.Account) (mails int, err error)
}

// Sweep does what is due by now and nobody asked for: it tells owners that their password will expire or has, and notes
// blocks that ended, one-time passwords that lapsed and refused acts that were only counted. It may run in several processes
// at once, and again after a crash: every step is one transaction, and no mail is queued twice. What it costs depends on
// what is due, not on how many accounts there are.
func (s *Service) Sweep(ctx context.Context) (mails int, err error) {
	s.noteSuppressed(ctx)
	chores := append(s.notices(), chore{s.lapsedOneTime, s.noteLapsed}, chore{s.endedBlocks, s.endBlocks})
	for _, chore := range chores {
		queued, err := s.sweepAll(ctx, chore)
		mails += queued
		if err != nil {
			return mails, err
		}
	}
	return mails, nil
}

// sweepAll works through what is due in batches.
func (s *Service) sweepAll(ctx context.Context, chore chore) (mails int, err error) {
	for {
		found, queued := 0, 0
		err := s.core.DB.Update(ctx, func(tx *models.Tx) error {
			due, err := chore.find(tx, sweepBatch)
			if found = len(due); err != nil || found == 0 {
				return err
			}
			queued, err = chore.do(tx, due)
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

func (s *Service) lapsedOneTime(tx *models.Tx, limit int) ([]models.Account, error) {
	return tx.LapsedOneTime(s.rules.Cutoffs(), limit)
}

func (s *Service) noteLapsed(tx *models.Tx, accounts []models.Account) (mails int, err error) {
	return 0, s.noteTold(tx, accounts, models.ExpiryTold, core.ActionLapsed)
}

// noteTold writes down that owners have been told, in the log too where it is about an action; "" = none.
func (s *Service) noteTold(tx *models.Tx, accounts []models.Account, told models.ExpiryNotice, action string) error {
	ids, events := make([]string, len(accounts)), make([]models.AuditEvent, len(accounts))
	for i, account := range accounts {
		ids[i], events[i] = account.ID, s.core.Event(core.Actor{}, action, account, nil)
	}
	if err := tx.NoteNotices(ids, told); err != nil || action == "" {
		return err
	}
	return tx.Audit(events...)
}

func (s *Service) endedBlocks(tx *models.Tx, limit int) ([]models.Account, error) {
	return tx.EndedBlocks(s.rules.Cutoffs(), limit)
}

func (s *Service) endBlocks(tx *models.Tx, accounts []models.Account) (mails int, err error) {
	for i := range accounts {
		if err := s.lockout.EndBlock(tx, &accounts[i]); err != nil {
			return 0, err
		}
	}
	return 0, nil
}
