package notify

import (
	"context"

	"latchkey/accounts/core"
	"latchkey/accounts/policy"
	"latchkey/models"
)

// Sweep queues the mails about passwords that have expired or expire soon and about accounts that end soon, and counts them. It also records one-time passwords that
// have lapsed. Expired passwords come before those that expire soon, so that an account gets one mail at most.
func (s *Service) Sweep(ctx context.Context) (mails int, err error) {
	rules := s.policies.Current()
	for _, sweep := range []func(context.Context, *policy.Rules) (int, error){s.sweepExpired, s.sweepReminders, s.sweepLapsed} {
		queued, err := sweep(ctx, rules)
		mails += queued
		if err != nil {
			return mails, err
		}
	}
	ends, err := s.sweepEnds(ctx)
	return mails + ends, err
}

// sweepExpired mails owners whose passwords have expired.
func (s *Service) sweepExpired(ctx context.Context, rules *policy.Rules) (mails int, err error) {
	for _, group := range rules.ExpiringGroups() {
		for _, notified := range []models.ExpiryNotice{models.NotNotified, models.Reminded} {
			find := func(tx *models.Tx, limit int) ([]models.Account, error) {
				return tx.DueNotices(models.DueNotice{Group: group, Notified: notified, Today: s.core.Today(), UpTo: s.core.Now().Add(-group.Lifetime)}, limit)
			}
			queued, err := s.core.Sweep(ctx, find, func(tx *models.Tx, accounts []models.Account) (int, error) {
				if err := s.recordNotices(tx, accounts, models.ExpiryNotified, core.ActionExpired); err != nil {
					return 0, err
				}
				return s.queueNotices(tx, rules, accounts, models.MailExpiration)
			})
			mails += queued
			if err != nil {
				return mails, err
			}
		}
	}
	return mails, nil
}

// sweepReminders mails owners whose passwords expire soon.
func (s *Service) sweepReminders(ctx context.Context, rules *policy.Rules) (mails int, err error) {
	for _, group := range rules.ExpiringGroups() {
		before := rules.RemindsBefore(group)
		if before <= 0 {
			continue
		}
		find := func(tx *models.Tx, limit int) ([]models.Account, error) {
			expired := s.core.Now().Add(-group.Lifetime)
			return tx.DueNotices(models.DueNotice{Group: group, Today: s.core.Today(), After: expired, UpTo: expired.Add(before)}, limit)
		}
		queued, err := s.core.Sweep(ctx, find, func(tx *models.Tx, accounts []models.Account) (int, error) {
			if err := s.recordNotices(tx, accounts, models.Reminded, ""); err != nil {
				return 0, err
			}
			return s.queueNotices(tx, rules, accounts, models.MailReminder)
		})
		mails += queued
		if err != nil {
			return mails, err
		}
	}
	return mails, nil
}

// sweepLapsed records one-time passwords that were not used in time. It queues no mail.
func (s *Service) sweepLapsed(ctx context.Context, rules *policy.Rules) (mails int, err error) {
	find := func(tx *models.Tx, limit int) ([]models.Account, error) {
		return tx.LapsedOneTime(rules.Cutoffs(), limit)
	}
	return s.core.Sweep(ctx, find, func(tx *models.Tx, accounts []models.Account) (int, error) {
		return 0, s.recordNotices(tx, accounts, models.ExpiryNotified, core.ActionLapsed)
	})
}

// recordNotices marks accounts as notified, so that they are not due again, and audits the action; "" = none.
func (s *Service) recordNotices(tx *models.Tx, accounts []models.Account, notice models.ExpiryNotice, action string) error {
	ids, events := make([]string, len(accounts)), make([]models.AuditEvent, len(accounts))
	for i, account := range accounts {
		ids[i], events[i] = account.ID, s.core.Event(core.Actor{}, action, account)
	}
	if err := tx.RecordNotices(ids, notice); err != nil || action == "" {
		return err
	}
	return tx.Audit(events...)
}

func (s *Service) queueNotices(tx *models.Tx, rules *policy.Rules, accounts []models.Account, template string) (mails int, err error) {
	queued := make([]models.Mail, len(accounts))
	for i, account := range accounts {
		mail := s.compose(account, template, account.PasswordID)
		mail.PasswordID = account.PasswordID
		mail.Data.ExpiresAt, _ = rules.ExpiresAt(account)
		queued[i] = mail
	}
	return tx.QueueNotices(queued)
}
