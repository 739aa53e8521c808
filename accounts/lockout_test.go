package accounts_test

import (
	"errors"
	"fmt"
	"sync/atomic"
	"testing"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/accounts/session"
	"latchkey/internal/testkit"
	"latchkey/models"
	"latchkey/password"
)

// spellings all lead to the account "Ada".
var spellings = []string{"Ada", "ada", "ADA", "Ａda", "ada@example.com", "ADA@Example.COM", "Ada@example.com"}

// evaluated counts the guesses that could have been right, in all processes.
func evaluated(processes ...*world) (n int64) {
	for _, p := range processes {
		n += p.hashes.Evaluated()
	}
	return n
}

// TestParallelGuessing: however many guess at once, by whatever spelling and in however many processes, the policy's
// number of guesses is evaluated.
func TestParallelGuessing(t *testing.T) {
	for range testkit.Times(1, 50) {
		scenario(t, parallelGuessing)
	}
}

func parallelGuessing(t *testing.T, w *world) {
	ada := w.create(accounts.NewAccount{Name: "Ada", Email: "ada@example.com"})
	processes := []*world{w, w.another()}
	before := evaluated(processes...)
	testkit.Together(400, func(i int) {
		_, err := processes[i%2].Sessions.SignIn(t.Context(), spellings[i%len(spellings)], fmt.Sprint("guess number ", i), visit)
		if !errors.Is(err, core.ErrSignIn) {
			t.Errorf("attempt %d: %v", i, err)
		}
	})
	if n := evaluated(processes...) - before; n != 10 {
		t.Errorf("%d guesses were evaluated, want exactly 10", n)
	}
	if got := w.reasons(ada.ID); got["wrong-password"] != 10 || got["blacklisted"] != 390 {
		t.Errorf("the log says %v", got)
	}
	for _, name := range spellings {
		for _, p := range processes {
			p.refused(1, name, secret)
		}
	}
	if n := evaluated(processes...) - before; n != 10 {
		t.Errorf("%d guesses were evaluated in the end, the right ones included", n)
	}
	a := w.account(ada.ID)
	if w.Policies.Current().State(a) != models.Blacklisted || a.FailedAttempts != 10 || a.FailedInRow != 10 {
		t.Errorf("the account is %s after %d and %d failures", w.Policies.Current().State(a), a.FailedAttempts, a.FailedInRow)
	}
	mails := w.mails(models.MailFilter{})
	if len(mails) != 1 || mails[0].Template != models.MailBlacklisted || mails[0].Data.Attempts != 10 || w.wakes.Load() != 1 {
		t.Errorf("%d mails, %d wakes: %+v", len(mails), w.wakes.Load(), mails)
	}
	if n := len(w.events(models.AuditFilter{Action: core.ActionBlacklisted})); n != 1 {
		t.Errorf("%d events say blacklisted", n)
	}
}

// TestBusyButRight: right passwords at the same moment all get in, also where only one attempt may be in flight, for which the
// others wait.
func TestBusyButRight(t *testing.T) {
	for _, test := range []struct{ attempts, crowd int }{{10, 200}, {1, 40}} {
		t.Run(fmt.Sprint(test.attempts, " attempts"), func(t *testing.T) {
			scenario(t, func(t *testing.T, w *world) {
				ada := w.customer("Ada")
				processes := []*world{w, w.another()}
				testkit.Together(test.crowd, func(i int) {
					if _, err := processes[i%2].Sessions.SignIn(t.Context(), spellings[i%len(spellings)], secret, visit); err != nil {
						t.Errorf("attempt %d: %v", i, err)
					}
				})
				if n := len(must(w.Sessions.Own(t.Context(), as(ada)))(t)); n != min(test.crowd, 100) { // as many as a page shows
					t.Errorf("%d sessions", n)
				}
				if got := w.account(ada.ID); got.FailedAttempts != 0 {
					t.Errorf("%d failures", got.FailedAttempts)
				}
			}, accountPolicy(func(p *password.Policy) { p.MaxLoginAttempts = test.attempts }))
		})
	}
}

// TestMixedLoad: right passwords among wrong ones. What was evaluated is what the log says, no more than 10 wrong ones
// in a row.
func TestMixedLoad(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("Ada")
		processes := []*world{w, w.another()}
		before := evaluated(processes...)
		var in atomic.Int64
		testkit.Together(120, func(i int) {
			guess := secret
			if i%3 > 0 {
				guess = fmt.Sprint("guess number ", i)
			}
			switch _, err := processes[i%2].Sessions.SignIn(t.Context(), "ada", guess, visit); {
			case err == nil && guess == secret:
				in.Add(1)
			case !errors.Is(err, core.ErrSignIn):
				t.Errorf("attempt %d: %v", i, err)
			}
		})
		got := w.reasons(ada.ID)
		signedIn := int64(len(w.events(models.AuditFilter{SubjectID: ada.ID, Action: core.ActionSignedIn})))
		if wrong := int64(got["wrong-password"]); wrong > 10*(in.Load()+1) {
			t.Errorf("%d wrong guesses were evaluated with %d right ones between them", wrong, in.Load())
		}
		// A correct password that was in flight while the account became blacklisted is evaluated, and refused as such.
		n := evaluated(processes...) - before - signedIn - int64(got["wrong-password"])
		if n < 0 || n > int64(running) || signedIn != in.Load() {
			t.Errorf("%d were evaluated and refused; %d signed in, the log says %d and %v", n, in.Load(), signedIn, got)
		}
		if total := signedIn + int64(got["wrong-password"]+got["blacklisted"]); total != 120 {
			t.Errorf("%d of 120 attempts are in the log: %v", total, got)
		}
	})
}

