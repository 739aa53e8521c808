package accounts_test

import (
	"encoding/base32"
	"errors"
	"io"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/accounts/mfa"
	"latchkey/accounts/session"
	"latchkey/internal/testkit"
	"latchkey/models"
	"latchkey/password"
)

// app is an authenticator app.
type app struct {
	secret string // in base32
	clock  *testkit.Clock
}

func (a app) code() string { return testkit.TOTP(a.secret, a.clock.Now()) }

// other is a code that the app does not show around now.
func (a app) other() string { return testkit.WrongTOTP(a.secret, a.clock.Now()) }

// withApp gives the account an authenticator app. The next code is of a later step.
func (w *world) withApp(name string) (a app, recovery []string) {
	w.Helper()
	_, actor := w.visitor(name, secret)
	begun := must(w.Factors.BeginTOTP(w.Context(), actor))(w)
	a = app{begun.Secret, w.clock}
	recovery = must(w.Factors.ConfirmTOTP(w.Context(), actor, begun.ID, "Phone", a.code()))(w)
	w.clock.Advance(30 * time.Second)
	return a, recovery
}

// half signs in with the right password, and is asked for the second factor.
func (w *world) half(name string, from core.ClientInfo) session.Current {
	w.Helper()
	in := must(w.Sessions.SignIn(w.Context(), name, secret, from))(w)
	if in.Gate != core.GateFactor || in.Device != "" {
		w.Fatalf("the session is at the gate %q, device %q", in.Gate, in.Device)
	}
	return must(w.Sessions.Resolve(w.Context(), in.Token, from.Address))(w)
}

func TestSignInWithTwoFactors(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		phone, recovery := w.withApp("ada")
		if len(recovery) != 10 {
			t.Fatalf("recovery codes: %v", recovery)
		}
		before := w.account(ada.ID)
		w.clock.Advance(time.Hour)
		current := w.half("ada", visit)
		if after := w.account(ada.ID); !after.LastSignInAt.Equal(*before.LastSignInAt) {
			t.Error("the password alone counts as a sign-in")
		}
		if _, err := w.Factors.SignIn(t.Context(), current, visit, mfa.Code{Code: phone.other()}); wrongFields(err) != "code" {
			t.Fatalf("a wrong code: %v", err)
		}
		if a := w.account(ada.ID); a.FailedAttempts != 1 || w.reasons(ada.ID)["wrong-code"] != 1 {
			t.Errorf("%d failed attempts, %v", a.FailedAttempts, w.reasons(ada.ID))
		}
		in := must(w.Factors.SignIn(t.Context(), current, visit, mfa.Code{Code: phone.code()}))(t)
		if in.Gate != "" || in.Device == "" || !w.holds(in.Token) {
			t.Errorf("signed in: %+v", in)
		}
		if a := w.account(ada.ID); a.FailedAttempts != 0 || !a.LastSignInAt.Equal(w.clock.Now()) {
			t.Errorf("%d failed attempts, last sign-in %v", a.FailedAttempts, a.LastSignInAt)
		}
		if _, err := w.Factors.SignIn(t.Context(), current, visit, mfa.Code{Code: phone.code()}); !errors.Is(err, core.ErrSignedOut) && wrongFields(err) != "code" {
			t.Errorf("the same session again: %v", err)
		}
	})
}

// TestRightPasswordsDoNotResetWrongCodes: otherwise a known password would let codes be guessed for ever.
func TestRightPasswordsDoNotResetWrongCodes(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		phone, _ := w.withApp("ada")
		stranger := core.ClientInfo{Address: "198.51.100.9", UserAgent: "x"}
		for n := range 10 {
			current := w.half("ada", stranger)
			if a := w.account(ada.ID); a.FailedAttempts != n {
				t.Fatalf("after %d wrong codes and a right password %d are counted", n, a.FailedAttempts)
			}
			_, err := w.Factors.SignIn(t.Context(), current, stranger, mfa.Code{Code: phone.other()})
			if last := n == 9; last != errors.Is(err, core.ErrSignedOut) {
				t.Errorf("wrong code %d: %v", n+1, err)
			}
		}
		w.refused(1, "ada", secret)
		if a := w.account(ada.ID); w.Policies.Current().State(a) != models.Blacklisted {
			t.Errorf("the account is %s", w.Policies.Current().State(a))
		}
	})
}

