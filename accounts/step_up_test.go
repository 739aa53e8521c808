package accounts_test

import (
	"errors"
	"testing"
	"time"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/accounts/lockout"
	"latchkey/accounts/mfa"
	"latchkey/accounts/session"
	"latchkey/internal/testkit"
	"latchkey/models"
)

// sensitive are the use cases that ask who acts, each on a target of its own.
func (w *world) sensitive() map[string]func(core.Actor) error {
	target := func(kind models.Kind, name string) models.Account {
		if found, err := w.FindByIdentifier(w.Context(), name); err == nil {
			return found
		}
		return w.create(accounts.NewAccount{Kind: kind, Name: name})
	}
	return map[string]func(core.Actor) error{
		"create a SuperAdmin": func(by core.Actor) error {
			_, err := w.Create(w.Context(), by, fill(accounts.NewAccount{Kind: models.SuperAdmin, Name: "chief"}))
			return err
		},
		"reset a SuperAdmin's password": func(by core.Actor) error {
			_, err := w.ResetPassword(w.Context(), by, target(models.SuperAdmin, "deputy").ID, accounts.PasswordChoice{Mode: accounts.Generated}, "")
			return err
		},
		"delete an account": func(by core.Actor) error {
			return w.Delete(w.Context(), by, target(models.Customer, "gone").ID, "gone")
		},
		"reset a factor": func(by core.Actor) error {
			if bob := target(models.Customer, "bob"); w.count("SELECT count(*) FROM factors WHERE account_id = '"+bob.ID+"'") == 0 {
				w.exec("INSERT INTO factors (id, account_id, kind, title, secret, created_at, confirmed_at) VALUES ('bobs', '" + bob.ID + "', 'totp', '', '', '2026-01-01', '2026-01-01')")
			}
			return w.Factors.Reset(w.Context(), by, target(models.Customer, "bob").ID)
		},
		"add a factor": func(by core.Actor) error {
			_, err := w.Factors.BeginTOTP(w.Context(), by)
			return err
		},
		"end one's other sessions": func(by core.Actor) error { return w.Sessions.EndOthers(w.Context(), by) },
		"end another session": func(by core.Actor) error {
			other, _ := w.visitor(by.Name, secret)
			return w.Sessions.EndOwn(w.Context(), by, other.Session.ID)
		},
		"new recovery codes": func(by core.Actor) error {
			_, err := w.Factors.NewRecoveryCodes(w.Context(), by, "")
			return err
		},
	}
}

func asksFirst(err error) bool {
	var held core.GateError
	return errors.As(err, &held) && held.Gate == core.GateConfirm && errors.Is(err, core.ErrConfirmFirst)
}

// TestSensitiveActsAskAfterTenMinutes: the password of the sign-in counts for so long, and then that of a confirmation.
func TestSensitiveActsAskAfterTenMinutes(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		w.create(accounts.NewAccount{Kind: models.SuperAdmin, Name: "admin"})
		for name, do := range w.sensitive() {
			who, actor := w.visitor("admin", secret)
			w.clock.Advance(core.ConfirmedFor)
			if err := do(actor); !asksFirst(err) {
				t.Errorf("%s after ten minutes: %v", name, err)
			}
			in := must(w.Factors.Confirm(t.Context(), who, visit, secret, mfa.Code{}))(t)
			if w.holds(in.Token) == false {
				t.Fatal("the session has ended")
			}
			w.clock.Advance(core.ConfirmedFor - time.Second)
			if err := do(actor); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		if n := len(w.events(models.AuditFilter{Action: core.ActionConfirmed})); n != len(w.sensitive()) {
			t.Errorf("%d confirmations are recorded", n)
		}
	})
}

