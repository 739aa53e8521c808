package accounts_test

import (
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/models"
)

func TestTokensAreSecret(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		w.customer("ada")
		first, second := w.signIn("ada", secret).Token, w.signIn("ada", secret).Token
		if first == second || len(first) < 43 {
			t.Errorf("tokens %q, %q", first, second)
		}
		if n := w.count("SELECT count(*) FROM sessions WHERE token_hash LIKE '%" + first + "%' OR id LIKE '%" + first + "%'"); n != 0 {
			t.Error("the token stands in the database")
		}
		for _, token := range []string{"", "x", first + "x", strings.ToLower(first), "\x00", "\xff"} {
			if w.holds(token) {
				t.Errorf("%q holds", token)
			}
		}
	})
}

// A new password ends the session token that was known before.
func TestTokenChangesWithThePassword(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		other := w.another()
		w.customer("ada")
		elsewhere := w.signIn("ada", secret).Token
		before := w.signIn("ada", secret).Token
		who := must(w.Sessions.Resolve(t.Context(), before, visit.Address))(t)
		after := must(w.Sessions.ChangePassword(t.Context(), who, as(who.Account), change(secret, "Another horse 2")))(t).Token
		if other.holds(before) || other.holds(elsewhere) || !other.holds(after) {
			t.Errorf("before %t, elsewhere %t, after %t", other.holds(before), other.holds(elsewhere), other.holds(after))
		}
		if got := must(other.Sessions.Resolve(t.Context(), after, visit.Address))(t); got.Session.ID != who.Session.ID || got.Session.Kind != models.FullSession {
			t.Errorf("became %+v", got.Session)
		}
	})
}

func TestSessionsEndToTheMillisecond(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		w.customer("ada")
		in := func() string { return w.signIn("ada", secret).Token }
		idle := in()
		w.clock.Advance(time.Hour - time.Millisecond)
		if !w.holds(idle) {
			t.Error("ended before its rest was over")
		}
		w.clock.Advance(time.Hour)
		if w.holds(idle) {
			t.Error("holds after an hour without use")
		}
		busy, start := in(), w.clock.Now()
		for w.clock.Now().Before(start.Add(24*time.Hour - 30*time.Minute)) {
			w.clock.Advance(30 * time.Minute)
			if !w.holds(busy) {
				t.Fatalf("a session in use ended after %s", w.clock.Now().Sub(start))
			}
		}
		w.clock.Set(start.Add(24*time.Hour - time.Millisecond))
		if !w.holds(busy) {
			t.Error("ended before its day was over")
		}
		w.clock.Set(start.Add(24 * time.Hour))
		if w.holds(busy) {
			t.Error("holds after a day")
		}
		before := w.count("SELECT count(*) FROM sessions")
		if err := w.PurgeExpired(t.Context()); err != nil || w.count("SELECT count(*) FROM sessions") != before-2 {
			t.Errorf("tidied from %d to %d, %v", before, w.count("SELECT count(*) FROM sessions"), err)
		}
	})
}

func TestUseIsNotedOnceAMinute(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		w.customer("ada")
		token := w.signIn("ada", secret).Token
		start := w.clock.Now()
		w.clock.Advance(time.Minute - time.Millisecond)
		if got := must(w.Sessions.Resolve(t.Context(), token, visit.Address))(t); !got.Session.LastUsedAt.Equal(start) {
			t.Errorf("noted at %v", got.Session.LastUsedAt)
		}
		w.clock.Advance(time.Millisecond)
		if got := must(w.Sessions.Resolve(t.Context(), token, visit.Address))(t); !got.Session.LastUsedAt.Equal(w.clock.Now()) {
			t.Errorf("noted at %v", got.Session.LastUsedAt)
		}
	})
}

// TestWhatOperatorsDoToOpenSessions on another process than the one that the session lives in.
func TestWhatOperatorsDoToOpenSessions(t *testing.T) {
	for name, want := range map[string]string{
		"edit": "holds", "require change": "pending", "unblock": "holds", "disable": "ends", "reset password": "ends", "end sessions": "ends",
		"delete": "ends",
	} {
		t.Run(name, func(t *testing.T) {
			scenario(t, func(t *testing.T, w *world) {
				ada := w.customer("ada")
				token := w.signIn("ada", secret).Token
				if operation := operations[name]; operation.ready != nil {
					operation.ready(w, ada)
				}
				if err := operations[name].do(w.another(), w.root, ada); err != nil {
					t.Fatal(err)
				}
				who, err := w.Sessions.Resolve(t.Context(), token, visit.Address)
				got := map[models.State]string{"": "holds", models.MustChange: "pending"}[who.Pending]
				if errors.Is(err, core.ErrNotFound) {
					got = "ends"
				}
				if got != want {
					t.Errorf("the session %s, want %s (%v)", got, want, err)
				}
			})
		})
	}
}

// TestDisabledSessionsStayEnded: switching an account on again does not bring its sessions back.
func TestDisabledSessionsStayEnded(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		token := w.signIn("ada", secret).Token
		for _, do := range []string{"disable", "enable"} {
			if err := operations[do].do(w, w.root, ada); err != nil {
				t.Fatal(err)
			}
		}
		if w.holds(token) {
			t.Error("the session is back")
		}
		w.signIn("ada", secret)
	})
}