func TestFifthWrongCodeEndsTheSession(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		w.customer("ada")
		phone, _ := w.withApp("ada")
		current := w.half("ada", visit)
		for n := range 5 {
			_, err := w.Factors.SignIn(t.Context(), current, visit, mfa.Code{Code: phone.other()})
			if last := n == 4; last != errors.Is(err, core.ErrSignedOut) {
				t.Errorf("wrong code %d: %v", n+1, err)
			}
		}
		if n := w.count("SELECT count(*) FROM sessions WHERE needs_factor"); n != 0 {
			t.Errorf("%d sessions wait for the factor", n)
		}
	})
}

// TestParallelCodesAreCountedExactly: of 400 codes on two processes, in sessions enough, as many are compared as may be wrong.
func TestParallelCodesAreCountedExactly(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		phone, _ := w.withApp("ada")
		processes := []*world{w, w.another()}
		var sessions []session.Current
		for range 100 {
			sessions = append(sessions, w.half("ada", visit))
		}
		wrong := phone.other()
		testkit.Together(400, func(i int) {
			if _, err := processes[i%2].Factors.SignIn(t.Context(), sessions[i%100], visit, mfa.Code{Code: wrong}); err == nil {
				t.Error("a wrong code signed in")
			}
		})
		if n := w.reasons(ada.ID)["wrong-code"]; n != 10 {
			t.Errorf("%d codes were compared, want 10", n)
		}
	})
}

func TestCodeWorksOnce(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		phone, recovery := w.withApp("ada")
		for name, code := range map[string]mfa.Code{"app": {Code: phone.code()}, "recovery code": {Recovery: strings.ToLower(recovery[3])}} {
			w.clock.Advance(time.Second) // the mail about a block is sent once at a time
			processes := []*world{w, w.another()}
			var sessions []session.Current
			for range 20 {
				sessions = append(sessions, w.half("ada", visit))
			}
			var signedIn atomic.Int64
			testkit.Together(len(sessions), func(i int) {
				if _, err := processes[i%2].Factors.SignIn(t.Context(), sessions[i], visit, code); err == nil {
					signedIn.Add(1)
				}
			})
			if signedIn.Load() != 1 {
				t.Errorf("%s: %d of 20 parallel uses signed in", name, signedIn.Load())
			}
			w.tamper(ada.ID, func(a *models.Account) { a.ResetFailures() })
		}
		if _, left, err := w.Factors.Factors(t.Context(), as(ada)); err != nil || left != 9 {
			t.Errorf("%d recovery codes are left: %v", left, err)
		}
	})
}

// TestWhatIsNoCode is refused without an attempt.
func TestWhatIsNoCode(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		w.withApp("ada")
		current := w.half("ada", visit)
		for _, code := range []mfa.Code{{}, {Code: "12345"}, {Code: "1234567"}, {Code: "abcdef"}, {Code: strings.Repeat("1", 1<<16)}, {Recovery: "x"}, {Recovery: strings.Repeat("7", 1<<16)}} {
			if _, err := w.Factors.SignIn(t.Context(), current, visit, code); wrongFields(err) == "" {
				t.Errorf("%.40v: %v", code, err)
			}
		}
		if a := w.account(ada.ID); a.FailedAttempts != 0 {
			t.Errorf("%d failed attempts", a.FailedAttempts)
		}
	})
}

