package accounts_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"testing"
	"time"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/accounts/lockout"
	"latchkey/internal/testkit"
	"latchkey/models"
	"latchkey/password"
)

func TestEdgesOfABlock(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		w.refused(10, "ada", "wrong guess")
		w.clock.Advance(10 * time.Minute)
		w.refused(3, "ada", secret) // attempts do not prolong the block
		w.clock.Advance(10*time.Minute - time.Millisecond)
		w.refused(1, "ada", secret)
		w.clock.Advance(2 * time.Millisecond)
		w.refused(9, "ada", "wrong guess") // the count started at 0
		if a := w.account(ada.ID); a.FailedAttempts != 9 || a.FailedInRow != 19 || a.BlockedAt != nil {
			t.Errorf("after the block: %+v", a)
		}
		w.signIn("ada", secret)
		if a := w.account(ada.ID); a.FailedAttempts != 0 || a.FailedInRow != 0 {
			t.Errorf("after a success: %+v", a)
		}
		if n := len(w.events(models.AuditFilter{Action: core.ActionBlockEnded})); n != 1 {
			t.Errorf("%d events say that the block ended", n)
		}
	})
}

func TestEdgesAtTheBlocksEnd(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		w.refused(10, "ada", "wrong guess")
		w.clock.Advance(20 * time.Minute)
		w.refused(9, "ada", "wrong guess")
		if a := w.account(ada.ID); a.FailedAttempts != 9 || a.BlockedAt != nil {
			t.Errorf("at the end: %+v", a)
		}
		w.signIn("ada", secret)
	})
}

func TestEdgesSuccessBeforeTheLastAttempt(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		for range 3 {
			w.refused(9, "ada", "wrong guess")
			w.signIn("ada", secret)
		}
		if a := w.account(ada.ID); a.BlockedAt != nil || len(w.mails(models.MailFilter{Template: models.MailBlacklisted})) != 0 {
			t.Errorf("blacklisted by %+v", a)
		}
	})
}

func TestEdgesUnblock(t *testing.T) {
	for name, end := range map[string]func(w *world, id string) error{
		"unblock": func(w *world, id string) error { return w.Unblock(w.Context(), w.root, id) },
		"reset password": func(w *world, id string) error {
			choice := accounts.PasswordChoice{Mode: accounts.Typed, Text: "Another horse 2"}
			_, err := w.ResetPassword(w.Context(), w.root, id, choice, "")
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			scenario(t, func(t *testing.T, w *world) {
				ada := w.customer("ada")
				w.refused(10, "ada", "wrong guess")
				if err := end(w, ada.ID); err != nil {
					t.Fatal(err)
				}
				w.refused(9, "ada", "wrong guess")
				if a := w.account(ada.ID); w.Policies.Current().State(a) != models.Active || a.FailedInRow != 9 {
					t.Errorf("%s, %+v", w.Policies.Current().State(a), a)
				}
				if err := end(w, ada.ID); name == "unblock" && err != nil {
					t.Errorf("failures without a block: %v", err)
				}
			})
		})
	}
}

func TestUnblockWithoutBlock(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		if err := w.Unblock(t.Context(), w.root, w.customer("ada").ID); !errors.Is(err, core.ErrNotBlacklisted) {
			t.Errorf("got %v", err)
		}
	})
}

func TestBlockWithoutEnd(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		w.refused(10, "ada", "wrong guess")
		w.clock.Advance(10_000 * 24 * time.Hour)
		must(w.Sweep(t.Context()))(t)
		w.refused(1, "ada", secret)
		if a := w.account(ada.ID); a.BlockedUntil != nil || a.FailedAttempts != 10 {
			t.Errorf("%+v", a)
		}
	}, accountPolicy(func(p *password.Policy) { p.BlockingTimeInMin = 0 }))
}

