package accounts_test

import (
	"sync/atomic"
	"testing"
	"time"

	"latchkey/accounts/core"
	"latchkey/internal/testkit"
	"latchkey/models"
)

// many makes organizations, every second of them with a block that has ended.
func (w *world) many(n int) {
	w.Helper()
	hash := w.account(w.root.ID).PasswordHash
	w.do(func(tx *models.Tx) error {
		for i := range n {
			now, id := w.clock.Now().Add(time.Duration(i)), w.NewID()
			a := models.Account{ID: id, Kind: models.Organization, Name: id, NameKey: id, Email: id + "@x.example", CreatedAt: now,
				PasswordID: id, PasswordHash: hash, PasswordSetAt: &now}
			if i%2 == 0 {
				a.BlockedAt, a.BlockedUntil = &now, &now
			}
			if err := tx.CreateAccount(&a, id); err != nil {
				return err
			}
		}
		return nil
	})
}

// Two processes sweep at once, with more due than one transaction takes. Each owner is notified once.
func TestTwoSweeps(t *testing.T) {
	const due = 500
	scenario(t, func(t *testing.T, w *world) {
		w.many(due)
		processes := []*world{w, w.another()}
		for _, template := range []string{models.MailReminder, models.MailExpiration} {
			after := map[string]time.Duration{models.MailReminder: 59 * day, models.MailExpiration: 64 * day}[template]
			w.clock.Set(w.account(w.root.ID).PasswordSetAt.Add(after + time.Second))
			var said atomic.Int64
			testkit.Together(4, func(i int) {
				n, err := processes[i%2].Sweep(t.Context())
				if err != nil {
					t.Error(err)
				}
				said.Add(int64(n))
			})
			told := map[string]int{}
			for _, mail := range w.mails(models.MailFilter{Template: template}) {
				told[*mail.AccountID]++
			}
			if len(told) != due+1 || said.Load() != due+1 {
				t.Errorf("%s: %d accounts were told, the sweeps say %d, want %d", template, len(told), said.Load(), due+1)
			}
		}
		for action, want := range map[string]int{core.ActionExpired: due + 1, core.ActionBlockEnded: due / 2} {
			if n := len(w.events(models.AuditFilter{Action: action})); n != want {
				t.Errorf("%d events say %s, want %d", n, action, want)
			}
		}
	})
}

// TestTwoSweepsOfBoth: after downtime several processes start at once. Who is due for a reminder and an expiration gets
// the expiration only, also from a process that finds nothing to do while another still works through those.
func TestTwoSweepsOfBoth(t *testing.T) {
	const due = 1100
	scenario(t, func(t *testing.T, w *world) {
		w.many(due)
		w.clock.Advance(64*day + time.Second)
		processes := []*world{w, w.another()}
		testkit.Together(4, func(i int) {
			if _, err := processes[i%2].Sweep(t.Context()); err != nil {
				t.Error(err)
			}
		})
		for template, want := range map[string]int{models.MailReminder: 0, models.MailExpiration: due + 1} {
			if n := len(w.mails(models.MailFilter{Template: template})); n != want {
				t.Errorf("%d mails %s, want %d", n, template, want)
			}
		}
	})
}

// TestQueuedBefore: a mail that is in the ledger, though the account does not say so, does not stop the sweep of others.
func TestQueuedBefore(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		w.customer("ada")
		bob := w.customer("bob")
		w.clock.Advance(64 * day)
		w.sweeps("all three", map[string]int{models.MailExpiration: 3})
		w.tamper(bob.ID, func(a *models.Account) { a.ExpiryNotice = models.NotNotified })
		w.sweeps("again", nothing)
		if a := w.account(bob.ID); a.ExpiryNotice != models.ExpiryNotified {
			t.Error("the account is swept again and again")
		}
	})
}
