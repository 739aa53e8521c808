package accounts_test

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/accounts/emergency"
	"latchkey/accounts/mfa"
	"latchkey/accounts/session"
	"latchkey/internal/testkit"
	"latchkey/models"
)

// withEmergency gives the account an emergency code for Ben, with a lead time in hours.
func (w *world) withEmergency(name string, hours int) (code models.EmergencyCode, shown string) {
	w.Helper()
	_, actor := w.visitor(name, secret)
	code, shown, err := w.Emergency.Add(w.Context(), actor, "Ben", strconv.Itoa(hours), "")
	if err != nil {
		w.Fatal(err)
	}
	return code, shown
}

// enter uses a code that must be right.
func (w *world) enter(name, shown string) emergency.Entered {
	w.Helper()
	return must(w.Emergency.Enter(w.Context(), name, shown, visit))(w)
}

// inEmergency opens a session with a code without lead time.
func (w *world) inEmergency(name, shown string) (session.Current, core.Actor) {
	w.Helper()
	w.enter(name, shown)
	return w.resolve(w.enter(name, shown).SignedIn)
}

// wantEmergencyNotices checks of which acts with emergency codes the owner was notified.
func (w *world) wantEmergencyNotices(id string, want ...models.SecurityChange) (mails []models.Mail) {
	w.Helper()
	var got []models.SecurityChange
	all, changes := w.notices(id)
	for i, change := range changes {
		if strings.HasPrefix(string(change), "emergency-") {
			mails, got = append(mails, all[i]), append(got, change)
		}
	}
	if !slices.Equal(got, want) {
		w.Fatalf("the owner is notified of %v, want %v", got, want)
	}
	return mails
}

// TestEmergencyAccess: the first use arms the code and queues the mail, and after the lead time it opens a session of an hour, once.
func TestEmergencyAccess(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		_, shown := w.withEmergency("ada", 24)
		first := w.enter("ada@example.com", strings.ToLower(strings.ReplaceAll(shown, "-", " ")))
		if first.Opens || first.Waits != 24*time.Hour || first.Token != "" {
			t.Errorf("the first use: %+v", first)
		}
		mails := w.wantEmergencyNotices(ada.ID, models.EmergencyAdded, models.EmergencyRequested)
		if data := mails[1].Data; data.Person != "Ben" || !data.OpensAt.Equal(w.clock.Now().Add(24*time.Hour)) || data.ByOperator || data.Address != visit.Address {
			t.Errorf("the mail says %+v", data)
		}
		w.clock.Advance(time.Minute)
		if again := w.enter("ada", shown); again.Opens || again.Waits != 24*time.Hour-time.Minute {
			t.Errorf("the second use: %+v", again)
		}
		w.wantEmergencyNotices(ada.ID, models.EmergencyAdded, models.EmergencyRequested)
		w.clock.Advance(24*time.Hour - time.Minute - time.Microsecond)
		if early := w.enter("ada", shown); early.Opens || early.Waits != time.Microsecond {
			t.Errorf("a moment too early: %+v", early)
		}
		w.clock.Advance(time.Microsecond)
		own, before := w.signIn("ada", secret), w.account(ada.ID)
		in := w.enter("ada", shown)
		who, actor := w.resolve(in.SignedIn)
		if !in.Opens || in.Gate != "" || in.Device != "" || !who.Session.Emergency() || who.Session.Person != "Ben" || !w.holds(own.Token) {
			t.Errorf("after the lead time: %+v, %+v", in, who.Session)
		}
		if after := w.account(ada.ID); !after.LastSignInAt.Equal(*before.LastSignInAt) || w.count("SELECT count(*) FROM devices") != 2 {
			t.Error("it counts as a sign-in of the owner, or a browser became trusted")
		}
		w.wantEmergencyNotices(ada.ID, models.EmergencyAdded, models.EmergencyRequested, models.EmergencyOpened)
		if _, err := w.Emergency.Enter(t.Context(), "ada", shown, visit); !withoutReason(err) {
			t.Errorf("the same code again: %v", err)
		}
		if err := w.SetLocale(t.Context(), actor, "de"); err != nil {
			t.Errorf("what the account may do: %v", err)
		}
		if events := w.events(models.AuditFilter{Action: core.ActionEdited}); len(events) != 1 || events[0].Detail["acting-person"] != "Ben" || events[0].ActorID != ada.ID {
			t.Errorf("what was done is recorded as %+v", events)
		}
		w.clock.Advance(time.Hour)
		if w.holds(in.Token) {
			t.Error("the session lasts for more than an hour")
		}
		w.purge()
		if n := w.count("SELECT count(*) FROM emergency_codes"); n != 0 || w.account(ada.ID).Emergency {
			t.Errorf("%d codes are left", n)
		}
	})
}

