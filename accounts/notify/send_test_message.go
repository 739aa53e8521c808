package notify

import (
	"context"
	"errors"
	"slices"
	"time"

	"latchkey/accounts/core"
	"latchkey/models"
)

// A SuperAdmin gets at most so many test messages in a period.
const (
	maxTestMessages    = 10
	testMessagesPeriod = 10 * time.Minute
)

// ErrTooManyTests means that the SuperAdmin has asked for too many test messages.
const ErrTooManyTests core.Code = "mail.too_many_tests"

const errUnknownTemplate core.Code = "mail.unknown_template"

// TestMessage is a mail with sample data. Submission is the id of the form ("" = none): sending the form again sends no second mail.
type TestMessage struct {
	Template, Locale string
	Data             models.MailData
	Submission       string
}

// SentTestMessage is a test message that was queued. Again means that the form was sent before, and that this is its mail.
type SentTestMessage struct {
	MailID string
	Again  bool
}

// SendTestMessage queues a mail with sample data to the SuperAdmin who asks for it. It returns [ErrTooManyTests] after too many, or a
// [core.ValidationError].
func (s *Service) SendTestMessage(ctx context.Context, actor core.Actor, test TestMessage) (SentTestMessage, error) {
	if !actor.MaySeeEverything() {
		return SentTestMessage{}, core.ErrForbidden
	}
	if err := validateTest(test); err != nil {
		return SentTestMessage{}, err
	}
	if test.Submission == "" {
		test.Submission = s.core.NewID()
	}
	key := models.TestMailKey(actor.ID + ":" + test.Submission)
	if sent, err := s.sentBefore(ctx, key); !errors.Is(err, models.ErrNotFound) {
		return sent, err
	}
	sent := SentTestMessage{}
	err := s.core.Update(ctx, actor, func(tx *models.Tx) error {
		account, err := tx.AccountForUpdate(actor.ID) // locked first, so that parallel forms are counted
		if err != nil {
			return core.NotFound(err)
		}
		count, err := tx.CountTestMails(account.ID, s.core.Now().Add(-testMessagesPeriod))
		if err != nil {
			return err
		}
		if count >= maxTestMessages {
			return ErrTooManyTests
		}
		mail := s.compose(account, test.Template, "")
		mail.OnceKey, mail.Locale, mail.Data = key, test.Locale, test.Data
		mail.Data.Test, mail.Urgent = true, true
		sent.MailID = mail.ID
		if err := tx.QueueMail(&mail); err != nil {
			return err
		}
		return s.core.Audit(tx, actor, core.ActionMailTested, account, core.DetailTemplate.Text(test.Template), core.DetailLocale.Text(test.Locale))
	})
	if errors.Is(err, models.ErrTaken) { // by the same form at the same moment
		return s.sentBefore(ctx, key)
	}
	if err != nil {
		return SentTestMessage{}, err
	}
	s.wake()
	return sent, nil
}

func validateTest(test TestMessage) error {
	var wrong core.FieldErrors
	if !slices.Contains(models.MailTemplates(), test.Template) {
		wrong.AddField("template", errUnknownTemplate)
	}
	if test.Locale == "" || !core.IsLocale(test.Locale) {
		wrong.AddField("locale", core.ErrUnknownLocale)
	}
	if test.Submission != "" && !models.IsID(test.Submission) {
		wrong.AddField("submission", core.ErrFormInvalid)
	}
	return wrong.Err()
}

// sentBefore returns the mail that the form queued before, or [models.ErrNotFound].
func (s *Service) sentBefore(ctx context.Context, key string) (SentTestMessage, error) {
	mail, err := s.core.DB.Read(ctx).MailByOnceKey(key)
	return SentTestMessage{MailID: mail.ID, Again: true}, err
}