// TestKillLeavesReservations: what it reserved counts for a minute, as if it were still looking, and then no more.
func TestKillLeavesReservations(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		for range 10 {
			row := models.Reservation{ID: w.NewID(), AccountID: &ada.ID, LapsesAt: w.clock.Now().Add(lockout.ReservationLife)}
			w.do(func(tx *models.Tx) error { _, err := tx.Reserve(row, 99, w.clock.Now()); return err })
		}
		before := evaluated(w)
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		if _, err := w.Sessions.SignIn(ctx, "ada", secret, visit); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("while all attempts are in flight: %v", err)
		}
		if n := evaluated(w) - before; n != 0 {
			t.Errorf("%d passwords were evaluated beyond the attempts in flight", n)
		}
		w.clock.Advance(lockout.ReservationLife)
		testkit.Together(40, func(i int) {
			if _, err := w.Sessions.SignIn(t.Context(), "ada", fmt.Sprint("guess number ", i), visit); !errors.Is(err, core.ErrSignIn) {
				t.Error(err)
			}
		})
		if n := evaluated(w) - before; n != 10 {
			t.Errorf("%d guesses were evaluated after it, want 10", n)
		}
		w.clock.Advance(time.Hour)
		w.signIn("ada", secret)
		if err := w.PurgeExpired(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// inFlight waits until a stranger's attempt at the account's password is reserved.
func (w *world) inFlight(id string) {
	w.Helper()
	for w.count("SELECT count(*) FROM reservations WHERE device_id = '' AND account_id = '"+id+"'") == 0 {
		runtime.Gosched()
	}
}

// reserved waits until an attempt is reserved.
func (w *world) reserved(id string) {
	w.Helper()
	for w.count("SELECT count(*) FROM reservations WHERE account_id = '"+id+"'") == 0 {
		runtime.Gosched()
	}
}

// TestLapsedAttemptOpensNothing: an attempt that took longer than its reservation is lost if right, and counts if wrong.
func TestLapsedAttemptOpensNothing(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		for name, guess := range map[string]string{"right": secret, "wrong": "wrong guess"} {
			a := w.customer(name)
			free := occupy(t, w.hashes)
			result := make(chan error)
			go func() { _, err := w.Sessions.SignIn(context.Background(), name, guess, visit); result <- err }()
			w.inFlight(a.ID)
			w.clock.Advance(lockout.ReservationLife)
			free()
			if err := <-result; !errors.Is(err, core.ErrSignIn) {
				t.Errorf("%s: %v", name, err)
			}
			want := map[string]int{"right": 0, "wrong": 1}[name]
			if got := w.account(a.ID).FailedAttempts; got != want {
				t.Errorf("%s: counted %d, want %d", name, got, want)
			}
		}
	})
}

func TestVisitorWhoLeavesGivesTheAttemptBack(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		free := occupy(t, w.hashes)
		ctx, cancel := context.WithCancel(t.Context())
		result := make(chan error)
		go func() { _, err := w.Sessions.SignIn(ctx, "ada", "wrong guess", visit); result <- err }()
		w.inFlight(ada.ID)
		cancel()
		if err := <-result; !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		free()
		if n := w.count("SELECT count(*) FROM reservations WHERE account_id = '" + ada.ID + "'"); n != 0 {
			t.Errorf("%d attempts are still reserved", n)
		}
		if a := w.account(ada.ID); a.FailedAttempts != 0 || len(w.reasons(ada.ID)) != 0 {
			t.Errorf("what was not evaluated was counted: %+v", a)
		}
	})
}

// TestChangedWhileVerified: a correct password opens no session if the account was changed while it was being verified.
func TestChangedWhileVerified(t *testing.T) {
	for reason, meanwhile := range map[string]func(*world, models.Account) error{
		"disabled": func(w *world, a models.Account) error { return w.Disable(w.Context(), w.root, a.ID) },
		"changed-meanwhile": func(w *world, a models.Account) error {
			w.tamper(a.ID, func(a *models.Account) { a.PasswordID = "another" })
			return nil
		},
		"blacklisted": func(w *world, a models.Account) error {
			w.tamper(a.ID, func(a *models.Account) { a.BlockedAt = &a.CreatedAt })
			return nil
		},
		"": func(w *world, a models.Account) error { return w.Delete(w.Context(), w.root, a.ID, a.Name) },
	} {
		t.Run(reason, func(t *testing.T) {
			scenario(t, func(t *testing.T, w *world) {
				ada := w.customer("ada")
				free := occupy(t, w.hashes)
				result := make(chan error)
				go func() { _, err := w.Sessions.SignIn(context.Background(), "ada", secret, visit); result <- err }()
				w.inFlight(ada.ID)
				if err := meanwhile(w, ada); err != nil {
					t.Fatal(err)
				}
				free()
				if err := <-result; !errors.Is(err, core.ErrSignIn) {
					t.Errorf("got %v", err)
				}
				if got := w.reasons(ada.ID); reason != "" && got[reason] != 1 {
					t.Errorf("the log says %v", got)
				}
			})
		})
	}
}