// TestFreshSignInConfirms, and acts that give no access ask nothing.
func TestFreshSignInConfirms(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		w.create(accounts.NewAccount{Kind: models.SuperAdmin, Name: "admin"})
		acme, ada := w.organization("acme"), w.customer("ada")
		ann := w.create(accounts.NewAccount{Name: "ann", Organization: acme.ID})
		_, actor := w.visitor("admin", secret)
		w.clock.Advance(core.ConfirmedFor - time.Second)
		for name, do := range w.sensitive() {
			if err := do(actor); err != nil {
				t.Errorf("%s within ten minutes: %v", name, err)
			}
		}
		w.clock.Advance(time.Minute)
		_, err := w.Create(t.Context(), actor, fill(accounts.NewAccount{Name: "new"}))
		_, err2 := w.ResetPassword(t.Context(), actor, ada.ID, accounts.PasswordChoice{Mode: accounts.Generated}, "")
		if err := errors.Join(err, err2, w.Disable(t.Context(), actor, ada.ID)); err != nil {
			t.Error(err)
		}
		_, actor = w.visitor("acme", secret)
		w.clock.Advance(2 * core.ConfirmedFor)
		if err := w.Delete(t.Context(), actor, ann.ID, "ann"); err != nil {
			t.Errorf("an organization deletes its customer: %v", err)
		}
	})
}

// TestConfirmationNeedsTheFactor: with one, the password alone is not enough, and neither is a remembered browser.
func TestConfirmationNeedsTheFactor(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		phone, recovery := w.withApp("ada")
		in := must(w.Factors.SignIn(t.Context(), w.half("ada", visit), visit, mfa.Code{Code: phone.code(), Remember: true}))(t)
		add := func(token string) error {
			actor := as(ada)
			actor.SessionID = must(w.Sessions.Resolve(t.Context(), token, visit.Address))(t).Session.ID
			_, err := w.Factors.BeginTOTP(t.Context(), actor)
			return err
		}
		if err := add(in.Token); err != nil {
			t.Errorf("after password and code: %v", err)
		}
		again := must(w.Sessions.SignIn(t.Context(), "ada", secret, with(in.Device)))(t)
		if err := add(again.Token); !asksFirst(err) {
			t.Errorf("in a browser that is not asked for the factor: %v", err)
		}
		who := must(w.Sessions.Resolve(t.Context(), again.Token, visit.Address))(t)
		if _, err := w.Factors.Confirm(t.Context(), who, visit, "", mfa.Code{Code: recovery[0]}); wrongFields(err) != "password code" {
			t.Errorf("a recovery code: %v", err)
		}
		if _, err := w.Factors.Confirm(t.Context(), who, visit, secret, mfa.Code{}); wrongFields(err) != "code" {
			t.Errorf("the password alone: %v", err)
		}
		if a := w.account(ada.ID); a.FailedAttempts+a.DeviceFailures != 0 {
			t.Errorf("what is no code counts: %+v", a)
		}
		w.clock.Advance(30 * time.Second)
		confirmed := must(w.Factors.Confirm(t.Context(), who, with(in.Device), secret, mfa.Code{Code: phone.code()}))(t)
		if err := add(confirmed.Token); err != nil {
			t.Errorf("after both: %v", err)
		}
		if w.holds(again.Token) {
			t.Error("the session keeps its token")
		}

		byCode := must(w.Factors.SignIn(t.Context(), w.half("ada", visit), visit, mfa.Code{Recovery: recovery[0]}))(t)
		if err := add(byCode.Token); !asksFirst(err) {
			t.Errorf("after a sign-in with a recovery code: %v", err)
		}
		actor := as(ada)
		actor.SessionID = must(w.Sessions.Resolve(t.Context(), byCode.Token, visit.Address))(t).Session.ID
		factors, _, _ := w.Factors.Factors(t.Context(), actor)
		if err := w.Factors.Remove(t.Context(), actor, factors[0].ID); !asksFirst(err) {
			t.Errorf("removing the factor: %v", err)
		}
	})
}

