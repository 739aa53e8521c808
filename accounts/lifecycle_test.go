package accounts_test

import (
	"errors"
	"fmt"
	"sync/atomic"
	"testing"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/internal/testkit"
	"latchkey/models"
)

func TestLastSuperAdmin(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		second := w.create(accounts.NewAccount{Kind: models.SuperAdmin, Name: "second"})
		off := w.create(accounts.NewAccount{Kind: models.SuperAdmin, Name: "off"})
		if err := w.Disable(t.Context(), w.root, off.ID); err != nil {
			t.Fatal(err)
		}
		if err := w.Delete(t.Context(), w.root, second.ID, "second"); err != nil {
			t.Fatal(err)
		}
		for name, do := range map[string]func() error{
			"disable": func() error { return w.Disable(t.Context(), core.CommandLine, w.root.ID) },
			"delete":  func() error { return w.Delete(t.Context(), core.CommandLine, w.root.ID, "root") },
		} {
			if err := do(); !errors.Is(err, core.ErrLastSuperAdmin) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := w.Disable(t.Context(), as(off), w.root.ID); !errors.Is(err, core.ErrSignedOut) {
			t.Errorf("by a disabled SuperAdmin: %v", err)
		}
		if err := w.Delete(t.Context(), w.root, off.ID, "off"); err != nil {
			t.Errorf("one that is disabled already: %v", err)
		}
		w.signIn("root", secret)
	})
}

// TestSuperAdminsTakeAwayEachOther: if two SuperAdmins disable or delete each other concurrently, in two processes, one remains.
func TestSuperAdminsTakeAwayEachOther(t *testing.T) {
	for name, do := range map[string]func(w *world, by core.Actor, id, name string) error{
		"disable": func(w *world, by core.Actor, id, _ string) error { return w.Disable(w.Context(), by, id) },
		"delete":  func(w *world, by core.Actor, id, name string) error { return w.Delete(w.Context(), by, id, name) },
	} {
		t.Run(name, func(t *testing.T) {
			scenario(t, func(t *testing.T, w *world) {
				processes := []*world{w, w.another()}
				for round := range 5 {
					second := w.create(accounts.NewAccount{Kind: models.SuperAdmin, Name: fmt.Sprint("second", round)})
					first := w.account(w.root.ID)
					both := []models.Account{first, second}
					var done, refused atomic.Int64
					testkit.Together(2, func(i int) {
						switch err := do(processes[i], as(both[i]), both[1-i].ID, both[1-i].Name); {
						case err == nil:
							done.Add(1)
						case errors.Is(err, core.ErrSignedOut): // the other one was quicker
							refused.Add(1)
						default:
							t.Error(err)
						}
					})
					if done.Load() != 1 || refused.Load() != 1 {
						t.Fatalf("%d were taken away, %d refused", done.Load(), refused.Load())
					}
					w.exec("DELETE FROM accounts WHERE kind = 'superadmin' AND disabled_at IS NOT NULL")
					left := must(w.List(t.Context(), core.CommandLine, models.AccountFilter{Kind: models.SuperAdmin, Limit: 9}))(t).Rows
					if len(left) != 1 {
						t.Fatalf("%d are left", len(left))
					}
					w.root = as(left[0])
				}
			})
		})
	}
}

func TestDelete(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		acme := w.organization("Acme")
		ada := w.create(accounts.NewAccount{Name: "ada", Organization: acme.ID})
		token := w.signIn("ada", secret).Token
		if err := w.Delete(t.Context(), w.root, acme.ID, "Acme"); !errors.Is(err, core.ErrHasCustomers) {
			t.Errorf("an organization with customers: %v", err)
		}
		for _, confirm := range []string{"", "ad", "Ada2", "ada "} {
			if err := w.Delete(t.Context(), w.root, ada.ID, confirm); wrongFields(err) != "confirm" {
				t.Errorf("confirmed by %q: %v", confirm, err)
			}
		}
		if !w.holds(token) {
			t.Error("what was refused ended the session")
		}
		if err := w.Delete(t.Context(), w.root, ada.ID, "ada"); err != nil {
			t.Fatal(err)
		}
		if w.holds(token) {
			t.Error("a session of a deleted account holds")
		}
		w.refused(1, "ada", secret)
		events := w.events(models.AuditFilter{SubjectID: ada.ID})
		if len(events) == 0 || events[0].SubjectName != "ada" || events[0].Action != core.ActionDeleted || events[0].OrganizationID != acme.ID {
			t.Errorf("the log keeps %+v", events)
		}
		if again := w.customer("ada"); again.ID == ada.ID {
			t.Error("the same account came back")
		}
		if err := w.Delete(t.Context(), w.root, acme.ID, "Acme"); err != nil {
			t.Errorf("without customers: %v", err)
		}
	})
}

