package jobs

import (
	"strings"
	"testing"
	"time"

	"latchkey/accounts/notify"
	"latchkey/internal/testdb"
	"latchkey/internal/testsmtp"
	"latchkey/models"
)

// They do not depend on the password, and are captured if there is no server.
func TestTestMailsAreSentToTheCurrentAddress(t *testing.T) {
	testdb.Engines(t, func(t *testing.T, db testdb.Database) {
		for _, sink := range []*testsmtp.Sink{testsmtp.NewSink(t), nil} {
			w := newWorld(t, db.DB, sink)
			olga := w.account("olga"+map[bool]string{true: "2"}[sink == nil], time.Hour)
			who := w.superAdmin(olga)
			sent, err := w.service.Mail.SendTestMessage(t.Context(), who, notify.TestMessage{
				Template: models.MailReminder, Locale: "de", Data: models.MailData{ExpiresAt: w.clock.Now().Add(-day)},
			})
			w.must(err)
			w.update(func(tx *models.Tx) error {
				account, err := tx.AccountForUpdate(olga.ID)
				account.PasswordID, account.Email = w.ids.New(), "new@example.com"
				w.must(err)
				return tx.SaveAccount(&account)
			})
			w.deliver(1)
			if sink == nil {
				w.is(sent.MailID, models.MailCaptured, 1)
				return
			}
			mail := w.is(sent.MailID, models.MailSent, 1)
			content, err := sink.Wait(1)[0].Content()
			w.must(err)
			if mail.Recipient != "new@example.com" || content.Subject != "Test: Ihr Passwort läuft bald ab" || !strings.HasPrefix(content.Text, "Das ist eine Test-E-Mail") {
				t.Errorf("to %s: %+v", mail.Recipient, content)
			}
		}
	})
}