func TestBlacklistingEndsNoSession(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		w.customer("ada")
		token := w.signIn("ada", secret).Token
		w.refused(10, "ada", "wrong guess")
		if !w.holds(token) {
			t.Error("a stranger signed the owner out")
		}
	})
}

// TestExpiryIsJudgedAtSignIn: a full session goes on after the expiry, and one of an expired password stays pending.
func TestExpiryIsJudgedAtSignIn(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		w.customer("ada")
		w.clock.Advance(64*24*time.Hour - 10*time.Minute)
		full := w.signIn("ada", secret).Token
		w.clock.Advance(20 * time.Minute)
		if got := must(w.Sessions.Resolve(t.Context(), full, visit.Address))(t); got.Pending != "" {
			t.Errorf("an open session became pending: %s", got.Pending)
		}
		if got := must(w.Sessions.Resolve(t.Context(), w.signIn("ada", secret).Token, visit.Address))(t); got.Pending != models.Expired || got.Session.Kind != models.PendingSession {
			t.Errorf("got %+v", got)
		}
	})
}

// TestFormerPasswordsSessions: a session that was made with a former password does not hold, even where it was not ended.
func TestFormerPasswordsSessions(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		token := w.signIn("ada", secret).Token
		w.tamper(ada.ID, func(a *models.Account) { a.PasswordID = w.NewID() })
		if w.holds(token) {
			t.Error("it holds")
		}
	})
}

func TestOwnSessions(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		w.customer("ada")
		w.customer("bob")
		who, actor := w.visitor("ada", secret)
		other, theirs := w.signIn("ada", secret).Token, w.signIn("bob", secret).Token
		otherID, theirsID := must(w.Sessions.Resolve(t.Context(), other, visit.Address))(t).Session.ID, must(w.Sessions.Resolve(t.Context(), theirs, visit.Address))(t).Session.ID
		for _, id := range []string{theirsID, w.NewID(), "", "\x00"} {
			if err := w.Sessions.EndOwn(t.Context(), actor, id); !errors.Is(err, core.ErrNotFound) {
				t.Errorf("ending %q: %v", id, err)
			}
		}
		if err := w.Sessions.EndOwn(t.Context(), actor, otherID); err != nil || w.holds(other) || !w.holds(theirs) {
			t.Errorf("ended wrongly, %v", err)
		}
		if ended := w.events(models.AuditFilter{Action: core.ActionSessionsEnded})[0]; ended.Detail["address"] != visit.Address {
			t.Errorf("the log says of the ended session %v", ended.Detail)
		}
		third := w.signIn("ada", secret).Token
		if err := w.Sessions.EndOthers(t.Context(), actor); err != nil || w.holds(third) {
			t.Errorf("another session holds, %v", err)
		}
		if rows := must(w.Sessions.Own(t.Context(), actor))(t); len(rows) != 1 || rows[0].ID != who.Session.ID {
			t.Errorf("left are %+v", rows)
		}
		if err := w.Sessions.SignOut(t.Context(), actor); err != nil || len(must(w.Sessions.Own(t.Context(), actor))(t)) != 0 {
			t.Errorf("signing out: %v", err)
		}
		if err := w.Sessions.SignOut(t.Context(), actor); !errors.Is(err, core.ErrNotFound) {
			t.Errorf("signing out twice: %v", err)
		}
	})
}

// TestHostileBrowserNames: whatever a browser calls itself, both engines take it.
func TestHostileBrowserNames(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		for _, agent := range []string{"\x00", "a\xffb", strings.Repeat("ü", 400), strings.Repeat("x", 299) + "ü"} {
			in := must(w.Sessions.SignIn(t.Context(), "root", secret, core.ClientInfo{UserAgent: agent}))(t)
			got := must(w.Sessions.Resolve(t.Context(), in.Token, visit.Address))(t).Session.UserAgent
			if len(got) > 300 || !utf8.ValidString(got) || strings.Contains(got, "\x00") {
				t.Errorf("%q is kept as %q", agent, got)
			}
		}
	})
}

// TestShortenedSessions: what the settings allow now holds for sessions that were made when they allowed more.
func TestShortenedSessions(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		token := w.signIn("ada", secret).Token
		listed := func(w *world) int { return len(must(w.Sessions.Own(t.Context(), as(ada)))(t)) }
		shorter := w.another(func(o *accounts.Options) {
			o.Settings.SessionMax, o.Settings.SessionIdle = 30*time.Minute, 20*time.Minute
		})
		w.clock.Advance(20*time.Minute - time.Millisecond)
		if !shorter.holds(token) { // which notes the use
			t.Error("it does not hold within the shorter time")
		}
		w.clock.Advance(10*time.Minute + time.Millisecond)
		if shorter.holds(token) || !w.holds(token) {
			t.Errorf("past its new end: %t by the new settings, %t by the old ones", shorter.holds(token), w.holds(token))
		}
		if listed(shorter) != 0 || listed(w) != 1 {
			t.Errorf("past its new end %d are listed by the new settings, %d by the old ones", listed(shorter), listed(w))
		}
	})
}