func (w *world) purge() {
	w.Helper()
	if err := w.PurgeExpired(w.Context()); err != nil {
		w.Fatal(err)
	}
}

// TestEmergencyCodeLapses: seven days after the lead time it opens nothing any more.
func TestEmergencyCodeLapses(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada, bea := w.customer("ada"), w.customer("bea")
		_, adas := w.withEmergency("ada", 8760)
		_, beas := w.withEmergency("bea", 0)
		w.enter("ada", adas)
		w.enter("bea", beas)
		w.clock.Advance(7*24*time.Hour - time.Microsecond)
		w.purge()
		if !w.enter("bea", beas).Opens {
			t.Error("a moment before the end of the week it opens nothing")
		}
		w.clock.Advance(8760*time.Hour + time.Microsecond)
		w.purge()
		if n := len(w.events(models.AuditFilter{Action: core.ActionEmergencyLapsed})); n != 1 || w.account(ada.ID).Emergency || w.account(bea.ID).Emergency {
			t.Errorf("%d codes have lapsed", n)
		}
		if _, err := w.Emergency.Enter(t.Context(), "ada", adas, visit); !withoutReason(err) {
			t.Errorf("a code that lapsed: %v", err)
		}
	})
}

// TestEmergencySessionLeavesCredentialsAlone: it may do what the account may, but not what would keep its owner out.
func TestEmergencySessionLeavesCredentialsAlone(t *testing.T) {
	passkeys(t, func(t *testing.T, w *world) {
		w.create(accounts.NewAccount{Kind: models.SuperAdmin, Name: "boss"})
		code, shown := w.withEmergency("boss", 0)
		other, _ := w.withEmergency("boss", 24)
		recovery := w.withCodes("boss")
		owner := w.signIn("boss", secret)
		who, actor := w.inEmergency("boss", shown)
		ownSession, _ := w.resolve(owner)
		for what, try := range map[string]func() error{
			"a new password": func() error {
				_, err := w.Sessions.ChangePassword(t.Context(), who, actor, change(secret, newSecret))
				return err
			},
			"an app":               func() error { _, err := w.Factors.BeginTOTP(t.Context(), actor); return err },
			"a passkey":            func() error { _, err := w.Factors.BeginPasskey(t.Context(), actor); return err },
			"recovery codes":       func() error { _, err := w.Factors.NewRecoveryCodes(t.Context(), actor, ""); return err },
			"no factor":            func() error { return w.Factors.Remove(t.Context(), actor, w.NewID()) },
			"an emergency code":    func() error { _, _, err := w.Emergency.Add(t.Context(), actor, "Eve", "0", ""); return err },
			"no emergency code":    func() error { return w.Emergency.Delete(t.Context(), actor, other.ID) },
			"no emergency access":  func() error { return w.Emergency.Stop(t.Context(), actor, code.ID) },
			"the list of codes":    func() error { _, err := w.Emergency.Own(t.Context(), actor); return err },
			"the secret of an app": func() error { _, err := w.Factors.SetUp(t.Context(), actor, w.NewID()); return err },
			"options of a passkey": func() error { _, err := w.Factors.BeginProof(t.Context(), who); return err },
			"their password": func() error {
				_, err := w.Factors.Confirm(t.Context(), who, visit, secret, mfa.Code{})
				return err
			},
			"no other sessions":    func() error { return w.Sessions.EndOthers(t.Context(), actor) },
			"no session of theirs": func() error { return w.Sessions.EndOwn(t.Context(), actor, ownSession.Session.ID) },
		} {
			if err := try(); !errors.Is(err, core.ErrEmergencySession) {
				t.Errorf("%s: %v", what, err)
			}
		}
		if _, err := w.Factors.SignIn(t.Context(), who, visit, mfa.Code{Recovery: recovery[0]}); !errors.Is(err, core.ErrForbidden) {
			t.Errorf("a second factor makes it a session of the owner: %v", err)
		}
		if !w.holds(owner.Token) {
			t.Error("the owner is signed out")
		}
		if _, err := w.ResetPassword(t.Context(), actor, w.customer("eva").ID, accounts.PasswordChoice{Mode: accounts.Generated, OneTime: true}, ""); err != nil {
			t.Errorf("what a SuperAdmin does: %v", err)
		}
	})
}