// TestWrongConfirmationsCount on the budget of the sign-in, and the fifth in a session ends it.
func TestWrongConfirmationsCount(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		phone, _ := w.withApp("ada")
		in := must(w.Factors.SignIn(t.Context(), w.half("ada", visit), visit, mfa.Code{Code: phone.code()}))(t)
		who := must(w.Sessions.Resolve(t.Context(), in.Token, visit.Address))(t)
		w.clock.Advance(time.Hour / 2)
		wrong := []struct{ secret, code, field, reason string }{
			{"wrong", phone.code(), "password", lockout.ReasonWrong}, {secret, phone.other(), "code", lockout.ReasonCode},
			{"wrong", phone.other(), "password", lockout.ReasonWrong}, {secret, phone.other(), "code", lockout.ReasonCode},
		}
		for i, try := range wrong {
			before := w.reasons(ada.ID)[try.reason]
			if _, err := w.Factors.Confirm(t.Context(), who, visit, try.secret, mfa.Code{Code: try.code}); wrongFields(err) != try.field {
				t.Errorf("%d: %v", i, err)
			}
			if a := w.account(ada.ID); a.FailedAttempts != i+1 || w.reasons(ada.ID)[try.reason] != before+1 {
				t.Errorf("%d: %d are counted, %v", i, a.FailedAttempts, w.reasons(ada.ID))
			}
		}
		if _, err := w.Factors.Confirm(t.Context(), who, visit, "wrong", mfa.Code{Code: phone.code()}); !errors.Is(err, core.ErrSignedOut) {
			t.Errorf("the fifth: %v", err)
		}
		if w.holds(in.Token) {
			t.Error("the session holds")
		}
		if _, err := w.Factors.Confirm(t.Context(), who, visit, secret, mfa.Code{Code: phone.code()}); !errors.Is(err, core.ErrSignedOut) {
			t.Errorf("a right answer in the ended session: %v", err)
		}
	})
}

// TestParallelConfirmationsAreCountedExactly: no more guesses are compared than may be wrong.
func TestParallelConfirmationsAreCountedExactly(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		var sessions []session.Current
		for range 20 {
			who, _ := w.visitor("ada", secret)
			sessions = append(sessions, who)
		}
		processes := []*world{w, w.another()}
		testkit.Together(80, func(i int) {
			if _, err := processes[i%2].Factors.Confirm(t.Context(), sessions[i%20], visit, "wrong", mfa.Code{}); err == nil {
				t.Error("a wrong password confirmed")
			}
		})
		if n := w.reasons(ada.ID)["wrong-password"]; n != 10 {
			t.Errorf("%d passwords were compared, want 10", n)
		}
	})
}

// TestRightPasswordDoesNotResetWrongCodes at a confirmation either.
func TestConfirmedPasswordDoesNotResetWrongCodes(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		phone, _ := w.withApp("ada")
		for n := range 3 {
			in := must(w.Factors.SignIn(t.Context(), w.half("ada", visit), visit, mfa.Code{Code: phone.code()}))(t)
			who := must(w.Sessions.Resolve(t.Context(), in.Token, visit.Address))(t)
			for range 3 {
				_, _ = w.Factors.Confirm(t.Context(), who, visit, secret, mfa.Code{Code: phone.other()})
			}
			if a := w.account(ada.ID); a.FailedAttempts != 3 {
				t.Errorf("%d: %d are counted", n, a.FailedAttempts)
			}
			w.clock.Advance(time.Minute)
		}
	})
}

// TestConfirmationEndsWithAFactorAdded: a session that gave the password alone has to show the new factor.
func TestFactorAddedElsewhereIsAskedFor(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		w.create(accounts.NewAccount{Kind: models.SuperAdmin, Name: "admin"})
		gone := w.customer("gone")
		_, actor := w.visitor("admin", secret)
		w.withApp("admin")
		if err := w.Delete(t.Context(), actor, gone.ID, "gone"); !asksFirst(err) {
			t.Errorf("without the factor: %v", err)
		}
	})
}

// TestRateOfConfirmations: what cannot be right is no attempt on the account, but one of the network.
func TestRateOfConfirmations(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		phone, _ := w.withApp("ada")
		in := must(w.Factors.SignIn(t.Context(), w.half("ada", visit), visit, mfa.Code{Code: phone.code()}))(t)
		who := must(w.Sessions.Resolve(t.Context(), in.Token, visit.Address))(t)
		w.clock.Advance(30 * time.Second)
		for _, try := range []struct{ secret, code string }{{"", phone.code()}, {secret, "12345"}, {"", ""}, {secret, "abcdef"}} {
			if _, err := w.Factors.Confirm(t.Context(), who, visit, try.secret, mfa.Code{Code: try.code}); wrongFields(err) == "" {
				t.Errorf("%v: %v", try, err)
			}
		}
		if _, err := w.Factors.Confirm(t.Context(), who, visit, secret, mfa.Code{Code: phone.code()}); tooMany(err) == 0 {
			t.Errorf("right answers after too many: %v", err)
		}
		if a := w.account(ada.ID); a.FailedAttempts != 0 || !w.holds(in.Token) {
			t.Errorf("%d failed attempts", a.FailedAttempts)
		}
	}, rate(2))
}