// TestCurrentPasswordCountsToo: guessing at the current password in an open session shares the count of sign-ins.
func TestCurrentPasswordCountsToo(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		w.customer("Ada")
		who, actor := w.visitor("ada", secret)
		processes := []*world{w, w.another()}
		before := evaluated(processes...)
		testkit.Together(60, func(i int) {
			p, guess := processes[i%2], fmt.Sprint("guess number ", i)
			if i%4 < 2 {
				if _, err := p.Sessions.SignIn(t.Context(), "ada", guess, visit); !errors.Is(err, core.ErrSignIn) {
					t.Errorf("signing in: %v", err)
				}
				return
			}
			_, err := p.Sessions.ChangePassword(t.Context(), who, actor, change(guess, "Another horse 2"))
			if wrongFields(err) != "current" {
				t.Errorf("changing: %v", err)
			}
		})
		if n := evaluated(processes...) - before; n != 10 {
			t.Errorf("%d guesses were evaluated, want exactly 10", n)
		}
		if _, err := w.Sessions.ChangePassword(t.Context(), who, actor, change(secret, "Another horse 2")); wrongFields(err) != "current" {
			t.Errorf("the right password while blacklisted: %v", err)
		}
		if _, err := w.Sessions.Resolve(t.Context(), must(w.Sessions.SignIn(t.Context(), "root", secret, visit))(t).Token, visit.Address); err != nil {
			t.Error(err)
		}
	})
}

func change(current, next string) session.NewPassword {
	return session.NewPassword{Current: current, Password: next, Confirmation: next}
}

// TestCapOfAttempts: over any number of blocks, so many failures in a row block without an end, also when many guess at
// once and the policy's number does not divide the cap.
func TestCapOfAttempts(t *testing.T) {
	for name, limit := range map[string]int{"with blocks between": 7, "without": 0} {
		t.Run(name, func(t *testing.T) {
			scenario(t, func(t *testing.T, w *world) {
				ada := w.customer("ada")
				processes := []*world{w, w.another()}
				before := evaluated(processes...)
				for range 4 {
					testkit.Together(20, func(i int) {
						_, err := processes[i%2].Sessions.SignIn(t.Context(), "ada", fmt.Sprint("guess number ", i), visit)
						if !errors.Is(err, core.ErrSignIn) {
							t.Error(err)
						}
					})
					w.clock.Advance(21 * 60e9)
				}
				if n := evaluated(processes...) - before; n != 17 {
					t.Errorf("%d guesses were evaluated, want exactly 17", n)
				}
				w.clock.Advance(1000 * 24 * 3600e9)
				w.refused(1, "ada", secret)
				if a := w.account(ada.ID); a.BlockedAt == nil || a.BlockedUntil != nil {
					t.Errorf("blocked at %v until %v", a.BlockedAt, a.BlockedUntil)
				}
				if err := w.Unblock(t.Context(), w.root, ada.ID); err != nil {
					t.Fatal(err)
				}
				w.refused(1, "ada", "wrong guess")
				w.signIn("ada", secret)
				if a := w.account(ada.ID); a.FailedInRow != 0 {
					t.Errorf("%d in a row after a success", a.FailedInRow)
				}
			}, accountPolicy(func(p *password.Policy) { p.MaxLoginAttempts = limit }),
				func(o *accounts.Options) { o.Settings.AttemptsCap = 17 })
		})
	}
}

// TestLoweredLimit: an account that has more failures than a new policy or cap allows is not refused for ever, nor does it
// wait for ever: the next failure blacklists it.
func TestLoweredLimit(t *testing.T) {
	for name, o := range map[string]func(*accounts.Options){
		"policy": accountPolicy(func(p *password.Policy) { p.MaxLoginAttempts = 5 }),
		"cap":    func(o *accounts.Options) { o.Settings.AttemptsCap = 5 },
	} {
		t.Run(name, func(t *testing.T) {
			scenario(t, func(t *testing.T, w *world) {
				for _, name := range []string{"ada", "bob"} {
					w.customer(name)
					w.refused(7, name, "wrong guess")
				}
				later := w.another(o)
				later.signIn("ada", secret)
				later.refused(1, "bob", "wrong guess")
				if a := must(w.FindByIdentifier(t.Context(), "bob"))(t); w.Policies.Current().State(a) != models.Blacklisted {
					t.Errorf("after one more failure the account is %s", w.Policies.Current().State(a))
				}
			})
		})
	}
}

func isBusy(err error) bool {
	var busy core.BusyError
	return errors.As(err, &busy)
}