func TestRememberedBrowserIsNotAsked(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		phone, _ := w.withApp("ada")
		in := must(w.Factors.SignIn(t.Context(), w.half("ada", visit), visit, mfa.Code{Code: phone.code(), Remember: true}))(t)
		remembered := with(in.Device)
		again := must(w.Sessions.SignIn(t.Context(), "ada", secret, remembered))(t)
		if again.Gate != "" {
			t.Errorf("the browser is at the gate %q", again.Gate)
		}
		w.half("ada", visit) // another browser is asked
		who := must(w.Sessions.Resolve(t.Context(), again.Token, visit.Address))(t)
		actor := as(ada)
		actor.SessionID = who.Session.ID
		w.clock.Advance(30 * time.Second)
		must(w.Factors.Confirm(t.Context(), who, remembered, secret, mfa.Code{Code: phone.code()}))(t)
		begun := must(w.Factors.BeginTOTP(t.Context(), actor))(t)
		must(w.Factors.ConfirmTOTP(t.Context(), actor, begun.ID, "Tablet", app{begun.Secret, w.clock}.code()))(t)
		w.half("ada", remembered) // after a factor was added
	})
}

func TestUnconfirmedAppDoesNotCount(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		w.customer("ada")
		_, actor := w.visitor("ada", secret)
		first := must(w.Factors.BeginTOTP(t.Context(), actor))(t)
		phone := app{first.Secret, w.clock}
		if _, err := w.Factors.ConfirmTOTP(t.Context(), actor, first.ID, "", phone.other()); wrongFields(err) != "code" {
			t.Errorf("a wrong code: %v", err)
		}
		if in := w.signIn("ada", secret); in.Gate != "" {
			t.Errorf("the sign-in is at the gate %q", in.Gate)
		}
		second := must(w.Factors.BeginTOTP(t.Context(), actor))(t)
		if _, err := w.Factors.ConfirmTOTP(t.Context(), actor, first.ID, "", phone.code()); !errors.Is(err, core.ErrNotFound) {
			t.Errorf("an app that another has replaced: %v", err)
		}
		if shown := must(w.Factors.SetUp(t.Context(), actor, second.ID))(t); shown != second {
			t.Errorf("shown again: %+v, want %+v", shown, second)
		}
		w.customer("eve")
		_, eve := w.visitor("eve", secret)
		if _, err := w.Factors.ConfirmTOTP(t.Context(), eve, second.ID, "", app{second.Secret, w.clock}.code()); !errors.Is(err, core.ErrNotFound) {
			t.Errorf("another account: %v", err)
		}
		if _, err := w.Factors.ConfirmTOTP(t.Context(), actor, second.ID, strings.Repeat("x", 65), app{second.Secret, w.clock}.code()); wrongFields(err) != "title" {
			t.Errorf("a long title: %v", err)
		}
	})
}

func TestOperatorResetsFactors(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		phone, _ := w.withApp("ada")
		in := must(w.Factors.SignIn(t.Context(), w.half("ada", visit), visit, mfa.Code{Code: phone.code()}))(t)
		if err := w.Factors.Reset(t.Context(), w.root, ada.ID); err != nil {
			t.Fatal(err)
		}
		if w.holds(in.Token) || w.count("SELECT count(*) FROM factors")+w.count("SELECT count(*) FROM recovery_codes") != 0 {
			t.Error("sessions, factors or codes are left")
		}
		if again := w.signIn("ada", secret); again.Gate != "" {
			t.Errorf("the sign-in is at the gate %q", again.Gate)
		}
		if err := w.Factors.Reset(t.Context(), w.root, ada.ID); !errors.Is(err, mfa.ErrNoFactor) {
			t.Errorf("once more: %v", err)
		}
	})
}

