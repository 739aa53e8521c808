package jobs

import (
	"slices"
	"strings"
	"testing"
	"time"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/internal/testdb"
	"latchkey/internal/testkit"
	"latchkey/internal/testsmtp"
	"latchkey/models"
)

func TestSweptMailsArriveAndAreRecorded(t *testing.T) {
	testdb.Engines(t, func(t *testing.T, db testdb.Database) {
		w := newWorld(t, db.DB, testsmtp.NewSink(t))
		w.account("reminded", 60*day)
		w.account("expired", 70*day)
		w.account("young", day)
		w.blacklist("blocked")
		for range 2 { // the second time nothing is due
			if _, err := w.sweep(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		w.deliver(3)
		w.deliver(0)
		for _, tc := range []struct{ template, to, says string }{
			{models.MailReminder, "reminded", "expires on\nFriday, 6 March 2026, 09:00 UTC"},
			{models.MailExpiration, "expired", "expired on\nTuesday, 24 February 2026, 09:00 UTC"},
			{models.MailBlacklisted, "blocked", "ends automatically on\nMonday, 2 March 2026, 09:20 UTC"},
		} {
			w.arrived(tc.template, tc.to, tc.says)
		}
		if len(w.sink.All()) != 3 {
			t.Errorf("%d mails", len(w.sink.All()))
		}
	})
}

func TestMailIsInTheAccountsLanguage(t *testing.T) {
	testkit.Parallel(t)
	w := newWorld(t, testdb.SQLite(t).DB, testsmtp.NewSink(t))
	ada := w.account("ada", 70*day)
	ada.Locale = "de"
	w.update(func(tx *models.Tx) error { return tx.SaveAccount(&ada) })
	if _, err := w.sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.deliver(1)
	w.arrived(models.MailExpiration, "ada", "ist am\nDienstag, 24. Februar 2026, 09:00 UTC abgelaufen.")
}

// blacklist creates an account and fails to sign in to it.
func (w *world) blacklist(name string) {
	w.t.Helper()
	boss := w.account("boss", day)
	_, err := w.service.Create(w.t.Context(), w.superAdmin(boss), accounts.NewAccount{
		Kind: models.Customer, Name: name, Email: name + "@example.com",
		Password: accounts.PasswordChoice{Mode: accounts.Typed, Text: "a password of the canary"},
	})
	w.must(err)
	for range 3 {
		if _, err := w.service.Sessions.SignIn(w.t.Context(), name, "another password", core.ClientInfo{}); err == nil {
			w.t.Fatal("signed in")
		}
	}
}

// arrived checks a mail at the server and its row.
func (w *world) arrived(template, to, says string) {
	w.t.Helper()
	i := slices.IndexFunc(w.sink.Messages(), func(m testsmtp.Message) bool { return m.To[0] == to+"@example.com" })
	if i < 0 {
		w.t.Fatalf("no mail for %s", to)
	}
	got := w.sink.Messages()[i]
	content, err := got.Content()
	w.must(err)
	page, err := w.db.Read(w.t.Context()).ListMails(models.MailFilter{Template: template, Limit: 10})
	w.must(err)
	if len(page.Rows) != 1 {
		w.t.Fatalf("%d rows of %s", len(page.Rows), template)
	}
	row := w.is(page.Rows[0].ID, models.MailSent, 1)
	if row.Urgent != (template == models.MailBlacklisted) {
		w.t.Errorf("%s is urgent: %v", template, row.Urgent)
	}
	text, html := strings.ReplaceAll(content.Text, "\r\n", "\n"), strings.ReplaceAll(content.HTML, "\r\n", "\n")
	if row.Subject != content.Subject || row.TextBody != text || row.HTMLBody != html || row.Subject == "" {
		w.t.Errorf("the stored mail %s differs from the one at the server", template)
	}
	if !strings.Contains(text, says) || !strings.Contains(html, to) || strings.Contains(string(got.Raw), "canary") {
		w.t.Errorf("%s reads %s", template, text)
	}
	if got.Header.Get("Message-Id") != row.MessageID || got.From != "latchkey@example.com" || !strings.HasPrefix(row.LastAnswer, "250 ") {
		w.t.Errorf("%s: id %s, from %s, answer %q", template, got.Header.Get("Message-Id"), got.From, row.LastAnswer)
	}
}

func TestTemporaryErrorIsRetriedLater(t *testing.T) {
	testdb.Engines(t, func(t *testing.T, db testdb.Database) {
		w := newWorld(t, db.DB, testsmtp.NewSink(t))
		w.sink.Script(testsmtp.Answer{Code: 451, Text: "Greylisted", At: testsmtp.AtRcpt}, testsmtp.Answer{Drop: true})
		id := w.queue(w.account("ada", day), 1)[0]
		w.deliver(1)
		first := w.is(id, models.MailWaiting, 1)
		if first.LastAnswer != "451 4.0.0 Greylisted" || first.TextBody == "" {
			t.Errorf("answer %q, text %q", first.LastAnswer, first.TextBody)
		}
		between(t, first.NextTryAt.Sub(w.clock.Now()), 48*time.Second, 72*time.Second)
		w.deliver(0)
		w.clock.Set(first.NextTryAt)
		w.deliver(1) // is dropped after DATA
		second := w.is(id, models.MailWaiting, 2)
		between(t, second.NextTryAt.Sub(w.clock.Now()), 96*time.Second, 144*time.Second)
		w.clock.Set(second.NextTryAt)
		w.deliver(1)
		w.is(id, models.MailSent, 3)
		all := w.sink.WaitAll(3)
		if all[1].Header.Get("Message-Id") != first.MessageID || all[2].Header.Get("Message-Id") != first.MessageID {
			t.Error("another Message-ID in another try")
		}
	})
}

func between(t *testing.T, got, least, most time.Duration) {
	t.Helper()
	if got < least || got > most {
		t.Errorf("%s, want %s to %s", got, least, most)
	}
}

func TestPermanentErrorEndsTheTries(t *testing.T) {
	testdb.Engines(t, func(t *testing.T, db testdb.Database) {
		w := newWorld(t, db.DB, testsmtp.NewSink(t))
		w.sink.Script(testsmtp.Answer{Code: 550, Text: "No such user", At: testsmtp.AtRcpt})
		ids := w.queue(w.account("ada", day), 2)
		w.deliver(2)
		if got := w.is(ids[0], models.MailFailed, 1); got.LastAnswer != "550 5.0.0 No such user" {
			t.Errorf("answer %q", got.LastAnswer)
		}
		w.is(ids[1], models.MailSent, 1) // over the same connection
		if w.sink.Connections() != 1 {
			t.Errorf("%d connections", w.sink.Connections())
		}
		w.clock.Advance(30 * day)
		w.deliver(0)
	})
}

func TestBatchContinuesOverANewConnectionAfterADrop(t *testing.T) {
	testkit.Parallel(t)
	w := newWorld(t, testdb.SQLite(t).DB, testsmtp.NewSink(t))
	w.sink.Script(testsmtp.Answer{}, testsmtp.Answer{Drop: true}, testsmtp.Answer{})
	ids := w.queue(w.account("ada", day), 3)
	w.deliver(3)
	w.is(ids[0], models.MailSent, 1)
	w.is(ids[1], models.MailWaiting, 1)
	w.is(ids[2], models.MailSent, 1)
	if w.sink.Connections() != 2 {
		t.Errorf("%d connections", w.sink.Connections())
	}
}

func TestMailFailsAfterFiveDaysOfTries(t *testing.T) {
	testkit.Parallel(t)
	w := newWorld(t, testdb.SQLite(t).DB, testsmtp.NewSink(t))
	w.sink.Always(testsmtp.Answer{Code: 451})
	id := w.queue(w.account("ada", day), 1)[0]
	w.clock.Advance(9 * day) // the program was not running
	w.deliver(1)
	w.clock.Set(w.is(id, models.MailWaiting, 1).NextTryAt)
	w.deliver(1)
	w.is(id, models.MailFailed, 2)

	id = w.queue(w.account("eve", day), 1)[0]
	tries := 0
	for began := w.clock.Now(); w.mail(id).State == models.MailWaiting; tries++ {
		w.deliver(1)
		if m := w.mail(id); m.State == models.MailWaiting {
			between(t, m.NextTryAt.Sub(w.clock.Now()), 48*time.Second, 24*time.Hour)
			w.clock.Set(m.NextTryAt)
		} else {
			between(t, w.clock.Now().Sub(began), 5*day, 6*day)
		}
	}
	if tries < 10 || tries > 25 {
		t.Errorf("%d tries in five days", tries)
	}
}

// TestNoticeOfDeletedAccountIsSent to the address that it had, also if the account is gone.
func TestNoticeOfDeletedAccountIsSent(t *testing.T) {
	testdb.Engines(t, func(t *testing.T, db testdb.Database) {
		w := newWorld(t, db.DB, testsmtp.NewSink(t))
		a := w.account("ada", day)
		if err := w.service.Delete(t.Context(), core.CommandLine, a.ID, "ada"); err != nil {
			t.Fatal(err)
		}
		w.deliver(1)
		sent := w.sink.All()
		if len(sent) != 1 || !slices.Equal(sent[0].To, []string{a.Email}) || !strings.Contains(string(sent[0].Raw), "was deleted") {
			t.Errorf("sent were %+v", sent)
		}
	})
}

func TestCapturedMailIsNeverSent(t *testing.T) {
	testdb.Engines(t, func(t *testing.T, db testdb.Database) {
		w := newWorld(t, db.DB, nil)
		ids := w.queue(w.account("ada", day), 3)
		w.deliver(3)
		for _, id := range ids {
			if m := w.is(id, models.MailCaptured, 1); m.Subject == "" || m.TextBody == "" || m.HTMLBody == "" {
				t.Errorf("a captured mail cannot be read: %+v", m)
			}
		}
		sink := testsmtp.NewSink(t)
		later := newWorld(t, db.DB, sink)
		later.clock.Advance(100 * day)
		later.deliver(0)
		if len(sink.All()) != 0 {
			t.Error("an old mail was sent")
		}
	})
}

func TestStaleMailIsDroppedWithAReason(t *testing.T) {
	testdb.Engines(t, func(t *testing.T, db testdb.Database) {
		for _, tc := range []struct {
			name, reason string
			meanwhile    func(*models.Account)
		}{
			{"changed", "The password was changed meanwhile.", func(a *models.Account) { a.PasswordID = "another" }},
			{"disabled", "The account is disabled.", func(a *models.Account) { a.DisabledAt = &a.CreatedAt }},
			{"early", "The account is not valid yet.", func(a *models.Account) { a.ValidFrom = "2999-01-01" }},
			{"ended", "The account has ended.", func(a *models.Account) { a.ValidUntil = "2026-01-01" }},
			{"one-time", "The mail is out of date.", func(a *models.Account) { a.OneTime = true }},
			{"deleted", "The account was deleted.", nil},
		} {
			w := newWorld(t, db.DB, testsmtp.NewSink(t))
			a := w.account(tc.name, 70*day)
			if _, err := w.service.Sweep(t.Context()); err != nil {
				t.Fatal(err)
			}
			w.update(func(tx *models.Tx) error {
				if tc.meanwhile == nil {
					return tx.DeleteAccount(a.ID)
				}
				tc.meanwhile(&a)
				a.ExpiryNotice = models.ExpiryNotified
				return tx.SaveAccount(&a)
			})
			w.deliver(1)
			page, err := w.db.Read(t.Context()).ListMails(models.MailFilter{Recipient: a.Email, Limit: 1})
			w.must(err)
			if m := w.is(page.Rows[0].ID, models.MailDropped, 1); m.LastAnswer != tc.reason {
				t.Errorf("%s: %q", tc.name, m.LastAnswer)
			}
			if len(w.sink.All()) != 0 {
				t.Errorf("%s: sent", tc.name)
			}
		}
	})
}

func TestHeldBackMailIsNeverSent(t *testing.T) {
	testdb.Engines(t, func(t *testing.T, db testdb.Database) {
		w := newWorld(t, db.DB, testsmtp.NewSink(t))
		m := w.notice(w.account("ada", day))
		m.State, m.DoneAt = models.MailHeldBack, &m.CreatedAt
		w.update(func(tx *models.Tx) error { return tx.QueueMail(&m) })
		w.clock.Advance(10 * day)
		w.deliver(0)
		w.is(m.ID, models.MailHeldBack, 0)
	})
}

// TestSecurityNoticesGoToTheFormerAddress: who changes the address does not get them, and disabling the account does not stop them.
func TestSecurityNoticesGoToTheFormerAddress(t *testing.T) {
	testdb.Engines(t, func(t *testing.T, db testdb.Database) {
		w := newWorld(t, db.DB, testsmtp.NewSink(t))
		ada, thief := w.account("ada", day), w.superAdmin(w.account("thief", day))
		former := ada.Email
		_, err := w.service.ResetPassword(t.Context(), thief, ada.ID, accounts.PasswordChoice{Mode: accounts.Generated, OneTime: true}, "")
		w.must(err)
		w.must(w.service.Edit(t.Context(), thief, ada.ID, accounts.Edit{Email: "taken-over@example.com"}))
		w.must(w.service.Disable(t.Context(), thief, ada.ID))
		w.deliver(2)
		for _, message := range w.sink.Wait(2) {
			if !slices.Equal(message.To, []string{former}) {
				t.Errorf("a notice goes to %v, want %s", message.To, former)
			}
		}
	})
}
