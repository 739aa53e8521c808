package jobs

import (
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/internal/seal"
	"latchkey/internal/testdb"
	"latchkey/internal/testsmtp"
	"latchkey/models"
)

// invite queues a mail with a link that ends after a time.
func (w *world) invite(to models.Account, life time.Duration) (link models.Link, mailID string) {
	w.t.Helper()
	now := w.clock.Now()
	link = models.Link{
		ID: w.ids.New(), Purpose: models.LinkInvitation, AccountID: to.ID, PasswordID: to.PasswordID, CreatedAt: now, EndsAt: now.Add(life),
	}
	mail := w.notice(to)
	mail.Template, mail.PasswordID = models.MailSetPassword, to.PasswordID
	mail.Data = models.MailData{LinkID: link.ID, LinkPurpose: link.Purpose, EndsAt: link.EndsAt}
	w.update(func(tx *models.Tx) error {
		if err := tx.CreateLink(link); err != nil {
			return err
		}
		return tx.QueueMail(&mail)
	})
	return link, mail.ID
}

// withKey gives the world's accounts a sealing key.
func withKey(t *testing.T) func(*accounts.Options) {
	key, err := seal.NewKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return func(o *accounts.Options) { o.Keys = seal.Fixed(key) }
}

func TestLinkIsInTheMailThatIsSentAndNowhereElse(t *testing.T) {
	testdb.Engines(t, func(t *testing.T, db testdb.Database) {
		w := newWorld(t, db.DB, testsmtp.NewSink(t))
		w.useAccounts(withKey(t))
		link, id := w.invite(w.account("ada", 0), time.Hour)
		w.deliver(1)
		stored := w.is(id, models.MailSent, 1)
		token, err := w.service.Sealing.Token(db.Read(t.Context()), link.ID)
		w.must(err)
		sent := w.sink.Wait(1)[0]
		content, err := sent.Content()
		w.must(err)
		url := "/set-password/" + token
		if !strings.Contains(content.Text, url) || !strings.Contains(content.HTML, url) {
			t.Errorf("the mail has not the link %s:\n%s", url, content.Text)
		}
		if strings.Contains(stored.TextBody+stored.HTMLBody, token) || !strings.Contains(stored.TextBody, "/set-password/•••\n") {
			t.Errorf("stored:\n%s", stored.TextBody)
		}
		if dump := strings.Join(db.Dump(t), "\n"); strings.Contains(dump, token) {
			t.Error("the database has the token")
		}
		row, err := db.Read(t.Context()).Link(link.ID)
		w.must(err)
		if row.State(w.clock.Now()) != models.LinkSent {
			t.Errorf("the link is %s", row.State(w.clock.Now()))
		}
	})
}

func TestMailOfALinkThatHasEndedIsDropped(t *testing.T) {
	testdb.Engines(t, func(t *testing.T, db testdb.Database) {
		for name, end := range map[string]func(w *world, link models.Link){
			"expired": func(w *world, link models.Link) { w.clock.Advance(time.Hour) },
			"revoked": func(w *world, link models.Link) {
				w.update(func(tx *models.Tx) error { return tx.RevokeLink(link.ID, w.clock.Now()) })
			},
			"used": func(w *world, link models.Link) {
				w.update(func(tx *models.Tx) error { return tx.UseLink(link.ID, w.clock.Now()) })
			},
			"of a former password": func(w *world, link models.Link) {
				account, err := w.db.Read(w.t.Context()).Account(link.AccountID)
				w.must(err)
				account.PasswordID = w.ids.New()
				w.update(func(tx *models.Tx) error { return tx.SaveAccount(&account) })
			},
		} {
			w := newWorld(t, db.DB, testsmtp.NewSink(t))
			w.useAccounts(withKey(t))
			link, id := w.invite(w.account(strings.ReplaceAll(name, " ", "."), 0), time.Hour)
			end(w, link)
			w.deliver(1)
			if mail := w.is(id, models.MailDropped, 1); mail.LastAnswer != "The link has ended." || len(w.sink.All()) != 0 {
				t.Errorf("%s: %q, %d mails", name, mail.LastAnswer, len(w.sink.All()))
			}
		}
	})
}

// TestTokenIsRemovedFromWhatServersAnswer: some quote what they refuse.
func TestTokenIsRemovedFromWhatServersAnswer(t *testing.T) {
	testdb.Engines(t, func(t *testing.T, db testdb.Database) {
		w := newWorld(t, db.DB, testsmtp.NewSink(t))
		w.useAccounts(withKey(t))
		link, id := w.invite(w.account("ada", 0), time.Hour)
		token, err := w.service.Sealing.Token(db.Read(t.Context()), link.ID)
		w.must(err)
		w.sink.Script(testsmtp.Answer{At: testsmtp.AtData, Code: 554, Text: "blocked: https://latchkey.example.com/set-password/" + token})
		w.deliver(1)
		mail := w.is(id, models.MailFailed, 1)
		if !strings.Contains(mail.LastAnswer, "/set-password/•••") || strings.Contains(strings.Join(db.Dump(t), "\n"), token) {
			t.Errorf("the answer: %s", mail.LastAnswer)
		}
	})
}

// TestInvitationIsTriedForFiveDays from the first day of its account on, however long before it was queued.
func TestInvitationIsTriedForFiveDays(t *testing.T) {
	testdb.Engines(t, func(t *testing.T, db testdb.Database) {
		w := newWorld(t, db.DB, testsmtp.NewSink(t))
		w.useAccounts(withKey(t))
		w.sink.Always(testsmtp.Answer{Code: 451, Text: "Greylisted"})
		first := w.clock.Now().Add(10 * day).Truncate(day)
		created, err := w.service.Create(t.Context(), core.CommandLine, accounts.NewAccount{
			Kind: models.Customer, Name: "ada", Email: "ada@example.com", Password: accounts.PasswordChoice{Mode: accounts.ByLink},
			Valid: accounts.ValidDates{From: new(first.Format(time.DateOnly))},
		})
		w.must(err)
		mails, err := db.Read(t.Context()).ListMails(models.MailFilter{AccountID: created.Account.ID, Limit: 1})
		w.must(err)
		id := mails.Rows[0].ID
		for tries := range 3 {
			w.clock.Set(w.is(id, models.MailWaiting, tries).NextTryAt)
			w.deliver(1)
		}
		w.is(id, models.MailWaiting, 3)
	})
}
