package accounts_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/internal/testkit"
	"latchkey/models"
)

// inactiveAfter disables accounts that are not used for so many days.
func inactiveAfter(days int) func(*accounts.Options) {
	return func(o *accounts.Options) {
		o.Settings.DisableInactive, o.Policies.Account.PasswordExpirationInDays = time.Duration(days)*day, 0
	}
}

// systemDisabled returns the names of accounts that the log says the system has disabled.
func (w *world) systemDisabled() (names []string) {
	w.Helper()
	for _, event := range w.events(models.AuditFilter{Action: core.ActionDisabled}) {
		if event.ActorID == "" && event.ActorName == "" && event.Detail["reason"] == "inactive" {
			names = append(names, event.SubjectName)
		}
	}
	return names
}

// TestInactiveAccountIsDisabled: 14 days after its owner was notified, and once; a sign-in or Enable starts the time anew.
func TestInactiveAccountIsDisabled(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada, bob := w.customer("ada"), w.customer("bob")
		w.create(accounts.NewAccount{Name: "bot", Technical: true})
		off := w.customer("off")
		must(0, w.Disable(t.Context(), w.root, off.ID))(t)
		w.create(accounts.NewAccount{Name: "over", Valid: valid("", "2026-03-01")})
		later := w.create(accounts.NewAccount{Name: "later", Valid: valid("2026-05-01", "")})
		start := w.clock.Now()
		w.clock.Set(start.Add(46*day - time.Microsecond))
		w.sweeps("before", nothing)
		w.clock.Set(start.Add(46 * day))
		w.sweeps("14 days before", map[string]int{models.MailDeadline: 2})
		w.sweeps("again", nothing)
		mail := w.mails(models.MailFilter{AccountID: ada.ID})[0]
		if mail.Data.Deadline != models.DeadlineInactive || mail.Data.Day != "2026-05-01" {
			t.Errorf("the mail says %+v", mail.Data)
		}
		w.signIn("bob", secret)
		if !w.Mail.StillDue(mail, w.account(ada.ID)) || w.Mail.StillDue(w.mails(models.MailFilter{AccountID: bob.ID})[0], w.account(bob.ID)) {
			t.Error("which mails are still true")
		}
		w.clock.Set(start.Add(60*day - time.Microsecond))
		w.sweeps("before the end", nothing)
		token := w.signIn("bob", secret).Token
		w.clock.Set(start.Add(60 * day))
		w.sweeps("at the end", nothing)
		w.sweeps("again", nothing)
		a := w.account(ada.ID)
		if a.DisabledAt == nil || a.DisabledFor != models.DisabledInactive || !w.holds(token) || !equal(w.systemDisabled(), []string{"ada"}) {
			t.Fatalf("ada is %+v; the system disabled %v", a, w.systemDisabled())
		}
		w.refused(1, "ada", secret)
		must(0, w.Enable(t.Context(), w.root, ada.ID))(t)
		if a := w.account(ada.ID); a.DisabledFor != "" || !a.ActiveAt.Equal(w.clock.Now()) {
			t.Errorf("after Enable: %+v", a)
		}
		w.clock.Advance(14 * day)
		w.sweeps("two weeks after Enable", nothing)
		if w.account(ada.ID).DisabledAt != nil || w.account(later.ID).InactiveNoticeAt != nil {
			t.Error("the time does not begin anew, or before the first day")
		}
		w.clock.Advance(32 * day)
		w.sweeps("the next notices", map[string]int{models.MailDeadline: 3}) // ada, bob, later
	}, inactiveAfter(60))
}

// TestSettingDisablesNobodyAtOnce: after the setting was made, the owners of accounts that were not used for years still have 14 days.
func TestSettingDisablesNobodyAtOnce(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		w.clock.Advance(1000 * day)
		w.sweeps("late", map[string]int{models.MailDeadline: 1})
		w.clock.Advance(14*day - time.Microsecond)
		w.sweeps("before", nothing)
		if w.account(ada.ID).DisabledAt != nil {
			t.Error("disabled too early")
		}
		w.clock.Advance(time.Microsecond)
		w.sweeps("14 days later", nothing)
		if w.account(ada.ID).DisabledAt == nil || len(w.systemDisabled()) != 1 {
			t.Error("not disabled")
		}
	}, inactiveAfter(60))
}

