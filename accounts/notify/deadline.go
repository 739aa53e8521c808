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
		ids, queued := make([]string, len(accounts)), make([]models.Mail, len(accounts))
		for i, account := range accounts {
			ids[i], queued[i] = account.ID, s.deadline(account, models.DeadlineEnd, account.ValidUntil)
		}
		if err := tx.RecordEndNotices(ids); err != nil {
			return 0, err
		}
		return tx.QueueNotices(queued)
	})
}

// deadline makes the mail about a deadline and its day: one for each on any day, since the deadline may be moved away and back.
func (s *Service) deadline(account models.Account, deadline models.Deadline, day string) models.Mail {
	mail := s.compose(account, models.MailDeadline, string(deadline)+":"+account.ID+":"+day+":"+s.core.Today())
	mail.Data.Deadline, mail.Data.Day = deadline, day
	return mail
}
