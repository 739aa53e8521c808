package accounts_test

import (
	"errors"
	"strings"
	"sync/atomic"
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

const newSecret = "Another horse 2"

// withCodes gives the account recovery codes and no second factor.
func (w *world) withCodes(name string) []string {
	w.Helper()
	_, actor := w.visitor(name, secret)
	return must(w.Factors.NewRecoveryCodes(w.Context(), actor, ""))(w)
}

// resolve returns the session with the token, and its actor.
func (w *world) resolve(in session.SignedIn) (session.Current, core.Actor) {
	w.Helper()
	who := must(w.Sessions.Resolve(w.Context(), in.Token, visit.Address))(w)
	return who, who.Actor(visit)
}

// choose sets a new password without the current one.
func (w *world) choose(in session.SignedIn, from core.ClientInfo) (session.SignedIn, error) {
	w.Helper()
	who, actor := w.resolve(in)
	actor.Devices = from.Devices
	return w.Sessions.ChangePassword(w.Context(), who, actor, session.NewPassword{Password: newSecret, Confirmation: newSecret})
}

// TestRecoverWithoutAFactor: a code opens nothing but the page for a new password, which ends everything that was open.
func TestRecoverWithoutAFactor(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		codes := w.withCodes("ada")
		present, other := w.signIn("ada", secret), w.signIn("ada", secret)
		before := w.account(ada.ID)
		w.clock.Advance(time.Minute)
		in := must(w.Factors.Recover(t.Context(), "ada@example.com", strings.ToLower(codes[4]), with(present.Device)))(t)
		who, actor := w.resolve(in)
		if in.Gate != core.GatePassword || in.Device != "" || who.Pending == "" || who.NeedsCurrent() {
			t.Errorf("opened: %+v, %+v", in, who)
		}
		if err := w.SetLocale(t.Context(), actor, "de"); !errors.Is(err, core.ErrPasswordFirst) {
			t.Errorf("another use case: %v", err)
		}
		if !w.holds(other.Token) || !w.account(ada.ID).LastSignInAt.After(*before.LastSignInAt) {
			t.Error("other sessions have ended already, or the sign-in is not recorded")
		}
		if events := w.events(models.AuditFilter{Action: core.ActionRecoveryUsed}); len(events) != 1 || events[0].ActorID != ada.ID || events[0].Address != visit.Address || events[0].Detail["opens"] != "reset-page" {
			t.Errorf("events: %+v", events)
		}
		if n := w.count("SELECT count(*) FROM mails WHERE template = '" + models.MailSecurity + "' AND account_id = '" + ada.ID + "' AND data LIKE '%" + string(models.RecoveryCodeUsed) + "%'"); n != 1 {
			t.Errorf("%d mails about the used code", n)
		}
		if _, err := w.Sessions.ChangePassword(t.Context(), who, actor, session.NewPassword{Password: secret, Confirmation: secret}); wrongFields(err) != "password" {
			t.Errorf("the lost password again: %v", err)
		}
		if _, err := w.Sessions.ChangePassword(t.Context(), who, actor, session.NewPassword{Password: "short", Confirmation: "short"}); wrongFields(err) != "password" {
			t.Errorf("a password that the policy refuses: %v", err)
		}
		done := must(w.choose(in, with(present.Device)))(t)
		if w.holds(in.Token) || w.holds(present.Token) || w.holds(other.Token) || !w.holds(done.Token) {
			t.Error("the session keeps its token, or others hold")
		}
		if who, _ := w.resolve(done); who.Pending != "" || who.Session.WithoutPassword() {
			t.Errorf("after the new password: %+v", who)
		}
		if n := w.count("SELECT count(*) FROM devices"); n != 1 || done.Device == "" || done.Device == present.Device {
			t.Errorf("%d browsers are trusted", n)
		}
		w.refused(1, "ada", secret)
		must(w.Sessions.SignIn(t.Context(), "ada", newSecret, visit))(t)
		if _, err := w.Factors.Recover(t.Context(), "ada", codes[4], visit); !errors.Is(err, core.ErrSignIn) {
			t.Errorf("the same code again: %v", err)
		}
	})
}