func TestMove(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		acme, carl := w.organization("Acme"), w.customer("carl")
		for name, test := range map[string]struct{ who, to, fields string }{
			"to nobody": {carl.ID, w.NewID(), "organization"}, "to a customer": {carl.ID, carl.ID, "organization"},
			"to nothing": {carl.ID, "", "organization"}, "to a customer's name": {carl.ID, "carl", "organization"},
			"to garbage": {carl.ID, "\x00", "organization"}, "an organization": {acme.ID, models.DefaultOrganizationID, "organization"},
		} {
			if err := w.Move(t.Context(), w.root, test.who, test.to, false); wrongFields(err) != test.fields {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := w.Move(t.Context(), w.root, carl.ID, acme.ID, false); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Find(t.Context(), as(acme), carl.ID); err != nil {
			t.Errorf("its organization does not see it: %v", err)
		}
		if event := w.events(models.AuditFilter{Action: core.ActionMoved})[0]; event.Detail["from"] != "Default" {
			t.Errorf("the log says %+v", event)
		}
		for name, id := range map[string]string{"default": models.DefaultOrganizationID, " ACME ": acme.ID} {
			if err := w.Move(t.Context(), w.root, carl.ID, name, false); err != nil {
				t.Fatal(err)
			}
			if got := must(w.Find(t.Context(), w.root, carl.ID))(t).OwnerID(); got != id {
				t.Errorf("moved to %q: it belongs to %s, want %s", name, got, id)
			}
		}
	})
}

func TestEdit(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada, bob := w.customer("ada"), w.customer("bob")
		own := w.create(accounts.NewAccount{Name: "eve@example.com", Email: "eve@example.com"})
		once := w.create(accounts.NewAccount{Name: "once", Password: accounts.PasswordChoice{Text: secret, OneTime: true}})
		for name, test := range map[string]struct {
			of     models.Account
			edit   accounts.Edit
			fields string
		}{
			"nothing":         {ada, accounts.Edit{}, "email"},
			"another's":       {ada, accounts.Edit{Email: "BOB@example.com"}, "email"},
			"all":             {once, accounts.Edit{Email: "x", Locale: "fr", Technical: true}, "email technical locale"},
			"language":        {ada, accounts.Edit{Email: ada.Email, Locale: "fr"}, "locale"},
			"named by e-mail": {own, accounts.Edit{Email: "other@example.com"}, "email"},
			"one-time":        {once, accounts.Edit{Email: once.Email, Technical: true}, "technical"},
			"no customer":     {w.organization("acme"), accounts.Edit{Email: "a@b.example", Technical: true}, "technical"},
			"another's name":  {ada, accounts.Edit{Email: "eve@example.com"}, "email"},
		} {
			before := w.snapshot(test.of.ID)
			if err := w.Edit(t.Context(), w.root, test.of.ID, test.edit); wrongFields(err) != test.fields {
				t.Errorf("%s: %v, want %s", name, err, test.fields)
			}
			if after := w.snapshot(test.of.ID); !equal(before, after) {
				t.Errorf("%s: became %+v", name, after)
			}
		}
		edit := func(a models.Account, e accounts.Edit) error { return w.Edit(t.Context(), w.root, a.ID, e) }
		// Technical: the address need not be its own, its sessions end, it does not sign in. And back: it must be.
		token := w.signIn("ada", secret).Token
		if err := edit(ada, accounts.Edit{Email: bob.Email, Technical: true}); err != nil {
			t.Fatal(err)
		}
		if w.holds(token) {
			t.Error("a technical account has a session")
		}
		w.refused(1, "ada", secret)
		w.refused(1, "ada@example.com", secret)
		w.customer("new-ada") // whose address is new-ada@example.com
		if err := edit(ada, accounts.Edit{Email: bob.Email}); wrongFields(err) != "email" {
			t.Errorf("two accounts with one address: %v", err)
		}
		if err := edit(ada, accounts.Edit{Email: "Ada2@example.com", Locale: "de"}); err != nil {
			t.Fatal(err)
		}
		w.signIn("ada2@EXAMPLE.com", secret)
		w.refused(1, "ada@example.com", secret)
		if got := w.account(ada.ID); got.Email != "Ada2@example.com" || got.Locale != "de" || got.Technical {
			t.Errorf("became %+v", got)
		}
		w.create(accounts.NewAccount{Name: "heir", Email: "ada@example.com"})
	})
}