// TestEmergencySessionConfirmsByItsCode: the password and the factor are not known to who uses it.
func TestEmergencySessionConfirmsByItsCode(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		w.create(accounts.NewAccount{Kind: models.SuperAdmin, Name: "boss"})
		_, shown := w.withEmergency("boss", 0)
		_, another := w.withEmergency("boss", 0)
		w.withApp("boss")
		who, actor := w.inEmergency("boss", shown)
		gone := w.customer("gone")
		if err := w.Delete(t.Context(), actor, w.customer("first").ID, "first"); err != nil {
			t.Errorf("with the code just given: %v", err)
		}
		w.clock.Advance(10 * time.Minute)
		if err := w.Delete(t.Context(), actor, gone.ID, "gone"); !asksFirst(err) {
			t.Errorf("after ten minutes: %v", err)
		}
		for what, typed := range map[string]string{"no code": "", "another code": another, "a code of nothing": "7K3M7-Q9PX0-00007-K3M7K-3M7K3"} {
			if _, err := w.Emergency.Confirm(t.Context(), who, visit, typed); wrongFields(err) != "code" {
				t.Errorf("%s: %v", what, err)
			}
		}
		if a := w.account(who.Account.ID); a.FailedAttempts != 2 {
			t.Errorf("%d failed attempts", a.FailedAttempts)
		}
		in := must(w.Emergency.Confirm(t.Context(), who, visit, shown))(t)
		if w.account(who.Account.ID).FailedAttempts != 2 {
			t.Error("a count of failures was reset")
		}
		who, actor = w.resolve(in)
		if err := w.Delete(t.Context(), actor, gone.ID, "gone"); err != nil {
			t.Errorf("confirmed: %v", err)
		}
		for range 5 {
			_, _ = w.Emergency.Confirm(t.Context(), who, visit, another)
		}
		if w.holds(in.Token) {
			t.Error("the session outlives five wrong codes")
		}
	})
}

// TestEmergencyAccessEnds in each way that ends it, before it opened and while its session is open.
func TestEmergencyAccessEnds(t *testing.T) {
	for name, end := range map[string]func(*world, models.Account, models.EmergencyCode) error{
		"stopped by the owner": func(w *world, ada models.Account, code models.EmergencyCode) error {
			_, actor := w.visitor("ada", secret)
			return w.Emergency.Stop(w.Context(), actor, code.ID)
		},
		"deleted by the owner": func(w *world, ada models.Account, code models.EmergencyCode) error {
			_, actor := w.visitor("ada", secret)
			return w.Emergency.Delete(w.Context(), actor, code.ID)
		},
		"stopped by the operator": func(w *world, ada models.Account, code models.EmergencyCode) error {
			return w.Emergency.StopOf(w.Context(), w.root, ada.ID, code.ID)
		},
		"account disabled": func(w *world, ada models.Account, _ models.EmergencyCode) error {
			return errors.Join(w.Disable(w.Context(), w.root, ada.ID), w.Enable(w.Context(), w.root, ada.ID))
		},
		"password reset": func(w *world, ada models.Account, _ models.EmergencyCode) error {
			_, err := w.ResetPassword(w.Context(), w.root, ada.ID, accounts.PasswordChoice{Mode: accounts.Generated}, "")
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			scenario(t, func(t *testing.T, w *world) {
				ada := w.customer("ada")
				_, unused := w.withEmergency("ada", 24)
				waiting, waits := w.withEmergency("ada", 24)
				w.enter("ada", waits)
				used, opens := w.withEmergency("ada", 0)
				w.enter("ada", opens)
				in := w.enter("ada", opens)
				for _, code := range []models.EmergencyCode{waiting, used} {
					if err := end(w, ada, code); err != nil && !errors.Is(err, core.ErrNotFound) { // both may have ended at once
						t.Fatal(err)
					}
				}
				if w.holds(in.Token) {
					t.Error("the session stays open")
				}
				w.clock.Advance(25 * time.Hour)
				if _, err := w.Emergency.Enter(t.Context(), "ada", waits, visit); !withoutReason(err) {
					t.Errorf("the waiting code: %v", err)
				}
				if events := w.events(models.AuditFilter{Action: core.ActionEmergencyStopped}); len(events) != 2 {
					t.Errorf("%d events", len(events))
				}
				if entered := w.enter("ada", unused); entered.Waits != 24*time.Hour {
					t.Errorf("a code that was not used: %+v", entered)
				}
			})
		})
	}
}

