package demo

import (
	"context"
	"fmt"
	"time"

	"latchkey/accounts/notify"
	"latchkey/models"
)

// For some days there was a mail server. Then it failed, and in the end its setting was removed. Before and after, mails are
// captured.
func (w *world) serverBegin() time.Time { return w.day(13, 8) }
func (w *world) serverEnd() time.Time   { return w.day(7, 6) }
func (w *world) outageEnd() time.Time   { return w.day(7, 15) }

// deliver handles the due mails as they were handled at the time.
func (w *world) deliver(ctx context.Context) error {
	switch {
	case w.now.After(w.serverBegin()) && w.now.Before(w.serverEnd()):
		return w.send(ctx, w.now.UTC().Truncate(time.Microsecond))
	case !w.now.Before(w.serverEnd()) && w.now.Before(w.outageEnd()):
		return nil // they wait until the end of the outage
	default:
		_, err := w.jobs.DeliverDue(ctx)
		return err
	}
}

// most is more mails than are ever due at once.
const most = 100

// send records the outcomes that a mail server would have caused.
func (w *world) send(ctx context.Context, now time.Time) error {
	return w.db.Update(ctx, func(tx *models.Tx) error {
		mails, err := tx.ClaimMails(w.accounts.NewID(), now, now.Add(2*time.Minute), most, 0)
		for i := 0; i < len(mails) && err == nil; i++ {
			err = w.settle(tx, &mails[i], now)
		}
		return err
	})
}

func (w *world) settle(tx *models.Tx, mail *models.Mail, now time.Time) error {
	if mail.AccountID != nil && mail.Template != models.MailConfirmEmail { // the account was not deleted
		account, err := tx.Account(*mail.AccountID)
		if err != nil {
			return err
		}
		mail.Recipient = notify.Recipient(account)
	}
	words, err := w.mailer.Render(*mail, "")
	if err != nil {
		return err
	}
	mail.Subject, mail.TextBody, mail.HTMLBody = words.Subject, words.Text, words.HTML
	mail.State, mail.DoneAt = models.MailSent, &now
	mail.LastAnswer = fmt.Sprintf("250 2.0.0 Ok: queued as 4d%08XzB%d", w.rand.Uint32(), w.rand.IntN(10))
	if refusal, refused := refusals[mail.Recipient]; refused {
		mail.State, mail.LastAnswer = models.MailFailed, fmt.Sprintf(refusal, mail.Recipient)
	}
	if _, err = tx.SettleMails([]models.Mail{*mail}); err != nil || mail.Data.LinkID == "" || mail.State != models.MailSent {
		return err
	}
	return tx.LinkSent(mail.Data.LinkID, now)
}

// refusals are the mail server's answers for some addresses.
var refusals = map[string]string{
	"henrik.lindqist@hollenbeck.example": "550 5.1.1 <%s>: Recipient address rejected: User unknown in virtual mailbox table",
	"ola.bergstrom@example.org":          "550 5.1.1 <%s>: Recipient address rejected: User unknown in virtual mailbox table",
	"marta.kovac@hollenbeck.example":     "552 5.2.2 <%s>: Mailbox is full / quota exceeded",
}
