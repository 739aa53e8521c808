package accounts_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/accounts/lockout"
	"latchkey/accounts/mfa"
	"latchkey/internal/testkit"
	"latchkey/models"
	"latchkey/password"
)

// with returns a visit from a browser that holds the tokens.
func with(tokens ...string) core.ClientInfo {
	from := visit
	from.Devices = tokens
	return from
}

// device makes a browser known to an account, and returns its token.
func (w *world) device(name string) string {
	w.Helper()
	token := w.signIn(name, secret).Device
	if token == "" {
		w.Fatal("signing in made no browser known")
	}
	return token
}

// fails signs in wrongly from the browser, n times.
func (w *world) fails(n int, name string, from core.ClientInfo) {
	w.Helper()
	for i := range n {
		if _, err := w.Sessions.SignIn(w.Context(), name, fmt.Sprint("wrong guess ", i), from); !errors.Is(err, core.ErrSignIn) {
			w.Fatalf("guess %d at %s: %v", i, name, err)
		}
	}
}

// known returns the account's devices.
func (w *world) known(id string) []models.Device {
	w.Helper()
	return must(w.db.Read(w.Context()).Devices(id, models.Trusted{Now: w.clock.Now()}, 1000))(w)
}

// wantCounts fails the test unless strangers and the account's trusted browsers have failed so often.
func (w *world) wantCounts(what, id string, strangers, trusted int) {
	w.Helper()
	if a := w.account(id); a.FailedAttempts != strangers || a.DeviceFailures != trusted {
		w.Errorf("%s: strangers failed %d times, trusted browsers %d; want %d and %d", what, a.FailedAttempts, a.DeviceFailures, strangers, trusted)
	}
}

// TestTrustedBrowsersShareABudget: however many browsers an account trusts, they have as many attempts as one.
func TestTrustedBrowsersShareABudget(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		stolen, present := w.device("ada"), w.device("ada")
		w.fails(6, "ada", with(stolen))
		w.fails(6, "ada", with(present))
		w.wantCounts("two browsers", ada.ID, 2, 10)
		must(w.Sessions.SignIn(t.Context(), "ada", secret, with(present)))(t)
		w.wantCounts("a success", ada.ID, 0, 0)
		w.fails(9, "ada", with(stolen))
		must(w.Sessions.SignIn(t.Context(), "ada", secret, with(present)))(t)
		w.wantCounts("a success at the last attempt but one", ada.ID, 0, 0)
		before := w.hashes.Evaluated()
		testkit.Together(60, func(i int) {
			_, _ = w.Sessions.SignIn(t.Context(), "ada", "wrong guess", with([]string{stolen, present}[i%2]))
		})
		if got := w.hashes.Evaluated() - before; got != 20 {
			t.Errorf("%d passwords were evaluated, want 10 of the trusted browsers and 10 of strangers", got)
		}
	})
}

// TestDeviceCookies: a browser that has signed in has a count of its own.
func TestDeviceCookies(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		token := w.device("ada")
		if again := must(w.Sessions.SignIn(t.Context(), "ada@example.com", secret, with(token)))(t).Device; again != token {
			t.Error("a known browser was made known once more")
		}
		w.refused(7, "ada", "wrong guess")
		w.fails(9, "ada", with(token))
		w.wantCounts("each by itself", ada.ID, 7, 9)
		must(w.Sessions.SignIn(t.Context(), "ada", secret, with(token)))(t)
		w.wantCounts("a known browser's success resets only its own", ada.ID, 7, 0)
		must(w.Sessions.SignIn(t.Context(), "ada", secret, visit))(t)
		if a := w.account(ada.ID); a.FailedAttempts != 0 || len(w.known(ada.ID)) != 2 {
			t.Errorf("after a stranger's success: %d failures, %d browsers", a.FailedAttempts, len(w.known(ada.ID)))
		}
	})
}

// TestUsedUpDeviceIsAStranger: a browser without attempts left shares the strangers', and is known again when it succeeds.
func TestUsedUpDeviceIsAStranger(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		token := w.device("ada")
		w.fails(13, "ada", with(token))
		w.wantCounts("used up", ada.ID, 3, 10)
		if n := len(w.events(models.AuditFilter{SubjectID: ada.ID, Action: core.ActionDeviceUsedUp})); n != 1 {
			t.Errorf("the log says %d times that a browser has no attempts left", n)
		}
		if got := must(w.Devices(t.Context(), w.account(ada.ID)))(t); got != (lockout.Devices{Known: 1, UsedUp: true}) {
			t.Errorf("operators see %+v", got)
		}
		if got := must(w.Sessions.SignIn(t.Context(), "ada", secret, with(token)))(t).Device; got != token {
			t.Error("a browser that is known again was given another token")
		}
		w.wantCounts("succeeded as a stranger", ada.ID, 0, 0)
		w.fails(20, "ada", with(token))
		w.wantCounts("used up, and then as a stranger", ada.ID, 10, 10)
		if a := w.account(ada.ID); w.Policies.Current().State(a) != models.Blacklisted {
			t.Errorf("the account is %s", w.Policies.Current().State(a))
		}
		if err := w.Unblock(t.Context(), w.root, ada.ID); err != nil {
			t.Fatal(err)
		}
		w.wantCounts("unblocked", ada.ID, 0, 0)
	})
}