// TestRecoverWithAFactor: the code replaces the password alone, so the factor has to follow, and no second code.
func TestRecoverWithAFactor(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		phone, codes := w.withApp("ada")
		remembered := must(w.Factors.SignIn(t.Context(), w.half("ada", visit), visit, mfa.Code{Code: phone.code(), Remember: true}))(t)
		w.clock.Advance(time.Minute)
		in := must(w.Factors.Recover(t.Context(), "ada", codes[0], with(remembered.Device)))(t)
		who, actor := w.resolve(in)
		if in.Gate != core.GateFactor || !who.Session.NeedsFactor {
			t.Fatalf("in a browser that is not asked for the factor: %+v", in)
		}
		if err := w.SetLocale(t.Context(), actor, "de"); !errors.Is(err, core.ErrFactorFirst) {
			t.Errorf("another use case: %v", err)
		}
		if _, err := w.Sessions.ChangePassword(t.Context(), who, actor, session.NewPassword{Password: newSecret, Confirmation: newSecret}); !errors.Is(err, core.ErrFactorFirst) {
			t.Errorf("a new password before the factor: %v", err)
		}
		if _, err := w.Factors.SignIn(t.Context(), who, visit, mfa.Code{Recovery: codes[1]}); wrongFields(err) != "code" {
			t.Errorf("a second code: %v", err)
		}
		if _, left, _ := w.Factors.Factors(t.Context(), as(ada)); left != 9 {
			t.Errorf("%d codes are left", left)
		}
		if _, err := w.Factors.SignIn(t.Context(), who, visit, mfa.Code{Code: phone.other()}); wrongFields(err) != "code" || w.account(ada.ID).FailedAttempts != 1 {
			t.Errorf("a wrong code of the app: %v", err)
		}
		reset := must(w.Factors.SignIn(t.Context(), who, with(remembered.Device), mfa.Code{Code: phone.code(), Remember: true}))(t)
		if reset.Gate != core.GatePassword || reset.Device != "" || w.holds(in.Token) {
			t.Errorf("after the factor: %+v", reset)
		}
		done := must(w.choose(reset, with(remembered.Device)))(t)
		again := must(w.Sessions.SignIn(t.Context(), "ada", newSecret, with(done.Device)))(t)
		if again.Gate != core.GateFactor {
			t.Error("the browser is still not asked for the factor")
		}
		if _, actor := w.resolve(done); w.Factors.Remove(t.Context(), actor, w.NewID()) == nil {
			t.Error("an unknown factor was removed")
		} else if _, err := w.Factors.NewRecoveryCodes(t.Context(), actor, ""); err != nil {
			t.Errorf("password and factor were given in this session: %v", err)
		}
	})
}

// TestRecoverDuringABlock works, and ends it; with a factor only then.
func TestRecoverDuringABlock(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada, bob := w.customer("ada"), w.customer("bob")
		adas := w.withCodes("ada")
		phone, bobs := w.withApp("bob")
		for _, name := range []string{"ada", "bob"} {
			w.refused(10, name, "wrong")
			w.refused(1, name, secret)
		}
		if _, err := w.Factors.Recover(t.Context(), "ada", bobs[0], visit); !errors.Is(err, core.ErrSignIn) {
			t.Errorf("another account's code: %v", err)
		}
		must(w.Factors.Recover(t.Context(), "ada", adas[0], visit))(t)
		if a := w.account(ada.ID); a.BlockedAt != nil || a.FailedAttempts != 0 {
			t.Errorf("still blocked: %+v", a)
		}
		who, _ := w.resolve(must(w.Factors.Recover(t.Context(), "bob", bobs[0], visit))(t))
		if w.account(bob.ID).BlockedAt == nil {
			t.Error("the code alone ends the block of an account with a factor")
		}
		for range 4 {
			if _, err := w.Factors.SignIn(t.Context(), who, visit, mfa.Code{Code: phone.other()}); wrongFields(err) != "code" {
				t.Errorf("a wrong code: %v", err)
			}
		}
		must(w.Factors.SignIn(t.Context(), who, visit, mfa.Code{Code: phone.code()}))(t)
		if a := w.account(bob.ID); a.BlockedAt != nil || a.FailedAttempts != 0 {
			t.Errorf("still blocked: %+v", a)
		}
	})
}

