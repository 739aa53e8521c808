package accounts

import (
	"time"

	"latchkey/accounts/core"
	"latchkey/models"
)

// notices are the chores of telling owners about the ends of their passwords: first of those that have expired, whatever
// their owners were told before, then of those that will. Who is due for both gets the first only.
func (s *Service) notices() (chores []chore) {
	for _, group := range s.passwordGroups() {
		for _, told := range []models.ExpiryNotice{models.NotNotified, models.Reminded} {
			chores = append(chores, chore{s.expired(group, told), s.tellExpired})
		}
	}
	for _, group := range s.passwordGroups() {
		if ahead := s.remindsAhead(group); ahead > 0 {
			chores = append(chores, chore{s.expiring(group, ahead), s.remind})
		}
	}
	return chores
}

// remindsAhead is how long before their end owners of the group are reminded; 0 = never.
func (s *Service) remindsAhead(group models.PasswordGroup) time.Duration {
	return s.rules.Policy(models.Account{Kind: group.Kind, Technical: group.Technical}).Reminder()
}

func (s *Service) expired(group models.PasswordGroup, told models.ExpiryNotice) func(*models.Tx, int) ([]models.Account, error) {
	return func(tx *models.Tx, limit int) ([]models.Account, error) {
		return tx.DueNotices(models.DueNotice{Group: group, Told: told, UpTo: s.core.Now().Add(-group.Lifetime)}, limit)
	}
}

func (s *Service) expiring(group models.PasswordGroup, ahead time.Duration) func(*models.Tx, int) ([]models.Account, error) {
	return func(tx *models.Tx, limit int) ([]models.Account, error) {
		end := s.core.Now().Add(-group.Lifetime)
		return tx.DueNotices(models.DueNotice{Group: group, After: end, UpTo: end.Add(ahead)}, limit)
	}
}

func (s *Service) tellExpired(tx *models.Tx, accounts []models.Account) (mails int, err error) {
	if err := s.noteTold(tx, accounts, models.ExpiryTold, core.ActionExpired); err != nil {
		return 0, err
	}
	return s.queueNotices(tx, accounts, models.MailExpiration)
}

func (s *Service) remind(tx *models.Tx, accounts []models.Account) (mails int, err error) {
	if err := s.noteTold(tx, accounts, models.Reminded, ""); err != nil {
		return 0, err
	}
	return s.queueNotices(tx, accounts, models.MailReminder)
}

func (s *Service) queueNotices(tx *models.Tx, accounts []models.Account, template string) (mails int, err error) {
	queued := make([]models.Mail, len(accounts))
	for i, account := range accounts {
		queued[i] = s.notice(account, template)
	}
	return tx.QueueNotices(queued)
}
