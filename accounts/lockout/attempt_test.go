package lockout_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"latchkey/accounts/core"
	"latchkey/accounts/lockout"
	"latchkey/accounts/policy"
	"latchkey/internal/testdb"
	"latchkey/internal/testkit"
	"latchkey/models"
	"latchkey/password"
)

// fixture is an account whose proof is a code, as of an authenticator app, in a database that several processes share. The third
// failure blocks it for 20 minutes.
type fixture struct {
	*testing.T
	core     *core.Core
	clock    *testkit.Clock
	rules    *policy.Rules
	subject  lockout.Subject
	verified atomic.Int64 // codes of the account that were compared
	blocked  atomic.Int64
}

func each(t *testing.T, run func(f *fixture)) {
	t.Helper()
	testdb.Engines(t, func(t *testing.T, db testdb.Database) {
		f := &fixture{T: t, clock: testkit.NewClock()}
		f.core = core.New(db.DB, f.clock.Now, nil, nil, core.Rules{})
		f.rules = policy.NewRules(f.core, password.Policies{Account: password.Policy{MaxLoginAttempts: 3, BlockingTimeInMin: 20}}, policy.Settings{})
		set := f.clock.Now()
		account := models.Account{
			ID: f.core.NewID(), Kind: models.SuperAdmin, Name: "ada", NameKey: "ada", Email: "ada@example.com", EmailKey: "ada@example.com",
			Locale: "en", CreatedAt: set, PasswordID: "p", PasswordHash: "h", PasswordSetAt: &set,
		}
		err := db.Update(t.Context(), func(tx *models.Tx) error { return tx.CreateAccount(&account, "ada") })
		if err != nil {
			t.Fatal(err)
		}
		f.subject = lockout.Subject{ID: account.ID}
		run(f)
	})
}

// process returns the lockout of another process.
func (f *fixture) process() *lockout.Service { return lockout.New(f.core, lockout.Settings{}, f) }

// Blocked counts blocks.
func (f *fixture) Blocked(*models.Tx, models.Account, bool) error {
	f.blocked.Add(1)
	return nil
}

// Committed does nothing.
func (*fixture) Committed() {}

// enter attempts to prove the subject with a code; 1234 is right.
func (f *fixture) enter(s *lockout.Service, who lockout.Subject, code string) error {
	return s.Attempt(f.Context(), f.rules, who, core.Actor{}, func(_ context.Context, account models.Account) (bool, error) {
		if account.ID == "" {
			return true, nil // which opens nothing
		}
		f.verified.Add(1)
		return code == "1234", nil
	}, func(_ *models.Tx, account *models.Account) (bool, error) {
		account.LastSignInAt = new(time.Time)
		*account.LastSignInAt = f.core.Now()
		return true, nil
	})
}

func (f *fixture) account() models.Account {
	f.Helper()
	account, err := f.core.DB.Read(f.Context()).Account(f.subject.ID)
	if err != nil {
		f.Fatal(err)
	}
	return account
}

// TestParallelCodesAreCountedExactly: however many guesses come at once, in two processes, three are verified.
func TestParallelCodesAreCountedExactly(t *testing.T) {
	each(t, func(f *fixture) {
		processes := []*lockout.Service{f.process(), f.process()}
		testkit.Together(60, func(i int) {
			if err := f.enter(processes[i%2], f.subject, "0000"); !errors.Is(err, core.ErrSignIn) {
				f.Errorf("guess %d: %v", i, err)
			}
		})
		if account := f.account(); f.verified.Load() != 3 || f.blocked.Load() != 1 || account.FailedAttempts != 3 || account.BlockedAt == nil {
			f.Errorf("%d were verified, %d blocks, %d failures, blocked at %v", f.verified.Load(), f.blocked.Load(), account.FailedAttempts, account.BlockedAt)
		}
		f.clock.Advance(20 * time.Minute)
		if err := f.enter(processes[0], f.subject, "1234"); err != nil || f.account().LastSignInAt == nil {
			f.Errorf("the right code after the block: %v", err)
		}
	})
}

func TestRightCodeResetsTheCount(t *testing.T) {
	each(t, func(f *fixture) {
		s := f.process()
		for _, code := range []string{"0000", "0001", "1234"} {
			_ = f.enter(s, f.subject, code)
		}
		if account := f.account(); account.FailedAttempts != 0 || account.LastSignInAt == nil {
			f.Errorf("got %+v", account)
		}
	})
}

// TestVerifierThatFailsCountsNothing: its error is returned, and the attempt is free again.
func TestVerifierThatFailsCountsNothing(t *testing.T) {
	each(t, func(f *fixture) {
		s, broken := f.process(), errors.New("the key is not readable")
		for range 5 {
			err := s.Attempt(f.Context(), f.rules, f.subject, core.Actor{}, func(context.Context, models.Account) (bool, error) { return false, broken }, nil)
			if !errors.Is(err, broken) {
				f.Fatal(err)
			}
		}
		if account := f.account(); account.FailedAttempts != 0 {
			f.Errorf("%d failures", account.FailedAttempts)
		}
		if err := f.enter(s, f.subject, "1234"); err != nil {
			f.Error(err)
		}
	})
}

// TestUnknownAccountIsNeverOpened: not even by a verifier that accepts it.
func TestUnknownAccountIsNeverOpened(t *testing.T) {
	each(t, func(f *fixture) {
		err := f.enter(f.process(), lockout.Subject{}, "1234")
		var failure lockout.Failure
		if !errors.As(err, &failure) || failure.Reason != lockout.ReasonUnknown || f.verified.Load() != 0 {
			f.Errorf("got %v, %d verified", err, f.verified.Load())
		}
	})
}

// TestRefusedSuccess: what the subject refuses opens nothing, counts nothing and resets nothing.
func TestRefusedSuccess(t *testing.T) {
	each(t, func(f *fixture) {
		s, who := f.process(), f.subject
		_ = f.enter(s, f.subject, "0000")
		who.Refuse = func(models.Account) string { return "technical" }
		err := f.enter(s, who, "1234")
		var failure lockout.Failure
		if !errors.As(err, &failure) || failure.Reason != "technical" {
			f.Errorf("got %v", err)
		}
		if account := f.account(); account.FailedAttempts != 1 || account.LastSignInAt != nil {
			f.Errorf("got %+v", account)
		}
	})
}

// TestChangedDuringVerification: a password that was replaced, or a reservation that lapsed, opens nothing.
func TestChangedDuringVerification(t *testing.T) {
	for name, change := range map[string]func(f *fixture){
		"another password": func(f *fixture) {
			err := f.core.DB.Update(f.Context(), func(tx *models.Tx) error {
				account, err := tx.AccountForUpdate(f.subject.ID)
				if err != nil {
					return err
				}
				account.PasswordID = "q"
				return tx.SaveAccount(&account)
			})
			if err != nil {
				f.Error(err)
			}
		},
		"lapsed": func(f *fixture) { f.clock.Advance(lockout.ReservationLife) },
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(f *fixture) {
				err := f.process().Attempt(f.Context(), f.rules, f.subject, core.Actor{}, func(context.Context, models.Account) (bool, error) {
					change(f)
					return true, nil
				}, func(*models.Tx, *models.Account) (bool, error) { f.Error("opened"); return true, nil })
				var failure lockout.Failure
				if !errors.As(err, &failure) || failure.Reason != lockout.ReasonChanged {
					f.Errorf("got %v", err)
				}
			})
		})
	}
}