// TestTakingBackCredentialsTakesEmergencyCodes that were not used too: another person may have made them.
func TestTakingBackCredentialsTakesEmergencyCodes(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		_, shown := w.withEmergency("ada", 0)
		must(w.ResetPassword(t.Context(), w.root, ada.ID, accounts.PasswordChoice{Mode: accounts.Typed, Text: newSecret, Credentials: true}, ""))(t)
		if _, err := w.Emergency.Enter(t.Context(), "ada", shown, visit); !withoutReason(err) {
			t.Errorf("the code: %v", err)
		}
		w.wantEmergencyNotices(ada.ID, models.EmergencyAdded, models.EmergencyRemoved)
	})
}

// TestEmergencyWhileTheOwnerIsHeldUp: it passes by what would hold up the owner, and by a block, which it does not end.
func TestEmergencyWhileTheOwnerIsHeldUp(t *testing.T) {
	for name, hold := range map[string]func(*world, models.Account){
		"blocked":       func(w *world, ada models.Account) { w.refused(10, "ada", "wrong") },
		"must change":   func(w *world, ada models.Account) { _ = w.RequireChange(w.Context(), w.root, ada.ID) },
		"expired":       func(w *world, _ models.Account) { w.clock.Advance(65 * 24 * time.Hour) },
		"second factor": func(w *world, _ models.Account) { w.withApp("ada") },
	} {
		t.Run(name, func(t *testing.T) {
			scenario(t, func(t *testing.T, w *world) {
				ada := w.customer("ada")
				_, shown := w.withEmergency("ada", 0)
				hold(w, ada)
				before, devices := w.account(ada.ID), w.count("SELECT count(*) FROM devices")
				who, actor := w.inEmergency("ada", shown)
				if err := w.SetLocale(t.Context(), actor, "de"); err != nil || who.Pending != "" {
					t.Errorf("held up: %v, %q", err, who.Pending)
				}
				after := w.account(ada.ID)
				if before.FailedAttempts != after.FailedAttempts || (before.BlockedAt == nil) != (after.BlockedAt == nil) {
					t.Error("the counts of failures are reset")
				}
				if n := w.count("SELECT count(*) FROM devices"); n != devices {
					t.Errorf("%d browsers are trusted, %d were", n, devices)
				}
			})
		})
	}
	t.Run("enforced factor", func(t *testing.T) {
		scenario(t, func(t *testing.T, w *world) {
			w.customer("ada")
			_, shown := w.withEmergency("ada", 0)
			w.Service = w.enforced(models.Customer).Service
			if in := func() session.SignedIn { w.enter("ada", shown); return w.enter("ada", shown).SignedIn }(); in.Gate != "" || w.gateOf(in.Token) != "" {
				t.Errorf("held up at %q", in.Gate)
			}
		})
	})
}

