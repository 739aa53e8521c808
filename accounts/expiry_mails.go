package accounts

import (
	"time"

	"latchkey/accounts/core"
	"latchkey/accounts/policy"
	"latchkey/models"
)

// expiryTasks lists the expiry mails to send: "expired" before "expires soon", so that an account gets at most one of them.
func (s *Service) expiryTasks(rules *policy.Rules) (tasks []dueTask) {
	groups := rules.ExpiringGroups()
	for _, group := range groups {
		for _, told := range []models.ExpiryNotice{models.NotNotified, models.Reminded} {
			tasks = append(tasks, dueTask{
				find: func(tx *models.Tx, limit int) ([]models.Account, error) {
					due := models.DueNotice{Group: group, Told: told, UpTo: s.core.Now().Add(-group.Lifetime)}
					return tx.DueNotices(due, limit)
				},
				do: func(tx *models.Tx, accounts []models.Account) (mails int, err error) {
					if err := s.recordNotified(tx, accounts, models.ExpiryNotified, core.ActionExpired); err != nil {
						return 0, err
					}
					return s.queueExpiryMails(tx, rules, accounts, models.MailExpiration)
				},
			})
		}
	}
	for _, group := range groups {
		before := rules.RemindsBefore(group)
		if before <= 0 {
			continue
		}
		tasks = append(tasks, dueTask{
			find: func(tx *models.Tx, limit int) ([]models.Account, error) {
				expired := s.core.Now().Add(-group.Lifetime)
				return tx.DueNotices(models.DueNotice{Group: group, After: expired, UpTo: expired.Add(before)}, limit)
			},
			do: func(tx *models.Tx, accounts []models.Account) (mails int, err error) {
				if err := s.recordNotified(tx, accounts, models.Reminded, ""); err != nil {
					return 0, err
				}
				return s.queueExpiryMails(tx, rules, accounts, models.MailReminder)
			},
		})
	}
	return tasks
}

func (s *Service) queueExpiryMails(tx *models.Tx, rules *policy.Rules, accounts []models.Account, template string) (mails int, err error) {
	queued := make([]models.Mail, len(accounts))
	for i, account := range accounts {
		mail := s.mail(account, template, account.PasswordID)
		mail.PasswordID = account.PasswordID
		mail.Data.ExpiresAt, _ = rules.ExpiresAt(account)
		queued[i] = mail
	}
	return tx.QueueNotices(queued)
}

// stillDue reports whether a mail about an expiry still applies: a reminder is dropped once the password has expired.
func stillDue(rules *policy.Rules, mail models.Mail, account models.Account, now time.Time) bool {
	expires, ok := rules.ExpiresAt(account)
	return ok && (mail.Template != models.MailReminder || expires.After(now))
}