// TestSecretsAreNotInTheDatabase in a form that a thief could use.
func TestSecretsAreNotInTheDatabase(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		w.customer("ada")
		phone, recovery := w.withApp("ada")
		key, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(phone.secret)
		if err != nil {
			t.Fatal(err)
		}
		var factor models.Factor
		w.do(func(tx *models.Tx) error {
			factors, err := tx.Factors(must(tx.AccountByIdentifier("ada"))(t).ID)
			factor = factors[0]
			return err
		})
		if strings.Contains(string(factor.Secret), string(key)) || strings.Contains(string(factor.Secret), phone.secret) {
			t.Error("the app's secret is stored in clear")
		}
		plain := strings.ReplaceAll(recovery[0], "-", "")
		if w.count("SELECT count(*) FROM recovery_codes WHERE hash LIKE '%"+plain+"%' OR hash LIKE '%"+recovery[0]+"%'") != 0 {
			t.Error("a recovery code is stored in clear")
		}
	})
}

// TestTrustedBrowserShowsItsFactorDuringABlock: failures of others must not lock the owner out of the second step.
func TestTrustedBrowserShowsItsFactorDuringABlock(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		phone, _ := w.withApp("ada")
		device := must(w.Factors.SignIn(t.Context(), w.half("ada", visit), visit, mfa.Code{Code: phone.code()}))(t).Device
		w.clock.Advance(time.Minute)
		w.refused(10, "ada", "wrong guess")
		if w.account(ada.ID).BlockedAt == nil {
			t.Fatal("the account is not blocked")
		}
		own := with(device)
		current := w.half("ada", own)
		if _, err := w.Factors.SignIn(t.Context(), current, own, mfa.Code{Code: phone.other()}); wrongFields(err) != "code" {
			t.Errorf("a mistyped code: %v", err)
		}
		in := must(w.Factors.SignIn(t.Context(), current, own, mfa.Code{Code: phone.code()}))(t)
		if in.Gate != "" {
			t.Errorf("at the gate %q", in.Gate)
		}
		w.clock.Advance(time.Minute)
		who := must(w.Sessions.Resolve(t.Context(), in.Token, visit.Address))(t)
		must(w.Factors.Confirm(t.Context(), who, own, secret, mfa.Code{Code: phone.code()}))(t)
	})
}

// TestRecoveryCodeIsNotRemembered: it replaces the factor once.
func TestRecoveryCodeIsNotRemembered(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		w.customer("ada")
		_, recovery := w.withApp("ada")
		in := must(w.Factors.SignIn(t.Context(), w.half("ada", visit), visit, mfa.Code{Recovery: recovery[0], Remember: true}))(t)
		w.half("ada", with(in.Device))
	})
}

// TestSecondAppNeedsTheFirst: an app that was begun before the account had a factor must not become one afterwards without it.
func TestSecondAppNeedsTheFirst(t *testing.T) {
	passkeys(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		_, thief := w.visitor("ada", secret)
		_, owner := w.visitor("ada", secret)
		begun := must(w.Factors.BeginTOTP(t.Context(), thief))(t)
		stolen := app{begun.Secret, w.clock}
		w.addPasskey(owner)
		if _, err := w.Factors.ConfirmTOTP(t.Context(), thief, begun.ID, "Mine", stolen.code()); err == nil {
			t.Error("the thief's app became a factor")
		}
		if _, err := w.Factors.BeginTOTP(t.Context(), thief); !errors.Is(err, core.ErrConfirmFirst) {
			t.Errorf("the thief begins another one: %v", err)
		}
		if n := len(w.factors(ada.ID)); n != 1 {
			t.Errorf("there are %d factors", n)
		}
	})
}

// TestSecretsOfAppsAreRandom: of 160 bits (RFC 4226 §4, R6), and there are none without randomness.
func TestSecretsOfAppsAreRandom(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		w.customer("ada")
		_, actor := w.visitor("ada", secret)
		seen := map[string]bool{}
		for range 20 {
			begun := must(w.Factors.BeginTOTP(t.Context(), actor))(t)
			if key, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(begun.Secret); err != nil || len(key) != 20 || seen[begun.Secret] {
				t.Errorf("the secret is %s: %v", begun.Secret, err)
			}
			seen[begun.Secret] = true
		}
		before := w.count("SELECT count(*) FROM factors")
		dry := w.another(func(o *accounts.Options) { o.Random = strings.NewReader("nineteen bytes only") })
		if begun, err := dry.Factors.BeginTOTP(t.Context(), actor); !errors.Is(err, io.ErrUnexpectedEOF) || begun.Secret != "" {
			t.Errorf("without randomness: %+v, %v", begun, err)
		}
		if n := w.count("SELECT count(*) FROM factors"); n != before {
			t.Errorf("there are %d factors, before %d", n, before)
		}
	})
}

