package notify

import (
	"time"

	"latchkey/models"
)

// An account gets at most so many mails about blocks in a period. The others are listed as held back.
const (
	maxBlockMails    = 3
	blockMailsPeriod = 24 * time.Hour
)

// Blocked queues the owner's mail about a block in the transaction that blocks the account. Trusted means that the account has trusted
// browsers that can still sign in.
func (s *Service) Blocked(tx *models.Tx, account models.Account, trusted bool) error {
	mail := s.compose(account, models.MailBlacklisted, account.ID+":"+account.BlockedAt.Format(time.RFC3339Nano))
	mail.Data.BlockedAt, mail.Data.Attempts, mail.Data.Known = *account.BlockedAt, account.FailedAttempts, trusted
	if account.BlockedUntil != nil {
		mail.Data.BlockedUntil = *account.BlockedUntil
	}
	count, err := tx.CountMails(account.ID, models.MailBlacklisted, s.core.Now().Add(-blockMailsPeriod))
	if err != nil {
		return err
	}
	if count >= maxBlockMails {
		mail.State, mail.DoneAt = models.MailHeldBack, &mail.CreatedAt
	}
	return tx.QueueMail(&mail)
}

// Committed starts the delivery of what was queued in a transaction that has committed.
func (s *Service) Committed() { s.wake() }