// TestRecoverDuringABlockFromATrustedBrowser ends the block too, although it holds for other browsers only, and resets both counts.
func TestRecoverDuringABlockFromATrustedBrowser(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		for name, failed := range map[string]int{"attempts-left": 3, "used-up": 10} {
			ada := w.customer(name)
			codes, token := w.withCodes(name), w.device(name)
			w.fails(failed, name, with(token))
			w.refused(10, name, "wrong")
			w.refused(1, name, secret)
			w.wantCounts(name+": blocked", ada.ID, 10, failed)
			in := must(w.Factors.Recover(t.Context(), name, codes[0], with(token)))(t)
			w.wantCounts(name+": recovered", ada.ID, 0, 0)
			if a := w.account(ada.ID); a.BlockedAt != nil || a.FailedInRow != 0 || in.Gate != core.GatePassword {
				t.Errorf("%s: still blocked, or not recovered: %+v, %+v", name, a, in)
			}
			w.signIn(name, secret) // from any browser
		}
	})
}

// TestRecoverWithAFactorDuringABlockFromATrustedBrowser: the factor ends the block and resets both counts, not the code.
func TestRecoverWithAFactorDuringABlockFromATrustedBrowser(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		bob := w.customer("bob")
		phone, codes := w.withApp("bob")
		token := must(w.Factors.SignIn(t.Context(), w.half("bob", visit), visit, mfa.Code{Code: phone.code()}))(t).Device
		w.clock.Advance(time.Minute)
		w.fails(3, "bob", with(token))
		w.refused(10, "bob", "wrong")
		w.wantCounts("blocked", bob.ID, 10, 3)
		who, _ := w.resolve(must(w.Factors.Recover(t.Context(), "bob", codes[0], with(token)))(t))
		w.wantCounts("after the code", bob.ID, 10, 3)
		if _, err := w.Factors.SignIn(t.Context(), who, with(token), mfa.Code{Code: phone.other()}); wrongFields(err) != "code" {
			t.Errorf("a wrong code of the app: %v", err)
		}
		w.wantCounts("after a wrong code of the app", bob.ID, 10, 4)
		if w.account(bob.ID).BlockedAt == nil {
			t.Error("the block has ended before the factor")
		}
		must(w.Factors.SignIn(t.Context(), who, with(token), mfa.Code{Code: phone.code()}))(t)
		w.wantCounts("after the factor", bob.ID, 0, 0)
		if a := w.account(bob.ID); a.BlockedAt != nil || a.FailedInRow != 0 {
			t.Errorf("still blocked: %+v", a)
		}
	})
}

// withoutReason reports whether an error is that of a failed sign-in, and no longer has its reason.
func withoutReason(err error) bool {
	return errors.Is(err, core.ErrSignIn) && !errors.As(err, new(lockout.Failure))
}

// TestRecoverIsRefused for the same reasons as a sign-in, and never says which.
func TestRecoverIsRefused(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		codes, ids := map[string]string{}, map[string]string{}
		for _, name := range []string{"off", "empty", "lapsed", "ada"} {
			ids[name] = w.customer(name).ID
			codes[name] = w.withCodes(name)[0]
		}
		if err := w.Disable(t.Context(), w.root, ids["off"]); err != nil {
			t.Fatal(err)
		}
		w.tamper(ids["empty"], func(a *models.Account) { a.PasswordHash, a.PasswordSetAt = "", nil })
		must(w.ResetPassword(t.Context(), w.root, ids["lapsed"], accounts.PasswordChoice{Mode: accounts.Generated, OneTime: true}, ""))(t)
		w.clock.Advance(200 * time.Hour)
		for name, reason := range map[string]string{"off": "disabled", "empty": "no-password", "lapsed": "one-time-lapsed"} {
			if _, err := w.Factors.Recover(t.Context(), name, codes[name], visit); !withoutReason(err) {
				t.Errorf("%s: %v", name, err)
			}
			if w.reasons(ids[name])[reason] != 1 {
				t.Errorf("%s: %v", name, w.reasons(ids[name]))
			}
		}
		for _, try := range []struct{ name, code string }{{"ada", codes["off"]}, {"nobody", codes["ada"]}, {"not a name", codes["ada"]}} {
			if _, err := w.Factors.Recover(t.Context(), try.name, try.code, visit); !withoutReason(err) {
				t.Errorf("%v: %v", try, err)
			}
		}
		if a := w.account(ids["ada"]); a.FailedAttempts != 1 || w.reasons(ids["ada"])["wrong-code"] != 1 {
			t.Errorf("%d failed attempts, %v", a.FailedAttempts, w.reasons(ids["ada"]))
		}
		for _, code := range []string{"", "123456", "7K3M-Q9PX-0000-7K3", "7K3M-Q9PX-0000-7K3!", strings.Repeat("7", 1<<16)} {
			if _, err := w.Factors.Recover(t.Context(), "ada", code, visit); wrongFields(err) != "code" {
				t.Errorf("%.30q: %v", code, err)
			}
		}
		if _, err := w.Factors.Recover(t.Context(), "", codes["ada"], visit); wrongFields(err) != "name" {
			t.Errorf("no name: %v", err)
		}
		if a := w.account(ids["ada"]); a.FailedAttempts != 1 {
			t.Errorf("what is no code counts: %d failed attempts", a.FailedAttempts)
		}
		w.clock.Advance(time.Minute)
		must(w.Factors.Recover(t.Context(), "ada", codes["ada"], visit))(t)
	})
}

