package accounts

import (
	"context"
	"errors"
	"slices"
	"time"

	"latchkey/accounts/core"
	"latchkey/models"
)

// A SuperAdmin gets so many test mails in such a time.
const (
	mostTests  = 10
	testPeriod = 10 * time.Minute
)

// ErrTooManyTests says that somebody has asked for as many test mails as there can be.
const ErrTooManyTests core.Refusal = "You have asked for ten test mails within ten minutes, and more there cannot be. Wait a few minutes."

// TestMail is what somebody tries a mail with: invented facts. Submission is the id of the form ("" = none): the same form a
// second time makes no second mail.
type TestMail struct {
	Template, Locale string
	Data             models.MailData
	Submission       string
}

// SentTest is a test mail in the ledger. Again says that the form had been carried out before, and that this is its mail.
type SentTest struct {
	MailID string
	Again  bool
}

// SendTest queues a mail with invented facts to the SuperAdmin who asks for it. The error is [ErrTooManyTests] where it is
// one too many, or a [core.ValidationError].
func (s *Service) SendTest(ctx context.Context, actor core.Actor, test TestMail) (SentTest, error) {
	if !actor.MaySeeEverything() {
		return SentTest{}, core.ErrForbidden
	}
	if err := checkTest(test); err != nil {
		return SentTest{}, err
	}
	if test.Submission == "" {
		test.Submission = s.core.NewID()
	}
	key := models.TestMailKey(actor.ID + ":" + test.Submission)
	if sent, err := s.sentTest(ctx, key); !errors.Is(err, models.ErrNotFound) {
		return sent, err
	}
	id, err := s.queueTest(ctx, actor, test, key)
	if errors.Is(err, models.ErrTaken) { // by the same form at the same moment
		return s.sentTest(ctx, key)
	}
	return SentTest{MailID: id}, err
}

func checkTest(test TestMail) error {
	var wrong core.FieldErrors
	if !slices.Contains(models.MailTemplates(), test.Template) {
		_ = wrong.Add(core.Invalid("template", "There is no such mail."))
	}
	if test.Locale == "" || !locales[test.Locale] {
		_ = wrong.Add(core.Invalid("locale", "There is no such language. Choose one from the list."))
	}
	if test.Submission != "" && !models.IsID(test.Submission) {
		_ = wrong.Add(core.Invalid("submission", "This form is broken. Open the page again."))
	}
	return wrong.Err()
}

// sentTest is what became of the form before; [models.ErrNotFound]: nothing.
func (s *Service) sentTest(ctx context.Context, key string) (SentTest, error) {
	mail, err := s.core.DB.Read(ctx).MailByOnceKey(key)
	return SentTest{mail.ID, true}, err
}

// queueTest locks the account first, so that of many forms at once no more are carried out than there can be.
func (s *Service) queueTest(ctx context.Context, actor core.Actor, test TestMail, key string) (id string, err error) {
	err = s.core.Update(ctx, actor, func(tx *models.Tx) error {
		account, err := tx.AccountForUpdate(actor.ID)
		if err != nil {
			return core.NotFound(err)
		}
		if err := s.refuseTests(tx, account); err != nil {
			return err
		}
		mail := s.testMail(account, test, key)
		id = mail.ID
		if err := tx.QueueMail(&mail); err != nil {
			return err
		}
		return s.core.Audit(tx, actor, core.ActionMailTested, account, core.Detail{"template": test.Template, "locale": test.Locale})
	})
	if err == nil {
		s.wake()
	}
	return id, err
}

func (s *Service) testMail(account models.Account, test TestMail, key string) models.Mail {
	mail := s.mail(account, test.Template, "")
	mail.OnceKey, mail.Locale, mail.Data = key, test.Locale, test.Data
	mail.Data.Test = true
	return mail
}

func (s *Service) refuseTests(tx *models.Tx, account models.Account) error {
	count, err := tx.CountTestMails(account.ID, s.core.Now().Add(-testPeriod))
	if err == nil && count >= mostTests {
		err = ErrTooManyTests
	}
	return err
}
