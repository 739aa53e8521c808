package notify

import (
	"context"
	"maps"
	"slices"

	"latchkey/accounts/core"
	"latchkey/models"
)

// DeadlineNotice is how many days before a deadline its account's owner is notified.
const DeadlineNotice = 14

// sweepEnds mails the owners of accounts that end soon. A mail is about one last day: if it is moved, another one is due.
func (s *Service) sweepEnds(ctx context.Context) (mails int, err error) {
	today := s.core.Today()
	ending := map[string]map[string]int{}                                         // by day
	count := func(tx *models.Tx, day string) (counts map[string]int, err error) { // once for a sweep: very many accounts may end on a day
		if ending[day] == nil {
			ending[day], err = tx.CountEnding(today, day)
		}
		return ending[day], err
	}
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
		operators, err := s.queueEnds(tx, accounts, count)
		if err != nil {
			return 0, err
		}
		mails, err := s.QueueDeadlines(tx, accounts, models.DeadlineEnd, func(account models.Account) string { return account.ValidUntil })
		return operators + mails, err
	})
}

// queueEnds mails those who look after accounts that they end: one mail to each operator about a day, however many end on it. How many that
// are, count returns by organization.
func (s *Service) queueEnds(
	tx *models.Tx, accounts []models.Account, count func(tx *models.Tx, day string) (map[string]int, error),
) (mails int, err error) {
	organizations := map[string][]string{} // by day
	for _, account := range accounts {
		organizations[account.ValidUntil] = append(organizations[account.ValidUntil], account.OwnerID())
	}
	for _, day := range slices.Sorted(maps.Keys(organizations)) {
		counts, err := count(tx, day)
		if err != nil {
			return mails, err
		}
		operators, err := tx.OpenOperators(s.core.Today(), organizations[day])
		if err != nil {
			return mails, err
		}
		var queued []models.Mail
		for _, operator := range operators {
			n := endingFor(operator, counts, day)
			if n == 0 {
				continue
			}
			mail := s.compose(operator, models.MailOperator, string(models.NoticeAccountsEnd)+":"+operator.ID+":"+day)
			mail.Data.Notice, mail.Data.Day, mail.Data.Count, mail.Urgent = models.NoticeAccountsEnd, day, n, false
			queued = append(queued, mail)
		}
		if len(queued) == 0 {
			continue
		}
		added, err := tx.QueueNotices(queued)
		if mails += added; err != nil {
			return mails, err
		}
	}
	return mails, nil
}

// endingFor returns how many of the accounts that end on a day an operator looks after, besides the own one.
func endingFor(operator models.Account, counts map[string]int, day string) (count int) {
	if operator.Kind != models.SuperAdmin {
		return counts[operator.ID]
	}
	for _, n := range counts {
		count += n
	}
	if operator.ValidUntil == day {
		count--
	}
	return count
}

// StillEnd reports whether a mail to an operator about accounts that end on a day is still true: they may have other days since. So does one
// about the end of an API key, which may be revoked. It is true for all other mails.
func (s *Service) StillEnd(ctx context.Context, mail models.Mail, operator models.Account) (bool, error) {
	if mail.Data.KeyID != "" {
		key, err := s.core.DB.Read(ctx).APIKey(operator.ID, mail.Data.KeyID)
		return err == nil && !key.Ended(s.core.Now()), core.IgnoreNotFound(err)
	}
	if mail.Data.Notice != models.NoticeAccountsEnd || mail.Data.Test {
		return true, nil
	}
	return s.core.DB.Read(ctx).OtherEnds(s.core.Today(), mail.Data.Day, operator)
}

// QueueKeyEnd queues the mail about the end of an API key, whose last day is given.
func (s *Service) QueueKeyEnd(tx *models.Tx, account models.Account, key models.APIKey, day string) (mails int, err error) {
	mail := s.compose(account, models.MailDeadline, string(models.DeadlineKey)+":"+key.ID)
	mail.Data.Deadline, mail.Data.Day, mail.Data.Key, mail.Data.KeyID = models.DeadlineKey, day, key.Title, key.ID
	return tx.QueueNotices([]models.Mail{mail})
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
