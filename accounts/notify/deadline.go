package notify

import (
	"context"

	"latchkey/models"
)

// DeadlineNotice is how many days before a deadline its account's owner is notified.
const DeadlineNotice = 14

// sweepEnds mails the owners of accounts that end soon. A mail is about one last day: if it is moved, another one is due.
func (s *Service) sweepEnds(ctx context.Context) (mails int, err error) {
	today := s.core.Today()
	find := func(tx *models.Tx, limit int) ([]models.Account, error) {
		return tx.EndsDue(today, s.core.DayIn(DeadlineNotice), limit)
	}
	return s.core.Sweep(ctx, find, func(tx *models.Tx, accounts []models.Account) (int, error) {
		ids := make([]string, len(accounts))
		for i, account := range accounts {
			ids[i] = account.ID
		}
		if err := tx.RecordEndNotices(ids); err != nil {
			return 0, err
		}
		return s.QueueDeadlines(tx, accounts, models.DeadlineEnd, func(account models.Account) string { return account.ValidUntil })
	})
}

// QueueDeadlines queues the mails about a deadline of accounts, each with its day, and counts them. On any day there is one mail at most
// about the same deadline and day, which may be moved away and back.
func (s *Service) QueueDeadlines(
	tx *models.Tx, accounts []models.Account, deadline models.Deadline, dayOf func(models.Account) string,
) (mails int, err error) {
	queued := make([]models.Mail, len(accounts))
	for i, account := range accounts {
		day := dayOf(account)
		mail := s.compose(account, models.MailDeadline, string(deadline)+":"+account.ID+":"+day+":"+s.core.Today())
		mail.Data.Deadline, mail.Data.Day = deadline, day
		queued[i] = mail
	}
	return tx.QueueNotices(queued)
}
