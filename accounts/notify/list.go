package notify

import (
	"context"
	"errors"
	"strings"

	"latchkey/accounts/core"
	"latchkey/accounts/identifier"
	"latchkey/models"
)

// The refusals of retries.
const (
	ErrNotFailed    core.Code = "mail.not_failed"
	ErrNoMailServer core.Code = "mail.no_server"
)

// List returns one page of the mails. It is for SuperAdmins. A recipient longer than [identifier.MaxTyped] is a [core.ValidationError].
func (s *Service) List(ctx context.Context, actor core.Actor, f models.MailFilter) (models.Page[models.Mail], error) {
	if !actor.MaySeeEverything() {
		return models.Page[models.Mail]{}, core.ErrForbidden
	}
	if len(f.Recipient) > identifier.MaxTyped {
		return models.Page[models.Mail]{}, core.Invalid("to", core.ErrSearchTooLong)
	}
	f.Recipient = recipientKey(f.Recipient)
	return s.core.DB.Read(ctx).ListMails(f)
}

// recipientKey returns the form in which the table compares addresses.
func recipientKey(text string) string {
	if email, err := identifier.ParseStoredEmail(text); err == nil {
		return email.Key
	}
	return strings.ToLower(identifier.Trim(text))
}

// Find returns a mail, or [core.ErrNotFound]. It is for SuperAdmins.
func (s *Service) Find(ctx context.Context, actor core.Actor, id string) (models.Mail, error) {
	if !actor.MaySeeEverything() {
		return models.Mail{}, core.ErrForbidden
	}
	if !models.IsID(id) {
		return models.Mail{}, core.ErrNotFound
	}
	mail, err := s.core.DB.Read(ctx).Mail(id)
	return mail, core.NotFound(err)
}

// Tries returns the failed deliveries of a mail, the first one first. It is for SuperAdmins.
func (s *Service) Tries(ctx context.Context, actor core.Actor, mailID string) ([]models.MailTry, error) {
	if !actor.MaySeeEverything() {
		return nil, core.ErrForbidden
	}
	return s.core.DB.Read(ctx).MailTries(mailID)
}

// Trouble is since when the mail server cannot be reached; zero: it can, as far as is known. Only SuperAdmins see it.
func (s *Service) Trouble(ctx context.Context, actor core.Actor) (models.MailOutage, error) {
	if !actor.MaySeeEverything() {
		return models.MailOutage{}, nil
	}
	return s.core.DB.Read(ctx).MailOutage()
}

// retryBatch is how many mails one transaction makes due again.
const retryBatch = 1000

// RetryFailed makes all mails due again that have failed by now, and counts them. If it ends early, such as when the client goes away,
// mails that are due already stay so. It is for SuperAdmins.
func (s *Service) RetryFailed(ctx context.Context, actor core.Actor) (all int, err error) {
	if !actor.MaySeeEverything() {
		return 0, core.ErrForbidden
	}
	if s.settings.Capturing {
		return 0, ErrNoMailServer
	}
	start := s.core.Now() // mails that fail after it are not retried again
	for {
		count := 0
		err := s.core.Update(ctx, actor, func(tx *models.Tx) (err error) {
			if count, err = tx.RetryFailedMails(s.core.Now(), start, retryBatch); err != nil || count == 0 {
				return err
			}
			return s.core.Audit(tx, actor, core.ActionMailRetried, models.Account{}, core.DetailMails.Count(count))
		})
		if err != nil || count == 0 {
			return all, err
		}
		all += count
		s.wake()
	}
}

// Retry makes a failed mail due again. It is for SuperAdmins.
func (s *Service) Retry(ctx context.Context, actor core.Actor, id string) error {
	mail, err := s.Find(ctx, actor, id)
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
		return s.core.Audit(tx, actor, core.ActionMailRetried, subject, core.DetailTemplate.Text(mail.Template))
	})
	if errors.Is(err, models.ErrNotFound) {
		return ErrNotFailed
	}
	if err == nil {
		s.wake()
	}
	return err
}
