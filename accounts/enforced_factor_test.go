package accounts_test

import (
	"errors"
	"testing"
	"time"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/accounts/mfa"
	"latchkey/models"
)

// enforced is a process whose settings require a second factor of the kinds.
func (w *world) enforced(kinds ...models.Kind) *world {
	w.Helper()
	return w.another(func(o *accounts.Options) { o.Settings.FactorsFor = kinds })
}

// gateOf returns the gate that holds up the session with the token; "" = none does.
func (w *world) gateOf(token string) string {
	w.Helper()
	current := must(w.Sessions.Resolve(w.Context(), token, visit.Address))(w)
	held := core.GateError{}
	if err := w.CheckGates(current.Session, current.Account); err != nil && !errors.As(err, &held) {
		w.Fatal(err)
	}
	return held.Gate
}

// TestEnforcingHoldsAtOnce for the kinds of account that the settings name, in sessions that are open too, and ends with the setting.
func TestEnforcingHoldsAtOnce(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		w.customer("ada")
		w.organization("acme")
		tokens := map[models.Kind]string{}
		for kind, name := range map[models.Kind]string{models.SuperAdmin: "root", models.Organization: "acme", models.Customer: "ada"} {
			in := w.signIn(name, secret)
			if tokens[kind] = in.Token; in.Gate != "" {
				t.Errorf("%s is at the gate %q", name, in.Gate)
			}
		}
		for _, kinds := range [][]models.Kind{nil, {models.SuperAdmin}, {models.Organization, models.Customer}, nil} {
			process := w.enforced(kinds...)
			for kind, token := range tokens {
				want := ""
				for _, enforced := range kinds {
					if enforced == kind {
						want = core.GateFactorSetup
					}
				}
				if got := process.gateOf(token); got != want {
					t.Errorf("enforced for %v: %s is at the gate %q, want %q", kinds, kind, got, want)
				}
			}
		}
		if in := w.enforced(models.Customer).signIn("ada", secret); in.Gate != core.GateFactorSetup {
			t.Errorf("a sign-in is at the gate %q", in.Gate)
		}
	})
}

func TestSettingUpPassesTheGate(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		w = w.enforced(models.Customer)
		in := w.signIn("ada", secret)
		current := must(w.Sessions.Resolve(t.Context(), in.Token, visit.Address))(t)
		actor := as(ada)
		actor.SessionID = current.Session.ID
		if held := (core.GateError{}); !errors.As(w.SetLocale(t.Context(), actor, "de"), &held) || held.Gate != core.GateFactorSetup {
			t.Errorf("another use case: %+v", held)
		}
		must(w.Factors.NewRecoveryCodes(t.Context(), actor, ""))(t) // no factor by itself
		begun := must(w.Factors.BeginTOTP(t.Context(), actor))(t)
		if gate := w.gateOf(in.Token); gate != core.GateFactorSetup {
			t.Errorf("before the first code the session is at the gate %q", gate)
		}
		phone := app{begun.Secret, w.clock}
		if codes := must(w.Factors.ConfirmTOTP(t.Context(), actor, begun.ID, "", phone.code()))(t); len(codes) != 10 {
			t.Errorf("codes: %v", codes)
		}
		if gate := w.gateOf(in.Token); gate != "" {
			t.Errorf("after it the session is at the gate %q", gate)
		}
		if err := w.SetLocale(t.Context(), actor, "de"); err != nil {
			t.Error(err)
		}
	})
}

// TestNewPasswordComesBeforeTheFactor: a factor that is set up under a password which an operator knows protects nothing.
func TestNewPasswordComesBeforeTheFactor(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		w.tamper(ada.ID, func(a *models.Account) { a.MustChange = true })
		w = w.enforced(models.Customer)
		_, actor := w.visitor("ada", secret)
		if held := (core.GateError{}); !errors.As(w.CheckGates(models.Session{}, w.account(ada.ID)), &held) || held.Gate != core.GatePassword {
			t.Errorf("%+v", held)
		}
		if _, err := w.Factors.BeginTOTP(t.Context(), actor); !errors.Is(err, core.ErrPasswordFirst) {
			t.Errorf("setting up an app: %v", err)
		}
	})
}