// TestEmergencyIsRefused for the same reasons as a sign-in, and never says which.
func TestEmergencyIsRefused(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		off := w.customer("off")
		_, adas := w.withEmergency("ada", 0)
		_, offs := w.withEmergency("off", 0)
		if err := w.Disable(t.Context(), w.root, off.ID); err != nil {
			t.Fatal(err)
		}
		for _, try := range []struct{ name, code string }{{"off", offs}, {"ada", offs}, {"nobody", adas}, {"not a name", adas}} {
			if _, err := w.Emergency.Enter(t.Context(), try.name, try.code, visit); !withoutReason(err) {
				t.Errorf("%v: %v", try, err)
			}
		}
		if a := w.account(ada.ID); a.FailedAttempts != 1 || w.reasons(ada.ID)["wrong-code"] != 1 {
			t.Errorf("%d failed attempts, %v", a.FailedAttempts, w.reasons(ada.ID))
		}
		for _, code := range []string{"", "123456", adas + "7", strings.Repeat("7", 1<<16)} {
			if _, err := w.Emergency.Enter(t.Context(), "ada", code, visit); wrongFields(err) != "code" {
				t.Errorf("%.30q: %v", code, err)
			}
		}
		if a := w.account(ada.ID); a.FailedAttempts != 1 {
			t.Errorf("what is no code counts: %d failed attempts", a.FailedAttempts)
		}
		processes := []*world{w, w.another()}
		testkit.Together(60, func(i int) {
			_, _ = processes[i%2].Emergency.Enter(t.Context(), "ada", offs, visit)
		})
		if a := w.account(ada.ID); w.Policies.Current().State(a) != models.Blacklisted || a.FailedInRow != 10 {
			t.Errorf("after 60 wrong codes: %+v", a)
		}
	})
}

// TestEmergencyCodeOpensOnce: of four uses at the same time one opens a session, and of 20 first uses one queues a mail.
func TestEmergencyCodeOpensOnce(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		_, shown := w.withEmergency("ada", 1)
		processes, opened := []*world{w, w.another()}, atomic.Int64{}
		w.clock.Advance(time.Minute)
		testkit.Together(20, func(i int) { _, _ = processes[i%2].Emergency.Enter(t.Context(), "ada", shown, visit) })
		w.wantEmergencyNotices(ada.ID, models.EmergencyAdded, models.EmergencyRequested)
		w.clock.Advance(time.Hour)
		testkit.Together(4, func(i int) {
			if entered, err := processes[i%2].Emergency.Enter(t.Context(), "ada", shown, visit); err == nil && entered.Opens {
				opened.Add(1)
			}
		})
		if n := opened.Load(); n != 1 || w.count("SELECT count(*) FROM sessions WHERE person = 'Ben'") != 1 {
			t.Errorf("%d sessions were opened", n)
		}
	})
}

// TestEmergencySwitchedOff: for everyone at once, and nothing is deleted.
func TestEmergencySwitchedOff(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		code, shown := w.withEmergency("ada", 0)
		_, another := w.withEmergency("ada", 0)
		w.enter("ada", shown)
		in := w.enter("ada", shown)
		on := w.Service
		w.Service = w.another(func(o *accounts.Options) { o.Settings.NoEmergency = true }).Service
		if w.holds(in.Token) {
			t.Error("its session stays open")
		}
		_, actor := w.visitor("ada", secret)
		_, _, adding := w.Emergency.Add(t.Context(), actor, "Eve", "0", "")
		_, listing := w.Emergency.Own(t.Context(), actor)
		for _, err := range []error{adding, listing, w.Emergency.Delete(t.Context(), actor, code.ID), w.Emergency.Stop(t.Context(), actor, code.ID), w.Emergency.StopOf(t.Context(), w.root, ada.ID, code.ID)} {
			if off := (core.OffError{}); !errors.As(err, &off) || off.Setting != "COMPLIANCE_DISABLE_EMERGENCY_CODES" {
				t.Error(err)
			}
		}
		if _, err := w.Emergency.Enter(t.Context(), "ada", another, visit); !withoutReason(err) {
			t.Errorf("a code: %v", err)
		}
		if active := must(w.Emergency.Active(t.Context(), w.account(ada.ID)))(t); len(active) != 0 {
			t.Errorf("the owner is warned of %+v", active)
		}
		w.Service = on
		if entered := w.enter("ada", another); entered.Waits != 0 {
			t.Errorf("switched on again: %+v", entered)
		}
	})
}

