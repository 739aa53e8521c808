package accounts_test

import (
	"fmt"
	"testing"
	"time"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/models"
	"latchkey/password"
)

const day = 24 * time.Hour

var nothing = map[string]int{}

// sweep runs the sweep and counts the mails that it queued, by template.
func (w *world) sweep() (templates map[string]int) {
	w.Helper()
	before := len(w.mails(models.MailFilter{}))
	said := must(w.Sweep(w.Context()))(w)
	mails := w.mails(models.MailFilter{})
	if queued := len(mails) - before; said != queued {
		w.Errorf("the sweep says %d mails, %d were queued", said, queued)
	}
	templates = map[string]int{}
	for _, mail := range mails[:len(mails)-before] {
		templates[mail.Template]++
	}
	return templates
}

func (w *world) sweeps(when string, want map[string]int) {
	w.Helper()
	if got := w.sweep(); fmt.Sprint(got) != fmt.Sprint(want) {
		w.Errorf("%s: queued %v, want %v", when, got, want)
	}
}

func TestReminderAndExpirationOnce(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		w.clock.Advance(time.Hour) // later than the SuperAdmin
		ada := w.create(accounts.NewAccount{Name: "ada", Locale: "de"})
		expires, _ := w.Policies.Current().ExpiresAt(ada)
		reminds, _ := w.Policies.Current().RemindsAt(ada)
		if !expires.Equal(w.clock.Now().Add(64*day)) || !reminds.Equal(expires.Add(-5*day)) {
			t.Fatalf("reminds at %v, expires at %v", reminds, expires)
		}
		must(w.Sweep(t.Context()))(t)
		w.clock.Set(reminds.Add(-time.Microsecond))
		w.sweep() // the SuperAdmin's
		w.sweeps("before", nothing)
		w.clock.Set(reminds)
		w.sweeps("when the reminder is due", map[string]int{models.MailReminder: 1})
		w.sweeps("again", nothing)
		mail := w.mails(models.MailFilter{AccountID: ada.ID})[0]
		if mail.PasswordID != ada.PasswordID || mail.Recipient != "ada@example.com" || mail.Locale != "de" ||
			!mail.Data.ExpiresAt.Equal(expires) || mail.State != models.MailWaiting || mail.AccountName != "ada" {
			t.Errorf("the mail is %+v", mail)
		}
		w.clock.Set(expires.Add(-time.Microsecond))
		w.sweep()
		w.sweeps("before the end", nothing)
		if !w.Mail.StillDue(mail, w.account(ada.ID)) {
			t.Error("the reminder is not true before the end")
		}
		w.clock.Set(expires)
		if w.Mail.StillDue(mail, w.account(ada.ID)) {
			t.Error("the reminder is still true at the end")
		}
		w.sweeps("at the end", map[string]int{models.MailExpiration: 1})
		w.sweeps("again", nothing)
		if n := len(w.events(models.AuditFilter{SubjectID: ada.ID, Action: core.ActionExpired})); n != 1 {
			t.Errorf("%d events say expired", n)
		}
		must(w.ResetPassword(t.Context(), w.root, ada.ID, accounts.PasswordChoice{Mode: accounts.Typed, Text: "Another horse 2"}, ""))(t)
		if w.Mail.StillDue(w.mails(models.MailFilter{AccountID: ada.ID, Template: models.MailExpiration})[0], w.account(ada.ID)) {
			t.Error("the expiration is true of a new password")
		}
		w.clock.Advance(59 * day)
		w.sweeps("the next password", map[string]int{models.MailReminder: 1})
	})
}

// TestBothDue: after downtime only the expiration mail is sent.
func TestBothDue(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		w.clock.Advance(100 * day)
		w.sweeps("late", map[string]int{models.MailExpiration: 1})
		w.sweeps("again", nothing)
	})
}

func TestWhoIsNotTold(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		w.create(accounts.NewAccount{Name: "bot", Technical: true})
		off := w.customer("off")
		if err := w.Disable(t.Context(), w.root, off.ID); err != nil {
			t.Fatal(err)
		}
		once := w.create(accounts.NewAccount{Name: "once", Password: accounts.PasswordChoice{Text: secret, OneTime: true}})
		w.tamper(w.customer("none").ID, func(a *models.Account) { a.PasswordHash = "" })
		w.clock.Advance(100 * day)
		w.sweeps("everybody", map[string]int{models.MailExpiration: 1}) // the SuperAdmin
		if n := len(w.events(models.AuditFilter{SubjectID: once.ID, Action: core.ActionLapsed})); n != 1 {
			t.Errorf("%d events say that the one-time password lapsed", n)
		}
		must(w.Sweep(t.Context()))(t)
		if n := len(w.events(models.AuditFilter{Action: core.ActionLapsed})); n != 1 {
			t.Errorf("after another sweep %d events", n)
		}
		if err := w.Enable(t.Context(), w.root, off.ID); err != nil {
			t.Fatal(err)
		}
		w.sweeps("enabled again", map[string]int{models.MailExpiration: 1})
	})
}

