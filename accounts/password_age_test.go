package accounts_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/accounts/session"
)

// TestPasswordMinimumAge: owners cannot change a password that they chose before it has the minimum age, so that they do not cycle
// through the history. A password that an operator set, and a demanded change, are never refused for it.
func TestPasswordMinimumAge(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		w.customer("ada")
		first, second, third := secret, "Another horse 2", "Another horse 3"
		own := func(from, to string) error {
			who, by := w.visitor("ada", from)
			_, err := w.Sessions.ChangePassword(t.Context(), who, by, change(from, to))
			return err
		}
		tooSoon := func(what, from, to string, at time.Time) {
			t.Helper()
			var soon core.TooSoonError
			if err := own(from, to); !errors.As(err, &soon) || !soon.From.Equal(at) {
				t.Errorf("%s: %v from %v, want from %v", what, err, soon.From, at)
			}
		}
		allowed := func(what, from, to string) {
			t.Helper()
			if err := own(from, to); err != nil {
				t.Errorf("%s: %v", what, err)
			}
		}
		who, by := w.visitor("ada", first)
		if _, err := w.Sessions.ChangePassword(t.Context(), who, by, change(first, second)); err != nil {
			t.Errorf("the operator's password, at once: %v", err)
		}
		if _, err := w.Sessions.ChangePassword(t.Context(), who, by, change(second, third)); !errors.As(err, &core.TooSoonError{}) {
			t.Errorf("in a request that began before the last change: %v", err)
		}
		changed := w.clock.Now()
		tooSoon("at once", second, third, changed.Add(24*time.Hour))
		tooSoon("with a wrong current one", second, "x", changed.Add(24*time.Hour))
		w.clock.Advance(24*time.Hour - time.Microsecond)
		tooSoon("a moment too soon", second, third, changed.Add(24*time.Hour))
		w.clock.Advance(time.Microsecond)
		allowed("after a day", second, third)

		ada := must(w.FindByIdentifier(t.Context(), "ada"))(t)
		if err := w.RequireChange(t.Context(), w.root, ada.ID); err != nil {
			t.Fatal(err)
		}
		allowed("on demand", third, "Another horse 4")
		tooSoon("after a demanded change", "Another horse 4", "Another horse 5", w.clock.Now().Add(24*time.Hour))
		must(w.ResetPassword(t.Context(), w.root, ada.ID, accounts.PasswordChoice{Mode: accounts.Typed, Text: "Another horse 6"}, ""))(t)
		allowed("a password that was reset", "Another horse 6", "Another horse 7")
		must(w.ResetPassword(t.Context(), w.root, ada.ID, accounts.PasswordChoice{Mode: accounts.Typed, Text: "Another horse 8", OneTime: true}, ""))(t)
		allowed("a one-time password", "Another horse 8", "Another horse 9")
	}, minAge(24*time.Hour))
}

func minAge(age time.Duration) func(*accounts.Options) {
	return func(o *accounts.Options) { o.Settings.PasswordMinAge = age }
}

// TestPasswordMinimumAgeOfExpired: an expired password can be changed at once, even if the minimum age exceeds its lifetime.
func TestPasswordMinimumAgeOfExpired(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		w.customer("ada")
		who, by := w.visitor("ada", secret)
		in := must(w.Sessions.ChangePassword(t.Context(), who, by, change(secret, "Another horse 2")))(t)
		w.clock.Advance(65 * 24 * time.Hour)
		if from, soon := w.Policies.Current().ChangeableFrom(in.Account); soon {
			t.Errorf("in a session that is open it can be changed from %v", from)
		}
		who, by = w.visitor("ada", "Another horse 2")
		if _, err := w.Sessions.ChangePassword(t.Context(), who, by, session.NewPassword{Password: "Another horse 3", Confirmation: "Another horse 3"}); err != nil {
			t.Error(err)
		}
	}, minAge(365*24*time.Hour))
}

// TestPasswordMinimumAgeInParallel: of fifty changes at once one is carried out; the others are too soon after it, or find that
// the password is another one.
func TestPasswordMinimumAgeInParallel(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		w.customer("ada")
		who, by := w.visitor("ada", secret)
		var mu sync.Mutex
		var all sync.WaitGroup
		won, soon := 0, 0
		var others []error
		for i := range 50 {
			all.Go(func() {
				_, err := w.Sessions.ChangePassword(t.Context(), who, by, change(secret, "Another horse "+string(rune('A'+i))))
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil:
					won++
				case errors.As(err, &core.TooSoonError{}):
					soon++
				default:
					others = append(others, err)
				}
			})
		}
		all.Wait()
		if won != 1 {
			t.Errorf("%d of 50 changed the password, %d were too soon", won, soon)
		}
		for _, err := range others {
			if !errors.Is(err, core.ErrPasswordMeanwhile) && wrongFields(err) != "current" && !errors.Is(err, core.ErrSignedOut) {
				t.Errorf("one was refused with %v", err)
			}
		}
		if n := w.count("SELECT count(*) FROM audit_events WHERE action = 'password-changed'"); n != 1 {
			t.Errorf("%d changes are recorded", n)
		}
	}, minAge(24*time.Hour))
}
