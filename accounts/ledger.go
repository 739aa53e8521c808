package accounts

import (
	"context"
	"errors"
	"strings"

	"latchkey/models"
)

// ErrNotFailed says that only a failed mail can be tried again.
const ErrNotFailed Refusal = "Only a mail that has failed can be tried again."

// Mails reads one page of the ledger of mails, which is the SuperAdmins'.
func (s *Service) Mails(ctx context.Context, actor Actor, f models.MailFilter) (models.MailPage, error) {
	if !actor.MaySeeEverything() {
		return models.MailPage{}, ErrForbidden
	}
	f.Recipient = recipientKey(f.Recipient)
	return s.db.Read(ctx).ListMails(f)
}

// recipientKey brings an address into the form in which the ledger compares them.
func recipientKey(text string) string {
	if email, err := ParseEmail(text); err == nil {
		return email.Key
	}
	return strings.ToLower(strings.TrimSpace(text))
}

// Mail finds a mail in the ledger.
func (s *Service) Mail(ctx context.Context, actor Actor, id string) (models.Mail, error) {
	if !actor.MaySeeEverything() {
		return models.Mail{}, ErrForbidden
	}
	if !models.IsID(id) {
		return models.Mail{}, ErrNotFound
	}
	mail, err := s.db.Read(ctx).Mail(id)
	return mail, notFound(err)
}

// RetryMail makes a failed mail due again.
func (s *Service) RetryMail(ctx context.Context, actor Actor, id string) error {
	mail, err := s.Mail(ctx, actor, id)
	if err != nil {
		return err
	}
	err = s.db.Update(ctx, func(tx *models.Tx) error {
		if err := tx.RetryMail(id, s.now()); err != nil {
			return err
		}
		subject := models.Account{Name: mail.AccountName}
		if mail.AccountID != nil {
			subject.ID = *mail.AccountID
		}
		return s.audit(tx, actor, ActionMailRetried, subject, detail{"template": mail.Template})
	})
	if errors.Is(err, models.ErrNotFound) {
		return ErrNotFailed
	}
	if err == nil {
		s.wake()
	}
	return err
}