// TestRecoverCountsOnTheUsualBudgets: wrong codes block the account as wrong passwords do.
func TestRecoverCountsOnTheUsualBudgets(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		w.withCodes("ada")
		processes := []*world{w, w.another()}
		testkit.Together(60, func(i int) {
			if _, err := processes[i%2].Factors.Recover(t.Context(), "ada", "7K3M-Q9PX-0000-7K3M", visit); !errors.Is(err, core.ErrSignIn) {
				t.Errorf("a wrong code: %v", err)
			}
		})
		w.refused(1, "ada", secret)
		if a := w.account(ada.ID); w.Policies.Current().State(a) != models.Blacklisted || a.FailedInRow != 10 {
			t.Errorf("after 60 wrong codes: %+v", a) // those during a block do not make it one without an end
		}
	})
}

// TestRateOfRecovery: what fails counts for its address, unknown names and what is no code too.
func TestRateOfRecovery(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		w.customer("ada")
		code := w.withCodes("ada")[0]
		for _, try := range []struct{ name, code string }{{"nobody", code}, {"ada", "x"}, {"ada", "7K3M-Q9PX-0000-7K3M"}, {"nobody", ""}} {
			_, _ = w.Factors.Recover(t.Context(), try.name, try.code, behind("198.51.100.1"))
		}
		if _, err := w.Factors.Recover(t.Context(), "ada", code, behind("198.51.100.1")); tooMany(err) == 0 {
			t.Errorf("the right code after too many: %v", err)
		}
		must(w.Factors.Recover(t.Context(), "ada", code, behind("198.51.100.2")))(t)
	}, rate(2))
}

func TestRecoveryCodeIsSpentOnce(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		codes := w.withCodes("ada")
		processes := []*world{w, w.another()}
		var opened atomic.Int64
		testkit.Together(20, func(i int) {
			if _, err := processes[i%2].Factors.Recover(t.Context(), "ada", codes[2], visit); err == nil {
				opened.Add(1)
			}
		})
		if _, left, _ := w.Factors.Factors(t.Context(), as(ada)); opened.Load() != 1 || left != 9 {
			t.Errorf("%d of 20 parallel uses opened a session, %d codes are left", opened.Load(), left)
		}
	})
}

// TestRecoveringSessionMeetsDemands: an operator who demands a change meanwhile asks for no current password, which is lost, and taking it
// back does not end the session. A reset ends it.
func TestRecoveringSessionMeetsDemands(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		codes := w.withCodes("ada")
		in := must(w.Factors.Recover(t.Context(), "ada", codes[0], visit))(t)
		if err := errors.Join(w.RequireChange(t.Context(), w.root, ada.ID), w.WithdrawChange(t.Context(), w.root, ada.ID), w.RequireChange(t.Context(), w.root, ada.ID)); err != nil {
			t.Fatal(err)
		}
		must(w.choose(in, visit))(t)
		in = must(w.Factors.Recover(t.Context(), "ada", codes[1], visit))(t)
		must(w.ResetPassword(t.Context(), w.root, ada.ID, accounts.PasswordChoice{Mode: accounts.Generated}, ""))(t)
		if w.holds(in.Token) {
			t.Error("the session holds after a reset")
		}
		must(w.Factors.Recover(t.Context(), "ada", codes[2], visit))(t) // codes stay
	})
}