// TestLastSuperAdminStaysUnused: of SuperAdmins that are not used, one stays, which could always sign in.
func TestLastSuperAdminStaysUnused(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		w.clock.Advance(100 * day)
		w.sweeps("the only one", nothing)
		w.create(accounts.NewAccount{Kind: models.SuperAdmin, Name: "second"})
		w.create(accounts.NewAccount{Kind: models.SuperAdmin, Name: "ends", Valid: valid("", "2026-12-31")})
		w.sweeps("the first of three", map[string]int{models.MailDeadline: 1})
		w.clock.Advance(14 * day)
		w.sweeps("and then", nothing)
		if got := w.systemDisabled(); !equal(got, []string{"root"}) {
			t.Fatalf("disabled: %v", got)
		}
		w.clock.Advance(100 * day)
		w.sweeps("the one that ends", map[string]int{models.MailDeadline: 1})
		w.clock.Advance(14 * day)
		w.sweeps("and then", nothing)
		if got := w.systemDisabled(); !equal(got, []string{"ends", "root"}) {
			t.Errorf("disabled: %v", got)
		}
		w.signIn("second", secret)
	}, inactiveAfter(60))
}

// TestInvitedSuperAdminIsNotTheLast: one who has no password yet, or whose one-time password has lapsed, cannot take the place of another.
func TestInvitedSuperAdminIsNotTheLast(t *testing.T) {
	choices := map[string]accounts.PasswordChoice{
		"invited": {Mode: accounts.ByLink}, "lapsed": {Mode: accounts.Typed, Text: secret, OneTime: true},
	}
	for name, choice := range choices {
		t.Run(name, func(t *testing.T) {
			scenario(t, func(t *testing.T, w *world) {
				w.clock.Advance(time.Hour) // of the two, root is unused for longer
				w.create(accounts.NewAccount{Kind: models.SuperAdmin, Name: name, Password: choice})
				w.clock.Advance(8 * day)
				root := w.account(w.root.ID)
				_, byRoot := w.visitor("root", secret)
				for what, do := range map[string]func() error{
					"disable":    func() error { return w.Disable(t.Context(), core.CommandLine, root.ID) },
					"delete":     func() error { return w.Delete(t.Context(), core.CommandLine, root.ID, "root") },
					"delete own": func() error { _, err := w.DeleteOwn(t.Context(), byRoot, "root", false); return err },
					"an end":     func() error { return w.editDates(core.CommandLine, root, "", "2026-12-31") },
				} {
					if err := do(); !errors.Is(err, core.ErrLastSuperAdmin) && wrongFields(err) != "valid_until" {
						t.Errorf("%s: %v", what, err)
					}
				}
				for range 80 {
					w.clock.Advance(day)
					must(w.Sweep(t.Context()))(t)
				}
				if got := w.systemDisabled(); !equal(got, []string{name}) {
					t.Errorf("disabled: %v", got)
				}
				w.signIn("root", secret)
			}, inactiveAfter(60))
		})
	}
}

// TestInactiveInTwoProcesses: more than one transaction takes are notified and disabled once each.
func TestInactiveInTwoProcesses(t *testing.T) {
	const due = 510
	scenario(t, func(t *testing.T, w *world) {
		w.many(due)
		second := w.create(accounts.NewAccount{Kind: models.SuperAdmin, Name: "second"})
		processes := []*world{w, w.another(inactiveAfter(60))}
		together := func() {
			testkit.Together(4, func(i int) {
				if _, err := processes[i%2].Sweep(t.Context()); err != nil && !errors.Is(err, core.ErrNotFound) {
					t.Error(err)
				}
			})
			must(w.Sweep(t.Context()))(t)
		}
		w.clock.Advance(61 * day)
		together()
		if got := len(w.mails(models.MailFilter{Template: models.MailDeadline})); got != due+2 {
			t.Errorf("%d mails, want %d", got, due+2)
		}
		w.clock.Advance(14 * day)
		together()
		names := map[string]int{}
		for _, name := range w.systemDisabled() {
			names[name]++
		}
		if len(names) != due+1 || len(w.systemDisabled()) != due+1 {
			t.Errorf("%d accounts were disabled by %d events, want %d", len(names), len(w.systemDisabled()), due+1)
		}
		if fmt.Sprint(w.account(w.root.ID).DisabledAt == nil, w.account(second.ID).DisabledAt == nil) == "false false" {
			t.Error("no SuperAdmin is left")
		}
	}, inactiveAfter(60))
}
