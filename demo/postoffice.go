package demo

import (
	"context"
	"fmt"
	"time"

	"latchkey/accounts/notify"
	"latchkey/models"
)

// postOffice is the story of the mail server: for some days there was one, then it went away, and when hope was given up
// its setting was taken out. Before and after, mails are captured, by the program's own delivery.
func (s *stage) postOffice() {
	s.at(s.outageEnd(), s.deliver)
}

func (s *stage) serverBegin() time.Time { return s.dayAt(13, 8) }
func (s *stage) serverEnd() time.Time   { return s.dayAt(7, 6) }
func (s *stage) outageEnd() time.Time   { return s.dayAt(7, 15) }

// dayAt is an exact hour of a day so many days ago.
func (s *stage) dayAt(days, hour int) time.Time {
	end := s.clock.end.In(s.zone)
	return time.Date(end.Year(), end.Month(), end.Day()-days, hour, 0, 0, 0, s.zone)
}

// deliver deals with the mails that are due as it was done at the time.
func (s *stage) deliver(ctx context.Context) error {
	now := s.clock.Now()
	switch {
	case now.After(s.serverBegin()) && now.Before(s.serverEnd()):
		return s.send(ctx, now.UTC().Truncate(time.Microsecond))
	case !now.Before(s.serverEnd()) && now.Before(s.outageEnd()):
		return nil // nobody could be reached; the end of the outage finds what waits
	default:
		_, err := s.jobs.DeliverDue(ctx)
		return err
	}
}

// most is more mails than are ever due at a time.
const most = 100

// send does what the delivery does with the answers of a mail server.
func (s *stage) send(ctx context.Context, now time.Time) error {
	return s.db.Update(ctx, func(tx *models.Tx) error {
		mails, err := tx.ClaimMails(s.accounts.NewID(), now, now.Add(2*time.Minute), most)
		for i := 0; i < len(mails) && err == nil; i++ {
			err = s.settle(tx, &mails[i], now)
		}
		return err
	})
}

func (s *stage) settle(tx *models.Tx, mail *models.Mail, now time.Time) error {
	account, err := tx.Account(*mail.AccountID)
	if err != nil {
		return err
	}
	words, err := s.mailer.Render(*mail)
	if err != nil {
		return err
	}
	mail.Recipient = notify.Recipient(account)
	mail.Subject, mail.TextBody, mail.HTMLBody = words.Subject, words.Text, words.HTML
	mail.State, mail.DoneAt = models.MailSent, &now
	mail.LastAnswer = fmt.Sprintf("250 2.0.0 Ok: queued as 4d%08XzB%d", s.dice.Uint32(), s.dice.IntN(10))
	if refusal, refused := refusals[mail.Recipient]; refused {
		mail.State, mail.LastAnswer = models.MailFailed, fmt.Sprintf(refusal, mail.Recipient)
	}
	return tx.SettleMail(mail)
}

// refusals are the mail server's last words about some addresses.
var refusals = map[string]string{
	"henrik.lindqist@hollenbeck.example": "550 5.1.1 <%s>: Recipient address rejected: User unknown in virtual mailbox table",
	"ola.bergstrom@example.org":          "550 5.1.1 <%s>: Recipient address rejected: User unknown in virtual mailbox table",
	"marta.kovac@hollenbeck.example":     "552 5.2.2 <%s>: Mailbox is full / quota exceeded",
}