func TestLastFactorStaysWhileEnforced(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		w.withApp("ada")
		first := must(w.db.Read(t.Context()).Factors(ada.ID))(t)[0]
		enforced := w.enforced(models.Customer)
		if err := enforced.Factors.Remove(t.Context(), as(ada), first.ID); !errors.Is(err, core.Code("factor.last")) {
			t.Errorf("the last one: %v", err)
		}
		if n := w.count("SELECT count(*) FROM factors"); n != 1 || !w.account(ada.ID).HasFactor {
			t.Errorf("%d factors are left", n)
		}
		second := must(w.Factors.BeginTOTP(t.Context(), as(ada)))(t)
		if err := enforced.Factors.Remove(t.Context(), as(ada), first.ID); !errors.Is(err, core.Code("factor.last")) {
			t.Errorf("with one that is not confirmed: %v", err)
		}
		must(w.Factors.ConfirmTOTP(t.Context(), as(ada), second.ID, "", app{second.Secret, w.clock}.code()))(t)
		if err := enforced.Factors.Remove(t.Context(), as(ada), first.ID); err != nil {
			t.Errorf("one of two: %v", err)
		}
		if err := w.Factors.Remove(t.Context(), as(ada), second.ID); err != nil {
			t.Errorf("not enforced: %v", err)
		}
	})
}

// TestAccountsKnowTheirFactors after everything that adds or removes one.
func TestAccountsKnowTheirFactors(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		wants := func(what string, want bool) {
			t.Helper()
			if got := w.account(ada.ID).HasFactor; got != want {
				t.Errorf("%s: %t", what, got)
			}
		}
		wants("at first", false)
		begun := must(w.Factors.BeginTOTP(t.Context(), as(ada)))(t)
		wants("set up", false)
		must(w.Factors.ConfirmTOTP(t.Context(), as(ada), begun.ID, "", app{begun.Secret, w.clock}.code()))(t)
		wants("confirmed", true)
		must(w.Factors.BeginTOTP(t.Context(), as(ada)))(t)
		wants("with a second one that is not", true)
		if err := w.Factors.Remove(t.Context(), as(ada), begun.ID); err != nil {
			t.Fatal(err)
		}
		wants("removed", false)
		w.withApp("ada")
		if err := w.Factors.Reset(t.Context(), w.root, ada.ID); err != nil {
			t.Fatal(err)
		}
		wants("reset", false)
		w.withApp("ada")
		after, file := w.keyed()
		must(after.DiscardSealed(t.Context(), core.CommandLine, file, true))(t)
		wants("lost", false)
	})
}

// TestAppsThatAreOff cannot be set up, but go on protecting their accounts.
func TestAppsThatAreOff(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		phone, _ := w.withApp("ada")
		begun := must(w.Factors.BeginTOTP(t.Context(), as(ada)))(t)
		off := w.another(func(o *accounts.Options) { o.Settings.NoApps = true })
		_, began := off.Factors.BeginTOTP(t.Context(), as(ada))
		_, confirmed := off.Factors.ConfirmTOTP(t.Context(), as(ada), begun.ID, "", app{begun.Secret, w.clock}.code())
		for _, err := range []error{began, confirmed} {
			if disabled := (core.OffError{}); !errors.As(err, &disabled) || disabled.Setting != mfa.SettingFactors {
				t.Errorf("%v", err)
			}
		}
		w.clock.Advance(time.Minute)
		if in := must(off.Factors.SignIn(t.Context(), off.half("ada", visit), visit, mfa.Code{Code: phone.code()}))(t); in.Gate != "" {
			t.Errorf("the sign-in is at the gate %q", in.Gate)
		}
	})
}