// A required change can be taken back until it is fulfilled; sessions that were opened for it end, those from before go on.
func TestRequiredChangeIsWithdrawn(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		if err := w.WithdrawChange(t.Context(), w.root, ada.ID); !errors.Is(err, core.ErrNoChangeRequired) {
			t.Errorf("nothing to withdraw: %v", err)
		}
		before := w.signIn("ada", secret)
		if err := w.RequireChange(t.Context(), w.root, ada.ID); err != nil {
			t.Fatal(err)
		}
		since := w.signIn("ada", secret)
		if err := w.WithdrawChange(t.Context(), w.root, ada.ID); err != nil {
			t.Fatal(err)
		}
		if w.account(ada.ID).MustChange {
			t.Error("a new password is still required")
		}
		if current := must(w.Sessions.Resolve(t.Context(), before.Token, visit.Address))(t); current.Pending != "" {
			t.Errorf("the session from before: pending %q", current.Pending)
		}
		if w.holds(since.Token) {
			t.Error("the session that only opened the reset page goes on")
		}
		if again := must(w.Sessions.Resolve(t.Context(), w.signIn("ada", secret).Token, visit.Address))(t); again.Pending != "" {
			t.Errorf("the next session: pending %q", again.Pending)
		}

		if err := w.RequireChange(t.Context(), w.root, ada.ID); err != nil {
			t.Fatal(err)
		}
		owner, by := w.visitor("ada", secret)
		if _, err := w.Sessions.ChangePassword(t.Context(), owner, by, change("", "Another horse 2")); err != nil {
			t.Fatal(err)
		}
		if err := w.WithdrawChange(t.Context(), w.root, ada.ID); !errors.Is(err, core.ErrNoChangeRequired) {
			t.Errorf("after it was fulfilled: %v", err)
		}
		one := w.tamper(w.customer("one").ID, func(a *models.Account) { a.OneTime, a.MustChange = true, true })
		if err := w.WithdrawChange(t.Context(), w.root, one.ID); err != nil || !w.account(one.ID).OneTime {
			t.Errorf("of a one-time password: %v, %+v", err, w.account(one.ID))
		}
	})
}

func TestTechnicalAccountsHaveNoResetPage(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		bot := w.create(accounts.NewAccount{Name: "bot", Technical: true})
		if err := w.RequireChange(t.Context(), w.root, bot.ID); !errors.Is(err, core.ErrTechnicalOneTime) {
			t.Errorf("require-change: %v", err)
		}
		choice := accounts.PasswordChoice{Mode: accounts.Generated, OneTime: true}
		if _, err := w.ResetPassword(t.Context(), w.root, bot.ID, choice, ""); wrongFields(err) != "one_time" {
			t.Errorf("one-time: %v", err)
		}
		none := w.tamper(w.customer("none").ID, func(a *models.Account) { a.PasswordHash, a.PasswordSetAt = "", nil })
		if err := w.RequireChange(t.Context(), w.root, none.ID); !errors.Is(err, core.ErrNoPasswordToChange) {
			t.Errorf("without a password: %v", err)
		}
	})
}