// TestRecoveryEndsNoOtherSessionByItself: even if an account has one session only, others end with the new password.
func TestRecoveryWithOneSession(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		w.customer("ada")
		codes := w.withCodes("ada")
		open := w.signIn("ada", secret)
		in := must(w.Factors.Recover(t.Context(), "ada", codes[0], visit))(t)
		if !w.holds(open.Token) {
			t.Error("the code alone ends the session")
		}
		must(w.choose(in, visit))(t)
		if w.holds(open.Token) {
			t.Error("the session holds after the new password")
		}
	}, func(o *accounts.Options) { o.Settings.OneSession = true })
}

// TestSwitchedOffRecoveryCodes open nothing anywhere, count nothing on the account, and work again once they are on.
func TestSwitchedOffRecoveryCodes(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada, bob := w.customer("ada"), w.customer("bob")
		codes := w.withCodes("ada")
		_, bobs := w.withApp("bob")
		off := w.another(func(o *accounts.Options) { o.Settings.NoRecovery = true })
		if _, err := off.Factors.Recover(t.Context(), "ada", codes[0], visit); !withoutReason(err) {
			t.Errorf("a right code: %v", err)
		}
		if a := w.account(ada.ID); a.FailedAttempts != 0 {
			t.Errorf("it counts on the account")
		}
		_, actor := off.visitor("ada", secret)
		var refused core.OffError
		if _, err := off.Factors.NewRecoveryCodes(t.Context(), actor, ""); !errors.As(err, &refused) || refused.Setting != "COMPLIANCE_DISABLE_RECOVERY_CODES" {
			t.Errorf("new codes: %v", err)
		}
		half := off.half("bob", visit)
		if _, err := off.Factors.SignIn(t.Context(), half, visit, mfa.Code{Recovery: bobs[0]}); !errors.Is(err, core.ErrOff) {
			t.Errorf("in place of a factor: %v", err)
		}
		if a := w.account(bob.ID); a.FailedAttempts != 0 {
			t.Errorf("it counts on the account")
		}
		begun := must(off.Factors.BeginTOTP(t.Context(), actor))(t)
		if shown := must(off.Factors.ConfirmTOTP(t.Context(), actor, begun.ID, "", app{begun.Secret, w.clock}.code()))(t); len(shown) > 0 {
			t.Error("the first factor comes with codes")
		}
		must(w.Factors.SignIn(t.Context(), half, visit, mfa.Code{Recovery: bobs[0]}))(t)
		must(w.Factors.Recover(t.Context(), "ada", codes[0], visit))(t)
	})
}

// TestRecoveringHalfSessionEnds like one of a password, with what an operator does to the account.
func TestRecoveringHalfSessionEnds(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		for name, do := range map[string]func(id string) error{
			"disabled": func(id string) error {
				return errors.Join(w.Disable(t.Context(), w.root, id), w.Enable(t.Context(), w.root, id))
			},
			"password-reset": func(id string) error {
				_, err := w.ResetPassword(t.Context(), w.root, id, accounts.PasswordChoice{Mode: accounts.Generated}, "")
				return err
			},
			"factor-reset": func(id string) error { return w.Factors.Reset(t.Context(), w.root, id) },
		} {
			account := w.customer(name)
			phone, codes := w.withApp(name)
			in := must(w.Factors.Recover(t.Context(), name, codes[0], visit))(t)
			who, _ := w.resolve(in)
			if err := do(account.ID); err != nil {
				t.Fatal(name, err)
			}
			if _, err := w.Factors.SignIn(t.Context(), who, visit, mfa.Code{Code: phone.code()}); err == nil || w.holds(in.Token) {
				t.Errorf("%s: the session holds (%v)", name, err)
			}
		}
	})
}
