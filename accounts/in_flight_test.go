package accounts_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/accounts/notify"
	"latchkey/internal/testkit"
	"latchkey/models"
)

// endings are the ways in which an actor loses the right to act while requests are in flight.
var endings = map[string]struct {
	end  func(w *world, a models.Account, sessionID string) error
	want error
}{
	"disabled": {func(w *world, a models.Account, _ string) error { return w.Disable(w.Context(), w.root, a.ID) }, core.ErrSignedOut},
	"deleted":  {func(w *world, a models.Account, _ string) error { return w.Delete(w.Context(), w.root, a.ID, a.Name) }, core.ErrSignedOut},
	"last day passed": {func(w *world, a models.Account, _ string) error {
		w.tamper(a.ID, func(a *models.Account) { a.ValidUntil = "2026-03-01" })
		return nil
	}, core.ErrSignedOut},
	"sessions ended": {func(w *world, a models.Account, _ string) error { return w.Sessions.EndAll(w.Context(), w.root, a.ID) }, core.ErrSignedOut},
	"one session ended": {func(w *world, a models.Account, id string) error {
		return w.Sessions.End(w.Context(), w.root, a.ID, id)
	}, core.ErrSignedOut},
	"password reset": {func(w *world, a models.Account, _ string) error {
		_, err := w.ResetPassword(w.Context(), w.root, a.ID, accounts.PasswordChoice{Mode: accounts.Typed, Text: "Reset horse 9"}, "")
		return err
	}, core.ErrSignedOut},
	"disabled and enabled again": {func(w *world, a models.Account, _ string) error {
		return errors.Join(w.Disable(w.Context(), w.root, a.ID), w.Enable(w.Context(), w.root, a.ID))
	}, core.ErrSignedOut},
	"demoted": {func(w *world, a models.Account, _ string) error {
		w.tamper(a.ID, func(a *models.Account) { a.Kind = models.Organization })
		return nil
	}, core.ErrSignedOut},
	"change required": {func(w *world, a models.Account, _ string) error {
		return w.RequireChange(w.Context(), w.root, a.ID)
	}, core.ErrPasswordFirst},
	"idle for too long": {func(w *world, _ models.Account, _ string) error {
		w.clock.Advance(w.Settings().SessionIdle)
		return nil
	}, core.ErrSignedOut},
}

// ownActs are the use cases on the own account and on mails; operations are those on other accounts.
var ownActs = map[string]func(w *world, by core.Actor) error{
	"create": func(w *world, by core.Actor) error {
		_, err := w.Create(w.Context(), by, fill(accounts.NewAccount{Name: "new"}))
		return err
	},
	"language":           func(w *world, by core.Actor) error { return w.SetLocale(w.Context(), by, "de") },
	"end other sessions": func(w *world, by core.Actor) error { return w.Sessions.EndOthers(w.Context(), by) },
	"test mail": func(w *world, by core.Actor) error {
		_, err := w.Mail.SendTestMessage(w.Context(), by, notify.TestMessage{Template: models.MailReminder, Locale: "en"})
		return err
	},
	"retry mails":     func(w *world, by core.Actor) error { _, err := w.Mail.RetryFailed(w.Context(), by); return err },
	"end own session": func(w *world, by core.Actor) error { return w.Sessions.EndOwn(w.Context(), by, w.NewID()) },
	"retry a mail": func(w *world, by core.Actor) error {
		return w.Mail.Retry(w.Context(), by, w.mails(models.MailFilter{})[0].ID)
	},
	"move": func(w *world, by core.Actor) error {
		bob := must(w.FindByIdentifier(context.Background(), "bob"))(w)
		return w.Move(w.Context(), by, bob.ID, models.DefaultOrganizationID, false)
	},
}

// TestActorIsCheckedAgain: a request that was let in before its actor was disabled, signed out or demoted writes nothing.
func TestActorIsCheckedAgain(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		w.failedMail(w.customer("bob"))
		for how, ending := range endings {
			boss := w.create(accounts.NewAccount{Kind: models.SuperAdmin, Name: "boss", Email: "boss@example.com"})
			_, by := w.visitor("boss", secret)
			if err := ending.end(w, boss, by.SessionID); err != nil {
				t.Fatal(err)
			}
			before := w.db.Dump(t)
			acts := map[string]func() error{}
			for name, do := range ownActs {
				acts[name] = func() error { return do(w, by) }
			}
			for name, operation := range operations {
				acts[name] = func() error {
					return operation.do(w, by, must(w.FindByIdentifier(context.Background(), "bob"))(t))
				}
			}
			for name, do := range acts {
				if err := do(); !errors.Is(err, ending.want) {
					t.Errorf("%s after being %s: %v, want %v", name, how, err, ending.want)
				}
			}
			if after := w.db.Dump(t); fmt.Sprint(after) != fmt.Sprint(before) {
				t.Errorf("after being %s something was written", how)
			}
			if how != "deleted" {
				w.do(func(tx *models.Tx) error { return tx.DeleteAccount(boss.ID) })
			}
		}
	})
}

// TestOperatorDisabledInFlight: of many creations in flight none is committed after its actor was disabled.
func TestOperatorDisabledInFlight(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		w.create(accounts.NewAccount{Kind: models.SuperAdmin, Name: "boss"})
		boss, by := w.visitor("boss", secret)
		var created, refused atomic.Int64
		var atDisabling int
		testkit.Together(121, func(i int) {
			if i == 60 {
				if err := w.Disable(t.Context(), w.root, boss.Account.ID); err != nil {
					t.Error(err)
				}
				atDisabling = w.count("SELECT count(*) FROM accounts")
				return
			}
			_, err := w.Create(t.Context(), by, fill(accounts.NewAccount{Kind: models.SuperAdmin, Name: fmt.Sprintf("new%d", i)}))
			switch {
			case err == nil:
				created.Add(1)
			case errors.Is(err, core.ErrSignedOut):
				refused.Add(1)
			default:
				t.Error(err)
			}
		})
		if now := w.count("SELECT count(*) FROM accounts"); now != atDisabling {
			t.Errorf("%d accounts were created after the disabling", now-atDisabling)
		}
		if created.Load()+refused.Load() != 120 {
			t.Errorf("%d created, %d refused", created.Load(), refused.Load())
		}
	})
}