// TestUnblockForgivesDevices: an operator can help also where only a browser has used up its attempts.
func TestUnblockForgivesDevices(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		w.fails(10, "ada", with(w.device("ada")))
		w.wantCounts("used up", ada.ID, 0, 10)
		if err := w.Unblock(t.Context(), w.root, ada.ID); err != nil {
			t.Fatal(err)
		}
		w.wantCounts("unblocked", ada.ID, 0, 0)
		if err := w.Unblock(t.Context(), w.root, ada.ID); !errors.Is(err, core.ErrNotBlacklisted) {
			t.Errorf("nothing to forgive: %v", err)
		}
	})
}

// TestWhoIsAStranger: only a token of this account, within its days, that no operator has revoked, is known.
func TestWhoIsAStranger(t *testing.T) {
	choice := accounts.PasswordChoice{Mode: accounts.Typed, Text: "Another horse 2"}
	for name, tc := range map[string]struct {
		meanwhile func(w *world, ada models.Account)
		token     func(token, others string) string
		known     bool
	}{
		"the same":           {known: true},
		"another's":          {token: func(_, others string) string { return others }},
		"made up":            {token: func(token, _ string) string { return strings.ToUpper(token) }},
		"its hash":           {token: func(token, _ string) string { return accounts.HashToken(token) }},
		"empty":              {token: func(string, string) string { return "" }},
		"on its last day":    {meanwhile: func(w *world, _ models.Account) { w.clock.Advance(365*24*time.Hour - time.Millisecond) }, known: true},
		"after its last day": {meanwhile: func(w *world, _ models.Account) { w.clock.Advance(365 * 24 * time.Hour) }},
		"after an operator reset the password": {meanwhile: func(w *world, ada models.Account) {
			must(w.ResetPassword(w.Context(), w.root, ada.ID, choice, ""))(w)
		}},
		"after an own change elsewhere": {meanwhile: func(w *world, _ models.Account) {
			who, actor := w.visitor("ada", secret)
			must(w.Sessions.ChangePassword(w.Context(), who, actor, change(secret, "Another horse 2")))(w)
		}},
		"after an operator demanded a change": {meanwhile: func(w *world, ada models.Account) {
			if err := w.RequireChange(w.Context(), w.root, ada.ID); err != nil {
				w.Fatal(err)
			}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			scenario(t, func(t *testing.T, w *world) {
				ada := w.customer("ada")
				w.customer("bob")
				token, others := w.device("ada"), w.device("bob")
				if tc.meanwhile != nil {
					tc.meanwhile(w, ada)
				}
				if tc.token != nil {
					token = tc.token(token, others)
				}
				w.fails(1, "ada", with(token))
				if known := w.account(ada.ID).FailedAttempts == 0; known != tc.known {
					t.Errorf("known: %t, want %t", known, tc.known)
				}
			})
		})
	}
}

// TestKnownBrowsersStayKnown: a browser in use gets a new token before its year is over, and the former token stays valid.
func TestKnownBrowsersStayKnown(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		w.customer("ada")
		token := w.device("ada")
		w.clock.Advance(lockout.DeviceLife/2 - time.Second)
		if got := must(w.Sessions.SignIn(t.Context(), "ada", secret, with(token)))(t).Device; got != token {
			t.Error("a young one was made known anew")
		}
		w.clock.Advance(time.Second)
		renewed := must(w.Sessions.SignIn(t.Context(), "ada", secret, with(token)))(t).Device
		if renewed == token || renewed == "" {
			t.Error("an old one was not made known anew")
		}
		w.clock.Advance(lockout.DeviceLife - time.Second)
		if got := must(w.Sessions.SignIn(t.Context(), "ada", secret, with(renewed, token)))(t).Device; got == renewed || got == "" {
			t.Error("what was made known anew did not hold, or was not renewed in its turn")
		}
	}, accountPolicy(func(p *password.Policy) { p.PasswordExpirationInDays = 0 }))
}