// Owners of technical accounts are notified by the policy for technical accounts.
func TestTechnicalPolicyHolds(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		w.create(accounts.NewAccount{Name: "bot", Technical: true})
		w.clock.Advance(9 * day)
		w.sweeps("before", nothing)
		w.clock.Advance(day)
		w.sweeps("after 10 days", map[string]int{models.MailExpiration: 1})
		if mail := w.mails(models.MailFilter{})[0]; !mail.Data.Technical {
			t.Errorf("the mail is %+v", mail)
		}
	}, func(o *accounts.Options) { o.Policies.Technical.PasswordExpirationInDays = 10 })
}

func TestSuperAdminPolicyHolds(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		w.customer("ada")
		w.clock.Advance(7 * day)
		w.sweeps("the SuperAdmin's reminder", map[string]int{models.MailReminder: 1})
		w.clock.Advance(day)
		w.sweeps("the SuperAdmin's end", map[string]int{models.MailExpiration: 1})
	}, func(o *accounts.Options) {
		o.Policies.SuperAdmin = &password.Policy{Section: password.SectionSuperAdmin, PasswordExpirationInDays: 8, EmailBeforeExpirationInDays: 1}
	})
}

// TestReminderAtOnce: a reminder that is due before the password was set is due when it is set.
func TestReminderAtOnce(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		w.sweeps("at once", map[string]int{models.MailReminder: 1})
		if at, ok := w.Policies.Current().RemindsAt(w.account(w.root.ID)); !ok || !at.Equal(w.clock.Now()) {
			t.Errorf("reminds at %v", at)
		}
	}, accountPolicy(func(p *password.Policy) { p.EmailBeforeExpirationInDays = 99 }))
}

// A new policy changes when existing passwords expire, without changing rows, and no owner is notified twice.
func TestChangedPolicy(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		w.clock.Advance(30 * day)
		w.sweeps("64 days", nothing)
		shorter := w.another(accountPolicy(func(p *password.Policy) { p.PasswordExpirationInDays = 30 }))
		if got := shorter.Policies.Current().State(w.account(w.root.ID)); got != models.Expired {
			t.Errorf("the state is %s", got)
		}
		shorter.sweeps("30 days", map[string]int{models.MailExpiration: 1})
		w.clock.Advance(34 * day)
		w.sweeps("64 days again", nothing)
		never := w.another(accountPolicy(func(p *password.Policy) { p.PasswordExpirationInDays = 0 }))
		if got := never.Policies.Current().State(w.account(w.root.ID)); got != models.Active {
			t.Errorf("the state is %s", got)
		}
		w.customer("ada")
		w.clock.Advance(1000 * day)
		never.sweeps("never", nothing)
	})
}

func TestSweepEndsBlocks(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		w.refused(10, "ada", "wrong guess")
		w.clock.Advance(20*time.Minute - time.Microsecond)
		must(w.Sweep(t.Context()))(t)
		if w.account(ada.ID).BlockedAt == nil {
			t.Error("the block was ended early")
		}
		w.clock.Advance(time.Microsecond)
		must(w.Sweep(t.Context()))(t)
		if a := w.account(ada.ID); a.BlockedAt != nil || a.FailedAttempts != 0 || a.FailedInRow != 10 {
			t.Errorf("became %+v", a)
		}
		event := w.events(models.AuditFilter{Action: core.ActionBlockEnded})[0]
		if event.ActorID != "" || event.SubjectID != ada.ID || event.Detail["until"] != w.clock.Now().Format(time.RFC3339) {
			t.Errorf("the log says %+v", event)
		}
	})
}

// TestSweepSettlesFirst: accounts whose last day has passed are settled before mails are queued, even if that fails.
func TestSweepSettlesFirst(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		w.customer("ada")
		ended := w.customer("bob")
		w.tamper(ended.ID, func(a *models.Account) { a.ValidUntil = w.clock.Now().AddDate(0, 0, -1).Format(time.DateOnly) })
		unsettled := func() int {
			return len(must(w.db.Read(t.Context()).Unsettled(w.clock.Now().Format(time.DateOnly), 9))(t))
		}
		if n := unsettled(); n != 1 {
			t.Fatalf("%d accounts are to be settled", n)
		}
		w.clock.Advance(65 * day) // so that mails are due
		w.db.Exec(t, "ALTER TABLE mails RENAME TO no_mails")
		if _, err := w.Sweep(t.Context()); err == nil {
			t.Error("the sweep could queue mails")
		}
		if n := unsettled(); n != 0 {
			t.Errorf("%d accounts are to be settled", n)
		}
	})
}
