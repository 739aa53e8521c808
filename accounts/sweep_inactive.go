package accounts

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"latchkey/accounts/core"
	"latchkey/accounts/credential"
	"latchkey/accounts/notify"
	"latchkey/models"
)

// inactiveNotice is how long before an account is disabled its owner is notified.
const inactiveNotice = notify.DeadlineNotice * 24 * time.Hour

// inactivity returns the times by which accounts are disabled that are not used; ok is false if none are.
func (s *Service) inactivity() (due models.Inactivity, ok bool) {
	unused, now := s.settings.DisableInactive, s.core.Now()
	return models.Inactivity{
		Today: s.core.Today(), Notify: now.Add(inactiveNotice - unused), Disable: now.Add(-unused), Notified: now.Add(-inactiveNotice),
	}, unused > 0
}

// sweepInactive disables accounts without a sign-in for long, and notifies the owners of others beforehand.
func (s *Service) sweepInactive(ctx context.Context) (mails int, err error) {
	due, on := s.inactivity()
	if !on {
		return 0, nil
	}
	find := func(tx *models.Tx, limit int) ([]models.Account, error) { return tx.InactiveDue(due, limit) }
	_, err = s.core.Sweep(ctx, find, func(tx *models.Tx, accounts []models.Account) (int, error) {
		for i := range accounts {
			if err := s.disable(tx, core.Actor{}, &accounts[i], models.DisabledInactive); err != nil {
				return 0, err
			}
		}
		return len(accounts), nil
	})
	if err != nil {
		return 0, err
	}
	find = func(tx *models.Tx, limit int) ([]models.Account, error) { return tx.InactiveNoticesDue(due, limit) }
	mails, err = s.core.Sweep(ctx, find, s.notifyInactive)
	if err != nil {
		return mails, err
	}
	more, err := s.sweepInactiveSuperAdmins(ctx, due)
	return mails + more, err
}

// notifyInactive mails owners that their accounts will be disabled.
func (s *Service) notifyInactive(tx *models.Tx, accounts []models.Account) (mails int, err error) {
	if len(accounts) == 0 {
		return 0, nil
	}
	ids, now := make([]string, len(accounts)), s.core.Now()
	for i, account := range accounts {
		ids[i] = account.ID
	}
	if err := tx.RecordInactiveNotices(ids, now); err != nil {
		return 0, err
	}
	return s.Mail.QueueDeadlines(tx, accounts, models.DeadlineInactive, func(account models.Account) string {
		return s.core.DayOf(InactiveFrom(account, s.settings.DisableInactive, now))
	})
}

// InactiveFrom returns when an account without a sign-in is disabled, given when its owner is or was notified.
func InactiveFrom(account models.Account, unused time.Duration, notified time.Time) time.Time {
	at := account.ActiveAt.Add(unused)
	if earliest := notified.Add(inactiveNotice); at.Before(earliest) {
		return earliest
	}
	return at
}

// sweepInactiveSuperAdmins is [Service.sweepInactive] for SuperAdmins, the longest unused first, as long as others can sign in.
func (s *Service) sweepInactiveSuperAdmins(ctx context.Context, due models.Inactivity) (mails int, err error) {
	isDue := func(account models.Account) bool { return due.NoticeDue(account) || due.DisableDue(account) }
	all, err := s.core.DB.Read(ctx).EnabledSuperAdmins()
	if err != nil || !slices.ContainsFunc(all, isDue) {
		return 0, err
	}
	err = s.core.DB.Update(ctx, func(tx *models.Tx) error {
		left, err := tx.LockEnabledSuperAdmins()
		if err != nil {
			return err
		}
		var notified []models.Account
		for _, account := range slices.SortedFunc(slices.Values(left), func(a, b models.Account) int {
			return cmp.Or(a.ActiveAt.Compare(b.ActiveAt), cmp.Compare(a.ID, b.ID))
		}) {
			others := without(left, account.ID)
			switch {
			case !isDue(account) || !s.alwaysOpen(others):
			case due.NoticeDue(account):
				notified = append(notified, account)
			default:
				if err := s.disable(tx, core.Actor{}, &account, models.DisabledInactive); err != nil {
					return err
				}
				left = others
			}
		}
		mails, err = s.notifyInactive(tx, notified)
		return err
	})
	return mails, err
}

// without returns the accounts but one.
func without(accounts []models.Account, id string) []models.Account {
	return slices.DeleteFunc(slices.Clone(accounts), func(account models.Account) bool { return account.ID == id })
}

// disable closes an account in the transaction of the actor, and ends its sessions and emergency access to it.
func (s *Service) disable(tx *models.Tx, actor core.Actor, account *models.Account, reason models.DisableReason) error {
	account.DisabledAt, account.DisabledFor = new(s.core.Now()), reason
	ended, err := tx.EndSessions(account.ID, "")
	if err != nil {
		return err
	}
	if err := tx.DeleteAPITokensOf(account.ID); err != nil {
		return err
	}
	if err := credential.EndLinks(tx, account.ID, *account.DisabledAt); err != nil {
		return err
	}
	if err := tx.DeleteEmailChanges(account.ID, "", *account.DisabledAt); err != nil {
		return err
	}
	if err := s.Emergency.EndIn(tx, actor, *account, false); err != nil {
		return err
	}
	details := []core.Detail{core.DetailSessions.Count(ended)}
	if reason != "" {
		details = append(details, core.DetailReason.Text(string(reason)))
	}
	return errors.Join(tx.SaveAccount(account), s.core.Audit(tx, actor, core.ActionDisabled, *account, details...))
}
