package accounts

import (
	"context"
	"errors"
	"strings"
	"time"

	"latchkey/accounts/core"
	"latchkey/accounts/identifier"
	"latchkey/models"
)

// The refusals to send mails again.
const (
	ErrNotFailed    core.Refusal = "Only a mail that has failed can be tried again."
	ErrNoMailServer core.Refusal = "There is no SMTP server, so no mail can be sent again."
)

// Mails reads one page of the ledger of mails, which is the SuperAdmins'. A recipient longer than [MaxSearch] is a
// [core.ValidationError].
func (s *Service) Mails(ctx context.Context, actor core.Actor, f models.MailFilter) (models.MailPage, error) {
	if !actor.MaySeeEverything() {
		return models.MailPage{}, core.ErrForbidden
	}
	if len(f.Recipient) > MaxSearch {
		return models.MailPage{}, core.Invalid("to", "This search is too long.")
	}
	f.Recipient = recipientKey(f.Recipient)
	return s.core.DB.Read(ctx).ListMails(f)
}

// recipientKey brings an address into the form in which the ledger compares them.
func recipientKey(text string) string {
	if email, err := identifier.ParseStoredEmail(text); err == nil {
		return email.Key
	}
	return strings.ToLower(identifier.Trim(text))
}

// Mail finds a mail in the ledger.
func (s *Service) Mail(ctx context.Context, actor core.Actor, id string) (models.Mail, error) {
	if !actor.MaySeeEverything() {
		return models.Mail{}, core.ErrForbidden
	}
	if !models.IsID(id) {
		return models.Mail{}, core.ErrNotFound
	}
	mail, err := s.core.DB.Read(ctx).Mail(id)
	return mail, core.NotFound(err)
}

// MailTries are the tries of a mail that went wrong, the first one first.
func (s *Service) MailTries(ctx context.Context, actor core.Actor, mailID string) ([]models.MailTry, error) {
	if !actor.MaySeeEverything() {
		return nil, core.ErrForbidden
	}
	return s.core.DB.Read(ctx).MailTries(mailID)
}

// MailTrouble tells since when the mail server cannot be reached; the zero trouble: it can, as far as is known.
func (s *Service) MailTrouble(ctx context.Context, actor core.Actor) (models.MailTrouble, error) {
	if !actor.MaySeeEverything() {
		return models.MailTrouble{}, nil
	}
	return s.core.DB.Read(ctx).MailTrouble()
}

// retriedAtOnce bounds how many mails one transaction makes due again.
const retriedAtOnce = 1000

// RetryFailedMails makes all mails due again that have failed by now, and counts them. Where it ends early, as with a client
// that goes away, the mails that are due already stay so.
func (s *Service) RetryFailedMails(ctx context.Context, actor core.Actor) (all int, err error) {
	if !actor.MaySeeEverything() {
		return 0, core.ErrForbidden
	}
	if s.settings.Capturing {
		return 0, ErrNoMailServer
	}
	start := s.core.Now() // what fails again meanwhile is left alone
	for {
		count, err := s.retryBatch(ctx, actor, start)
		if err != nil || count == 0 {
			return all, err
		}
		all += count
		s.wake()
	}
}

func (s *Service) retryBatch(ctx context.Context, actor core.Actor, failedBefore time.Time) (count int, err error) {
	err = s.core.Update(ctx, actor, func(tx *models.Tx) (err error) {
		if count, err = tx.RetryFailedMails(s.core.Now(), failedBefore, retriedAtOnce); err != nil || count == 0 {
			return err
		}
		return s.core.Audit(tx, actor, core.ActionMailRetried, models.Account{}, core.Detail{"mails": itoa(count)})
	})
	return count, err
}

// RetryMail makes a failed mail due again.
func (s *Service) RetryMail(ctx context.Context, actor core.Actor, id string) error {
	mail, err := s.Mail(ctx, actor, id)
	if err != nil {
		return err
	}
	if s.settings.Capturing {
		return ErrNoMailServer
	}
	err = s.core.Update(ctx, actor, func(tx *models.Tx) error {
		if err := tx.RetryMail(id, s.core.Now()); err != nil {
			return err
		}
		subject := models.Account{Name: mail.AccountName}
		if mail.AccountID != nil {
			subject.ID = *mail.AccountID
		}
		return s.core.Audit(tx, actor, core.ActionMailRetried, subject, core.Detail{"template": mail.Template})
	})
	if errors.Is(err, models.ErrNotFound) {
		return ErrNotFailed
	}
	if err == nil {
		s.wake()
	}
	return err
}