// TestNewEmergencyCodesThatAreRefused add nothing.
func TestNewEmergencyCodesThatAreRefused(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		w.customer("ada")
		_, actor := w.visitor("ada", secret)
		for _, try := range []struct{ person, hours, field string }{
			{"", "24", "person"}, {" ", "24", "person"}, {strings.Repeat("x", 65), "24", "person"}, {"B\nen", "24", "person"},
			{"Ben", "", "lead_hours"}, {"Ben", "-1", "lead_hours"}, {"Ben", "8761", "lead_hours"}, {"Ben", "1.5", "lead_hours"},
			{"Ben", strings.Repeat("0", 1<<16), "lead_hours"}, {"", "x", "person lead_hours"},
		} {
			if _, _, err := w.Emergency.Add(t.Context(), actor, try.person, try.hours, ""); wrongFields(err) != try.field {
				t.Errorf("%.20q, %.20q: %v", try.person, try.hours, err)
			}
		}
		submission := w.NewID()
		for i := range emergency.MaxCodes {
			id := ""
			if i == 0 {
				id = submission
			}
			if _, _, err := w.Emergency.Add(t.Context(), actor, strings.Repeat("ü", 64), " 8760 ", id); err != nil {
				t.Fatal(err)
			}
		}
		if _, _, err := w.Emergency.Add(t.Context(), actor, "Ben", "24", ""); !errors.Is(err, emergency.ErrTooMany) {
			t.Errorf("an eleventh: %v", err)
		}
		if _, _, err := w.Emergency.Add(t.Context(), actor, "Ben", "24", submission); !errors.As(err, new(core.AlreadyDoneError)) {
			t.Errorf("the same form again: %v", err)
		}
		w.clock.Advance(10 * time.Minute)
		if _, _, err := w.Emergency.Add(t.Context(), actor, "Ben", "24", ""); !asksFirst(err) {
			t.Errorf("after ten minutes: %v", err)
		}
		codes := must(w.Emergency.Own(t.Context(), actor))(t)
		if err := w.Emergency.Delete(t.Context(), actor, codes[0].ID); !asksFirst(err) {
			t.Errorf("deleting after ten minutes: %v", err)
		}
	})
}

// TestEmergencyCodesOfOthers cannot be found by their ids.
func TestEmergencyCodesOfOthers(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		acme, other := w.organization("acme"), w.organization("other")
		ada := w.create(accounts.NewAccount{Kind: models.Customer, Name: "ada", Organization: acme.ID})
		code, shown := w.withEmergency("ada", 24)
		w.customer("bea")
		_, bea := w.visitor("bea", secret)
		for what, err := range map[string]error{
			"stopped by another":          w.Emergency.Stop(t.Context(), bea, code.ID),
			"deleted by another":          w.Emergency.Delete(t.Context(), bea, code.ID),
			"no id":                       w.Emergency.Stop(t.Context(), bea, "x"),
			"of another organization":     w.Emergency.StopOf(t.Context(), as(other), ada.ID, code.ID),
			"with the id of another code": w.Emergency.StopOf(t.Context(), w.root, bea.ID, code.ID),
		} {
			if !errors.Is(err, core.ErrNotFound) {
				t.Errorf("%s: %v", what, err)
			}
		}
		if err := w.Emergency.StopOf(t.Context(), as(acme), ada.ID, code.ID); err == nil || errors.Is(err, core.ErrNotFound) {
			t.Errorf("a code that was not used: %v", err)
		}
		w.enter("ada", shown)
		for _, operator := range []struct {
			actor core.Actor
			sees  bool
		}{{w.root, true}, {as(acme), true}, {as(other), false}, {as(ada), false}} {
			armed := must(w.Emergency.Armed(t.Context(), operator.actor, 5))(t)
			if sees := slices.ContainsFunc(armed, func(c models.ArmedCode) bool { return c.Account.ID == ada.ID }); sees != operator.sees {
				t.Errorf("%s: %+v", operator.actor.Name, armed)
			}
		}
		if err := w.Emergency.StopOf(t.Context(), as(acme), ada.ID, code.ID); err != nil {
			t.Error(err)
		}
	})
}

