package accounts

import (
	"time"

	"latchkey/accounts/identifier"
	"latchkey/accounts/policy"
	"latchkey/models"
)

// An account gets so many mails about being blacklisted in such a time; the rest stand in the ledger as held back.
const (
	mostBlacklisted   = 3
	blacklistedPeriod = 24 * time.Hour
)

// blockMails mails owners about blocks.
type blockMails struct{ s *Service }

// Committed lets the mail be sent at once.
func (m blockMails) Committed() { m.s.wake() }

// Blocked queues the owner's mail about a block. Beyond a few in a day, the others are held back.
func (m blockMails) Blocked(tx *models.Tx, rules *policy.Rules, account models.Account) error {
	s := m.s
	mail := s.mail(account, models.MailBlacklisted, account.ID+":"+account.BlockedAt.Format(time.RFC3339Nano))
	mail.Data.BlockedAt, mail.Data.Attempts = *account.BlockedAt, account.FailedAttempts
	known, err := s.lockout.CountDevices(tx, rules, account)
	if err != nil {
		return err
	}
	mail.Data.Known = known.Known > 0 && !known.UsedUp
	if account.BlockedUntil != nil {
		mail.Data.BlockedUntil = *account.BlockedUntil
	}
	count, err := tx.CountMails(account.ID, models.MailBlacklisted, s.core.Now().Add(-blacklistedPeriod))
	if err != nil {
		return err
	}
	if count >= mostBlacklisted {
		mail.State, mail.DoneAt = models.MailHeldBack, &mail.CreatedAt
	}
	return tx.QueueMail(&mail)
}

// mail is a mail to the account's owner. The template and the cause together make it the only one of its kind.
func (s *Service) mail(account models.Account, template, cause string) models.Mail {
	now, id := s.core.Now(), s.core.NewID()
	return models.Mail{
		ID: id, Template: template, OnceKey: template + ":" + cause, AccountID: &account.ID, AccountName: account.Name,
		Recipient: Recipient(account), Locale: account.Locale, State: models.MailWaiting, CreatedAt: now, NextTryAt: now,
		Data: models.MailData{Technical: account.Technical}, MessageID: "<" + id + "@" + s.settings.MailHost + ">",
	}
}

// StillTrue tells whether a mail that is about to be sent still says the truth: its password is the present one and the
// account can be signed in to.
func (s *Service) StillTrue(mail models.Mail, account models.Account) bool {
	if account.DisabledAt != nil {
		return false
	}
	return mail.PasswordID == "" || mail.PasswordID == account.PasswordID && stillDue(s.Rules(), mail, account, s.core.Now())
}

// Recipient is where the account's mails go now, as SMTP takes it.
func Recipient(account models.Account) string {
	email, _ := identifier.ParseStoredEmail(account.Email) // which was checked when it was written
	return email.Wire
}
