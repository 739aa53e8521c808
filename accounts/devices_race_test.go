package accounts_test

import (
	"errors"
	"fmt"
	"runtime"
	"sync"
	"testing"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/internal/testkit"
	"latchkey/models"
)

// TestStrangersDoNotShutOutTheOwner: while strangers guess, and after they have blacklisted the account, for good even, its
// owner goes on.
func TestStrangersDoNotShutOutTheOwner(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		token := w.device("ada")
		processes := []*world{w, w.another()}
		before := evaluated(processes...)
		testkit.Together(300, func(i int) {
			p := processes[i%2]
			if i%10 == 0 {
				if _, err := p.Sessions.SignIn(t.Context(), "ada", secret, with(token)); err != nil {
					t.Errorf("the owner, attempt %d: %v", i, err)
				}
				return
			}
			if _, err := p.Sessions.SignIn(t.Context(), "ada", fmt.Sprint("guess number ", i), visit); !errors.Is(err, core.ErrSignIn) {
				t.Errorf("attempt %d: %v", i, err)
			}
		})
		if n := evaluated(processes...) - before; n != 30+10 {
			t.Errorf("%d passwords were evaluated, want the owner's 30 and 10 of strangers", n)
		}
		w.refused(1, "ada", secret) // as a stranger
		if a := w.account(ada.ID); w.Policies.Current().State(a) != models.Blacklisted || len(w.mails(models.MailFilter{})) != 1 {
			t.Errorf("for strangers the account is %s, %d mails", w.Policies.Current().State(a), len(w.mails(models.MailFilter{})))
		}
		w.tamper(ada.ID, func(a *models.Account) { a.BlockedUntil, a.FailedInRow = nil, 100 })
		in := must(w.Sessions.SignIn(t.Context(), "ada", secret, with(token)))(t)
		if a := w.account(ada.ID); a.BlockedAt == nil || a.FailedInRow != 100 {
			t.Errorf("the owner's success ended the strangers' block: %+v", a)
		}
		who := must(w.Sessions.Resolve(t.Context(), in.Token, visit.Address))(t)
		actor := as(ada)
		actor.Devices = []string{token}
		if _, err := w.Sessions.ChangePassword(t.Context(), who, actor, change(secret, "Another horse 2")); err != nil {
			t.Errorf("changing the password: %v", err)
		}
	})
}

// TestParallelGuessingFromAKnownBrowser: it gets its own attempts and then the strangers', and not one more.
func TestParallelGuessingFromAKnownBrowser(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		token := w.device("ada")
		processes := []*world{w, w.another()}
		before := evaluated(processes...)
		testkit.Together(200, func(i int) {
			_, err := processes[i%2].Sessions.SignIn(t.Context(), spellings[i%3], fmt.Sprint("guess number ", i), with(token))
			if !errors.Is(err, core.ErrSignIn) {
				t.Errorf("attempt %d: %v", i, err)
			}
		})
		if n := evaluated(processes...) - before; n != 20 {
			t.Errorf("%d guesses were evaluated, want exactly 20", n)
		}
		w.wantCounts("in the end", ada.ID, 10, 10)
	})
}

// TestRevokedWhileVerified: a password that an operator replaces while the former one is being verified opens nothing, and
// the browser stays a stranger.
func TestRevokedWhileVerified(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		token := w.device("ada")
		other, free := w.another(), occupy(t, w.hashes)
		var owner sync.WaitGroup
		owner.Go(func() {
			if _, err := w.Sessions.SignIn(t.Context(), "ada", secret, with(token)); !errors.Is(err, core.ErrSignIn) {
				t.Errorf("got %v", err)
			}
		})
		w.reserved(ada.ID)
		choice := accounts.PasswordChoice{Mode: accounts.Typed, Text: "Another horse 2"}
		must(other.ResetPassword(t.Context(), w.root, ada.ID, choice, ""))(t)
		free()
		owner.Wait()
		if got := w.reasons(ada.ID); got["changed-meanwhile"] != 1 || len(w.known(ada.ID)) != 0 {
			t.Errorf("the log says %v, %d browsers are known", got, len(w.known(ada.ID)))
		}
	})
}

// TestOwnersDoNotQueueBehindStrangers: a known browser takes turns of its own, so a crowd that waits for the account's
// attempts does not stand before its owner.
func TestOwnersDoNotQueueBehindStrangers(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		token := w.device("ada")
		free := occupy(t, w.hashes)
		var crowd sync.WaitGroup
		for i := range 5 * runtime.GOMAXPROCS(0) {
			crowd.Go(func() { _, _ = w.Sessions.SignIn(t.Context(), "ada", fmt.Sprint("guess number ", i), visit) })
		}
		w.inFlight(ada.ID)
		crowd.Go(func() { must(w.Sessions.SignIn(t.Context(), "ada", secret, with(token)))(t) })
		for w.count("SELECT count(*) FROM reservations WHERE device_id = 'trusted'") == 0 {
			runtime.Gosched() // the owner's attempt is reserved while strangers still wait
		}
		if n := w.count("SELECT count(*) FROM reservations WHERE device_id = ''"); n > runtime.GOMAXPROCS(0) {
			t.Errorf("%d attempts of strangers at a time", n)
		}
		free()
		crowd.Wait()
	})
}

// TestOnesOwnChangeMakesNobodyKnown: an own change in a browser that is not trusted leaves none that is.
func TestOnesOwnChangeMakesNobodyKnown(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		who, actor := w.visitor("ada", secret)
		in := must(w.Sessions.ChangePassword(t.Context(), who, actor, change(secret, "Another horse 2")))(t)
		if in.Device != "" || len(w.known(ada.ID)) != 0 {
			t.Errorf("given %q, %d browsers are known", in.Device, len(w.known(ada.ID)))
		}
	})
}