// TestShorterTrustAppliesAtOnce: also to browsers that are trusted already, and to the second factor.
func TestShorterTrustAppliesAtOnce(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		phone, _ := w.withApp("ada")
		in := must(w.Factors.SignIn(t.Context(), w.half("ada", visit), visit, mfa.Code{Code: phone.code(), Remember: true}))(t)
		shorter := w.another(func(o *accounts.Options) { o.Settings.DeviceLife = 24 * time.Hour })
		w.clock.Advance(24*time.Hour - time.Second)
		if got := must(shorter.Sessions.SignIn(t.Context(), "ada", secret, with(in.Device)))(t); got.Gate != "" {
			t.Errorf("within a day the session is at the gate %q", got.Gate)
		}
		w.clock.Advance(time.Second)
		if got := must(shorter.Sessions.SignIn(t.Context(), "ada", secret, with(in.Device)))(t); got.Gate != core.GateFactor {
			t.Errorf("after a day the session is at the gate %q", got.Gate)
		}
		shorter.fails(1, "ada", with(in.Device))
		if a := w.account(ada.ID); a.FailedAttempts != 1 {
			t.Error("after a day the browser has attempts of its own")
		}
		if got := must(w.Sessions.SignIn(t.Context(), "ada", secret, with(in.Device)))(t); got.Gate != "" {
			t.Error("what was switched to a shorter time is lost with the longer one")
		}
	})
}

// A browser in which a new password must be chosen first is trusted once that is done.
func TestKnownAfterTheReset(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.create(accounts.NewAccount{Name: "ada", Password: accounts.PasswordChoice{Text: secret, OneTime: true}})
		in := w.signIn("ada", secret)
		if in.Device != "" || len(w.known(ada.ID)) != 0 {
			t.Error("a one-time password made a browser known")
		}
		who := must(w.Sessions.Resolve(t.Context(), in.Token, visit.Address))(t)
		in = must(w.Sessions.ChangePassword(t.Context(), who, as(who.Account), change("", "My own horse 1")))(t)
		if in.Device == "" {
			t.Fatal("choosing a password of one's own made no browser known")
		}
		w.fails(1, "ada", with(in.Device))
		w.wantCounts("after the reset", ada.ID, 0, 1)
	})
}

// Without device cookies no browser is trusted, and none is stored.
func TestDeviceCookiesOff(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		token := w.another(func(o *accounts.Options) { o.Settings.DeviceCookies = true }).device("ada")
		if got := w.signIn("ada", secret).Device; got != "" {
			t.Error("a browser was made known")
		}
		w.fails(10, "ada", with(token))
		if a := w.account(ada.ID); w.Policies.Current().State(a) != models.Blacklisted {
			t.Errorf("the account is %s", w.Policies.Current().State(a))
		}
		if _, err := w.Sessions.SignIn(t.Context(), "ada", secret, with(token)); !errors.Is(err, core.ErrSignIn) {
			t.Errorf("the browser got in all the same: %v", err)
		}
	}, func(o *accounts.Options) { o.Settings.DeviceCookies = false })
}

// TestDeviceWithoutLimit: where no number of attempts blacklists, a known browser has as many as the cap allows.
func TestDeviceWithoutLimit(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		w.fails(19, "ada", with(w.device("ada")))
		w.wantCounts("beyond the cap", ada.ID, 2, 17)
	}, accountPolicy(func(p *password.Policy) { p.MaxLoginAttempts = 0 }), func(o *accounts.Options) { o.Settings.AttemptsCap = 17 })
}

// TestOldDevicesAreForgotten: those that have ended, and of a script that keeps no cookies all but the newest.
func TestOldDevicesAreForgotten(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada, bob := w.customer("ada"), w.customer("bob")
		first := w.device("ada")
		for range lockout.MaxDevices {
			w.clock.Advance(time.Minute)
			w.device("ada")
		}
		w.device("bob")
		if a, b := len(w.known(ada.ID)), len(w.known(bob.ID)); a != lockout.MaxDevices || b != 1 {
			t.Errorf("%d and %d browsers are known", a, b)
		}
		w.fails(1, "ada", with(first))
		if w.account(ada.ID).FailedAttempts != 1 {
			t.Error("the oldest is still known")
		}
		w.clock.Advance(lockout.DeviceLife + time.Millisecond)
		if err := w.PurgeExpired(t.Context()); err != nil || w.count("SELECT count(*) FROM devices") != 0 {
			t.Errorf("devices that have ended are kept, %v", err)
		}
	})
}