// TestSetUpEnds: a secret that was shown an hour ago is not shown again, and becomes no factor.
func TestSetUpEnds(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		w.customer("ada")
		_, actor := w.visitor("ada", secret)
		begun := must(w.Factors.BeginTOTP(t.Context(), actor))(t)
		w.clock.Advance(time.Hour + time.Second)
		if _, err := w.Factors.SetUp(t.Context(), actor, begun.ID); !errors.Is(err, core.ErrNotFound) {
			t.Errorf("it is shown: %v", err)
		}
	})
}

// TestCurrentPasswordDoesNotResetWrongCodes, since it may be what the attacker knows.
func TestCurrentPasswordDoesNotResetWrongCodes(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		current, actor := w.visitor("ada", secret)
		phone, _ := w.withApp("ada")
		stranger := core.ClientInfo{Address: "198.51.100.9", UserAgent: "x"}
		for range 2 {
			if _, err := w.Factors.SignIn(t.Context(), w.half("ada", stranger), stranger, mfa.Code{Code: phone.other()}); wrongFields(err) != "code" {
				t.Fatal(err)
			}
		}
		if _, err := w.Sessions.ChangePassword(t.Context(), current, actor, change(secret, secret)); err == nil { // which the history refuses
			t.Fatal("the same password is set again")
		}
		if n := w.account(ada.ID).FailedAttempts; n != 2 {
			t.Errorf("%d failed attempts are left of 2", n)
		}
	})
}

// TestSigningOutOthersAsksForTheFactor in all browsers again.
func TestSigningOutOthersAsksForTheFactor(t *testing.T) {
	for name, end := range map[string]func(w *world, actor core.Actor) error{
		"the owner":   func(w *world, actor core.Actor) error { return w.Sessions.EndOthers(w.Context(), actor) },
		"an operator": func(w *world, actor core.Actor) error { return w.Sessions.EndAll(w.Context(), w.root, actor.ID) },
	} {
		t.Run(name, func(t *testing.T) {
			scenario(t, func(t *testing.T, w *world) {
				w.customer("ada")
				phone, _ := w.withApp("ada")
				in := must(w.Factors.SignIn(t.Context(), w.half("ada", visit), visit, mfa.Code{Code: phone.code(), Remember: true}))(t)
				who := must(w.Sessions.Resolve(t.Context(), in.Token, visit.Address))(t)
				actor := as(who.Account)
				actor.SessionID = who.Session.ID
				if err := end(w, actor); err != nil {
					t.Fatal(err)
				}
				w.half("ada", with(in.Device))
			})
		})
	}
}

// TestParallelCodesOfASession: five are compared, also if no policy counts failures.
func TestParallelCodesOfASession(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		phone, _ := w.withApp("ada")
		current, processes := w.half("ada", visit), []*world{w, w.another()}
		testkit.Together(40, func(i int) {
			if _, err := processes[i%2].Factors.SignIn(t.Context(), current, visit, mfa.Code{Code: phone.other()}); err == nil {
				t.Error("a wrong code signs in")
			}
		})
		if n := w.reasons(ada.ID)["wrong-code"]; n != 5 {
			t.Errorf("%d codes were compared", n)
		}
	}, accountPolicy(func(p *password.Policy) { p.MaxLoginAttempts = 0 }), func(o *accounts.Options) { o.Settings.AttemptsCap = 0 })
}
