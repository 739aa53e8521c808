package accounts

import (
	"context"
	"time"

	"latchkey/models"
)

// sweepBatch bounds how many accounts one transaction of the sweep changes.
const sweepBatch = 200

// Sweep does what is due by now and nobody asked for: it tells owners that their password will expire or has, and notes
// blocks that ended and one-time passwords that lapsed. It may run in several processes at once, and again after a
// crash: every step is one transaction, and no mail is queued twice.
func (s *Service) Sweep(ctx context.Context) (mails int, err error) {
	steps := []struct {
		find func(*models.Tx, models.Cutoffs) ([]models.Account, error)
		do   func(*models.Tx, *models.Account) error
	}{
		{s.dueExpirations, s.tellExpired},
		{s.dueReminders, s.remind},
		{endedBlocks, s.endBlock},
		{lapsedOneTime, s.noteLapsed},
	}
	for i, step := range steps {
		done, err := s.sweepAll(ctx, step.find, step.do)
		if err != nil {
			return mails, err
		}
		if i < 2 {
			mails += done
		}
	}
	return mails, nil
}

// sweepAll works through what is due in batches.
func (s *Service) sweepAll(
	ctx context.Context, find func(*models.Tx, models.Cutoffs) ([]models.Account, error),
	do func(*models.Tx, *models.Account) error,
) (done int, err error) {
	for {
		count := 0
		err := s.db.Update(ctx, func(tx *models.Tx) error {
			due, err := find(tx, s.Cutoffs())
			count = len(due)
			if err != nil {
				return err
			}
			return each(tx, due, do)
		})
		done += count
		if err != nil || count < sweepBatch {
			return done, err
		}
	}
}

func each(tx *models.Tx, accounts []models.Account, do func(*models.Tx, *models.Account) error) error {
	for i := range accounts {
		if err := do(tx, &accounts[i]); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) dueExpirations(tx *models.Tx, now models.Cutoffs) ([]models.Account, error) {
	return tx.DueNotices(now, []models.ExpiryNotice{models.NotNotified, models.Reminded}, sweepBatch)
}

func (s *Service) tellExpired(tx *models.Tx, account *models.Account) error {
	account.ExpiryNotice = models.ExpiryTold
	if err := s.audit(tx, Actor{}, ActionExpired, *account, nil); err != nil {
		return err
	}
	if err := s.queueNotice(tx, *account, models.MailExpiration); err != nil {
		return err
	}
	return tx.SaveAccount(account)
}

// dueReminders come after the expirations of the same sweep, so whoever is due for both gets the expiration only.
func (s *Service) dueReminders(tx *models.Tx, now models.Cutoffs) ([]models.Account, error) {
	ahead := now
	ahead.Account = s.reminderCutoff(now, false, false)
	ahead.Technical = s.reminderCutoff(now, true, false)
	ahead.SuperAdmin = s.reminderCutoff(now, false, true)
	return tx.DueNotices(ahead, []models.ExpiryNotice{models.NotNotified}, sweepBatch)
}

// reminderCutoff is when a password was set, at the latest, that is to be reminded of by now.
func (s *Service) reminderCutoff(now models.Cutoffs, technical, superAdmin bool) (cutoff time.Time) {
	policy := s.policies.For(technical, superAdmin)
	if policy.Expiry() <= 0 || policy.Reminder() <= 0 {
		return cutoff
	}
	return now.Now.Add(min(policy.Reminder(), policy.Expiry()) - policy.Expiry())
}

func (s *Service) remind(tx *models.Tx, account *models.Account) error {
	account.ExpiryNotice = models.Reminded
	if err := s.queueNotice(tx, *account, models.MailReminder); err != nil {
		return err
	}
	return tx.SaveAccount(account)
}

func endedBlocks(tx *models.Tx, now models.Cutoffs) ([]models.Account, error) {
	return tx.EndedBlocks(now, sweepBatch)
}

func lapsedOneTime(tx *models.Tx, now models.Cutoffs) ([]models.Account, error) {
	return tx.LapsedOneTime(now, sweepBatch)
}

func (s *Service) noteLapsed(tx *models.Tx, account *models.Account) error {
	account.ExpiryNotice = models.ExpiryTold
	if err := s.audit(tx, Actor{}, ActionLapsed, *account, nil); err != nil {
		return err
	}
	return tx.SaveAccount(account)
}
