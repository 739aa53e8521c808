package accounts_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/accounts/notify"
	"latchkey/internal/testkit"
	"latchkey/models"
)

// tried returns the request of a form for a test mail.
func tried(submission string) notify.TestMessage {
	return notify.TestMessage{Template: models.MailBlacklisted, Locale: "de", Data: models.MailData{Attempts: 7}, Submission: submission}
}

func TestTestMails(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		olga := w.create(accounts.NewAccount{Kind: models.SuperAdmin, Name: "olga", Email: "Olga@bücher.example", Locale: "en"})
		form := w.NewID()
		first := must(w.Mail.SendTestMessage(t.Context(), as(olga), tried(form)))(t)
		again := must(w.Mail.SendTestMessage(t.Context(), as(olga), tried(form)))(t)
		other := must(w.Mail.SendTestMessage(t.Context(), as(olga), tried("")))(t)
		if first.Again || !again.Again || again.MailID != first.MailID || other.Again || other.MailID == first.MailID {
			t.Errorf("%+v, %+v, %+v", first, again, other)
		}
		mails := w.mails(models.MailFilter{})
		if len(mails) != 2 || w.wakes.Load() == 0 {
			t.Fatalf("%d mails, %d wakes", len(mails), w.wakes.Load())
		}
		for _, mail := range mails {
			if mail.Recipient != "Olga@xn--bcher-kva.example" || mail.Locale != "de" || !mail.Data.Test || !mail.Urgent || mail.Data.Attempts != 7 || mail.PasswordID != "" ||
				!strings.HasPrefix(mail.OnceKey, "test:"+olga.ID) || !strings.HasSuffix(mail.MessageID, "@host.test>") {
				t.Errorf("%+v", mail)
			}
		}
		events := w.events(models.AuditFilter{SubjectID: olga.ID, Action: core.ActionMailTested})
		if len(events) != 2 || events[0].ActorID != olga.ID || events[0].Detail["template"] != models.MailBlacklisted || events[0].Address != visit.Address {
			t.Errorf("the log says %+v", events)
		}
	})
}

// Another's form is none of one's own, even with the same id.
func TestAFormIsItsSendersOwn(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		form := w.NewID()
		var ids []string
		for _, name := range []string{"olga", "piet"} {
			who := w.create(accounts.NewAccount{Kind: models.SuperAdmin, Name: name})
			sent := must(w.Mail.SendTestMessage(t.Context(), as(who), tried(form)))(t)
			ids = append(ids, sent.MailID)
			if sent.Again {
				t.Errorf("%s is told of another's mail", name)
			}
		}
		if ids[0] == ids[1] {
			t.Error("one mail for two")
		}
	})
}

func TestTestMailsAreRefused(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		olga, acme := w.create(accounts.NewAccount{Kind: models.SuperAdmin, Name: "olga"}), w.organization("acme")
		for _, who := range []models.Account{acme, w.customer("ada")} {
			if _, err := w.Mail.SendTestMessage(t.Context(), as(who), tried("")); !errors.Is(err, core.ErrForbidden) {
				t.Errorf("%s: %v", who.Name, err)
			}
		}
		for field, change := range map[string]func(*notify.TestMessage){
			"template": func(m *notify.TestMessage) { m.Template = "aom-other" }, "locale": func(m *notify.TestMessage) { m.Locale = "tlh" },
			"submission": func(m *notify.TestMessage) { m.Submission = "x" },
		} {
			mail := tried("")
			change(&mail)
			var invalid *core.ValidationError
			if _, err := w.Mail.SendTestMessage(t.Context(), as(olga), mail); !errors.As(err, &invalid) || invalid.Fields[0].Field != field {
				t.Errorf("%s: %v", field, err)
			}
		}
		gone := core.Actor{ID: w.NewID(), Kind: models.SuperAdmin}
		if _, err := w.Mail.SendTestMessage(t.Context(), gone, tried("")); !errors.Is(err, core.ErrSignedOut) {
			t.Errorf("somebody who is gone: %v", err)
		}
		if n := len(w.mails(models.MailFilter{})); n != 0 {
			t.Errorf("%d mails were written", n)
		}
	})
}

// TestTestMailsAreBounded: of many forms at once, in two processes, ten are carried out in ten minutes; another's do not
// count, nor do notices.
func TestTestMailsAreBounded(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		olga := w.create(accounts.NewAccount{Kind: models.SuperAdmin, Name: "olga"})
		w.refused(10, "olga", "wrong guess")
		processes := []*world{w, w.another()}
		testkit.Together(24, func(i int) {
			_, err := processes[i%2].Mail.SendTestMessage(t.Context(), as(olga), tried(""))
			if err != nil && !errors.Is(err, notify.ErrTooManyTests) {
				t.Error(err)
			}
		})
		count := func() (tests int) {
			for _, mail := range w.mails(models.MailFilter{AccountID: olga.ID}) {
				if mail.Data.Test {
					tests++
				}
			}
			return tests
		}
		if got := count(); got != 10 {
			t.Errorf("%d test mails, want 10", got)
		}
		piet := w.create(accounts.NewAccount{Kind: models.SuperAdmin, Name: "piet"})
		must(w.Mail.SendTestMessage(t.Context(), as(piet), tried("")))(t)
		w.clock.Advance(10*time.Minute - time.Microsecond)
		if _, err := w.Mail.SendTestMessage(t.Context(), as(olga), tried("")); !errors.Is(err, notify.ErrTooManyTests) {
			t.Errorf("a moment too early: %v", err)
		}
		w.clock.Advance(time.Microsecond)
		must(w.Mail.SendTestMessage(t.Context(), as(olga), tried("")))(t)
	})
}

// TestOneFormAtOnce: the same form, sent many times at the same moment, makes one mail.
func TestOneFormAtOnce(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		olga, form := w.create(accounts.NewAccount{Kind: models.SuperAdmin, Name: "olga"}), w.NewID()
		processes, ids := []*world{w, w.another()}, make([]string, 8)
		testkit.Together(len(ids), func(i int) {
			sent, err := processes[i%2].Mail.SendTestMessage(t.Context(), as(olga), tried(form))
			if ids[i] = sent.MailID; err != nil {
				t.Error(err)
			}
		})
		for _, id := range ids {
			if id != ids[0] || id == "" {
				t.Errorf("the mails %q", ids)
			}
		}
		if n := len(w.mails(models.MailFilter{})); n != 1 {
			t.Errorf("%d mails", n)
		}
	})
}

// TestTestMailsStayTrue whatever becomes of the password, and do not count as notices.
func TestTestMailsStayTrue(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		olga := w.create(accounts.NewAccount{Kind: models.SuperAdmin, Name: "olga"})
		for range 5 {
			must(w.Mail.SendTestMessage(t.Context(), as(olga), tried("")))(t)
		}
		mail := w.mails(models.MailFilter{})[0]
		changed := w.tamper(olga.ID, func(a *models.Account) { a.PasswordID = w.NewID() })
		if !w.Mail.StillDue(mail, changed) {
			t.Error("a changed password makes a test untrue")
		}
		w.refused(10, "olga", "wrong guess")
		if notice := w.mails(models.MailFilter{})[0]; notice.Data.Test || notice.State != models.MailWaiting {
			t.Errorf("after five tests the notice is %+v", notice)
		}
	})
}