// TestOneSessionEndsEmergencySessions: opening one ends none, the owner's sign-in ends it.
func TestOneSessionEndsEmergencySessions(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		w.customer("ada")
		_, shown := w.withEmergency("ada", 0)
		own := w.signIn("ada", secret)
		w.enter("ada", shown)
		in := w.enter("ada", shown)
		if !w.holds(own.Token) || !w.holds(in.Token) {
			t.Error("opening it ends a session")
		}
		w.signIn("ada", secret)
		if w.holds(in.Token) {
			t.Error("the owner's sign-in does not end it")
		}
	}, func(o *accounts.Options) { o.Settings.OneSession = true })
}

// TestEmergencySessionLastsAnHour, however often it is used, and no longer than the settings allow.
func TestEmergencySessionLastsAnHour(t *testing.T) {
	for limit, want := range map[time.Duration]time.Duration{24 * time.Hour: time.Hour, 30 * time.Minute: 30 * time.Minute} {
		t.Run(limit.String(), func(t *testing.T) {
			scenario(t, func(t *testing.T, w *world) {
				w.customer("ada")
				_, shown := w.withEmergency("ada", 0)
				w.enter("ada", shown)
				in := w.enter("ada", shown)
				who, actor := w.resolve(in.SignedIn)
				for used := time.Duration(0); used < want; used += 5 * time.Minute {
					w.clock.Advance(5*time.Minute - time.Microsecond)
					if !w.holds(in.Token) {
						t.Fatalf("it ended before %s", used)
					}
					w.clock.Advance(time.Microsecond)
				}
				if w.holds(in.Token) {
					t.Errorf("it lasts for more than %s", want)
				}
				if err := w.SetLocale(t.Context(), actor, "de"); !errors.Is(err, core.ErrSignedOut) { // of a request that began before
					t.Errorf("a use case after the end: %v, %s", err, who.Session.AbsoluteEnd)
				}
			}, func(o *accounts.Options) { o.Settings.SessionMax = limit })
		})
	}
}

// TestPurgeLeavesACodeThatOpened between its look for ended codes and its lock.
func TestPurgeLeavesACodeThatOpened(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		_, shown := w.withEmergency("ada", 0)
		w.enter("ada", shown)
		w.clock.Advance(7*24*time.Hour - time.Minute)
		var in emergency.Entered
		ahead := w.another(func(o *accounts.Options) { // with a clock that is two minutes ahead
			o.Now = func() time.Time { return w.clock.Now().Add(2 * time.Minute) }
			o.DB = o.DB.Traced(func(statement string) {
				if in.Token == "" && strings.Contains(statement, "ends_at <=") {
					in = w.enter("ada", shown)
				}
			})
		})
		if err := ahead.Emergency.PurgeEnded(t.Context()); err != nil {
			t.Fatal(err)
		}
		if !in.Opens || !w.holds(in.Token) || !w.account(ada.ID).Emergency {
			t.Error("the purge ends the session")
		}
	})
}

// TestArmedCodesAreInOrder: those that are in come first, then the next ones, whenever they were armed.
func TestArmedCodesAreInOrder(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		for name, hours := range map[string]int{"year": 8760, "day": 24, "hour": 1, "in": 0} {
			w.customer(name)
			_, shown := w.withEmergency(name, hours)
			w.enter(name, shown)
			if name == "in" {
				w.enter(name, shown)
			}
		}
		var order []string
		for _, armed := range must(w.Emergency.Armed(t.Context(), w.root, 3))(t) {
			order = append(order, armed.Account.Name)
		}
		if !slices.Equal(order, []string{"in", "hour", "day"}) {
			t.Errorf("the order is %v", order)
		}
	})
}
