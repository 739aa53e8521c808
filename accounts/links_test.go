package accounts_test

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/accounts/link"
	"latchkey/accounts/mfa"
	"latchkey/accounts/session"
	"latchkey/internal/seal"
	"latchkey/internal/testkit"
	"latchkey/models"
	"latchkey/password"
)

// chosen is the form behind a set-password link.
var chosen = session.NewPassword{Password: newSecret, Confirmation: newSecret}

// invited creates an account whose owner is to choose the password, and returns its link.
func (w *world) invited(name string) (models.Account, models.Link) {
	w.Helper()
	account := w.create(accounts.NewAccount{Name: name, Password: accounts.PasswordChoice{Mode: accounts.ByLink}})
	return account, w.links(account)[0]
}

// sendLink resets the password by a link.
func (w *world) sendLink(account models.Account) models.Link {
	w.Helper()
	must(w.ResetPassword(w.Context(), w.root, account.ID, accounts.PasswordChoice{Mode: accounts.ByLink}, ""))(w)
	return w.links(account)[0]
}

// links returns the account's set-password links, the newest first.
func (w *world) links(account models.Account) []models.Link {
	w.Helper()
	return must(w.Links.Of(w.Context(), w.root, account))(w)
}

func (w *world) token(l models.Link) string {
	w.Helper()
	return must(w.Sealing.Token(w.db.Read(w.Context()), l.ID))(w)
}

// state returns the state of a link.
func (w *world) state(l models.Link) models.LinkState {
	w.Helper()
	return must(w.db.Read(w.Context()).Link(l.ID))(w).State(w.clock.Now())
}

// answers answers all requests of owners who forgot their passwords.
func (w *world) answers() {
	w.Helper()
	for again := true; again; {
		again = must(w.Links.AnswerForgotten(w.Context()))(w)
	}
}

func TestInvitation(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada, invitation := w.invited("ada")
		if invitation.Purpose != models.LinkInvitation || invitation.EndsAt != w.clock.Now().Add(168*time.Hour) || w.state(invitation) != models.LinkNotSent {
			t.Errorf("%+v is %s", invitation, w.state(invitation))
		}
		mails := w.mails(models.MailFilter{Template: models.MailSetPassword})
		if len(mails) != 1 || mails[0].Recipient != "ada@example.com" || !mails[0].Urgent || mails[0].Data.LinkID != invitation.ID {
			t.Errorf("mails: %+v", mails)
		}
		w.refused(1, "ada", secret) // there is no password
		token := w.token(invitation)
		for range 3 { // programs that check mails open links too
			if target, err := w.Links.Target(t.Context(), token, visit); err != nil || target.ID != ada.ID {
				t.Fatal(target, err)
			}
		}
		for field, input := range map[string]session.NewPassword{
			"password":     {Password: "short", Confirmation: "short"},
			"confirmation": {Password: newSecret, Confirmation: secret},
		} {
			if _, err := w.Links.SetPassword(t.Context(), token, input, visit); wrongFields(err) != field {
				t.Errorf("%s: %v", field, err)
			}
		}
		in := must(w.Links.SetPassword(t.Context(), token, chosen, visit))(t)
		who, _ := w.resolve(in)
		if in.Gate != "" || who.Pending != "" || in.Device == "" || who.Session.WithoutPassword() {
			t.Errorf("signed in: %+v, %+v", in, who)
		}
		after := w.account(ada.ID)
		if after.PasswordFrom != models.FromLink || after.OwnChangeAt == nil || w.state(invitation) != models.LinkUsed {
			t.Errorf("password from %q, the link is %s", after.PasswordFrom, w.state(invitation))
		}
		w.signIn("ada", newSecret)
		if _, err := w.Links.SetPassword(t.Context(), token, session.NewPassword{Password: "Third horse 3", Confirmation: "Third horse 3"}, visit); !errors.Is(err, core.ErrLink) {
			t.Errorf("used again: %v", err)
		}
		for action, n := range map[string]int{core.ActionLinkCreated: 1, core.ActionPasswordOwn: 1} {
			if events := w.events(models.AuditFilter{Action: action}); len(events) != n || events[0].Detail["link"] != string(models.LinkInvitation) {
				t.Errorf("%s: %+v", action, events)
			}
		}
	})
}

// TestDeadLinks: whatever the reason, a link that sets no password is the same error, for the page and for the form.
func TestDeadLinks(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		foreign := w.another(func(o *accounts.Options) { o.Keys = seal.Fixed(must(seal.NewKey(rand.Reader))(t)) })
		cases := map[string]func(models.Account, models.Link) (token string){
			"unknown": func(_ models.Account, l models.Link) string {
				l.ID = must(w.db.Read(t.Context()).Account(w.root.ID))(t).ID
				return w.token(l)
			},
			"cut":    func(_ models.Account, l models.Link) string { return w.token(l)[:63] },
			"longer": func(_ models.Account, l models.Link) string { return w.token(l) + "A" },
			"empty":  func(models.Account, models.Link) string { return "" },
			"large":  func(models.Account, models.Link) string { return strings.Repeat("ä", 32<<10) },
			"changed": func(_ models.Account, l models.Link) string {
				raw := must(base64.RawURLEncoding.DecodeString(w.token(l)))(t)
				raw[len(raw)-1] ^= 1
				return base64.RawURLEncoding.EncodeToString(raw)
			},
			"of another key": func(_ models.Account, l models.Link) string {
				return must(foreign.Sealing.Token(w.db.Read(t.Context()), l.ID))(t)
			},
			"used": func(_ models.Account, l models.Link) string {
				must(w.Links.SetPassword(t.Context(), w.token(l), chosen, visit))(t)
				return w.token(l)
			},
			"expired": func(_ models.Account, l models.Link) string {
				token := w.token(l)
				w.clock.Advance(168 * time.Hour)
				return token
			},
			"revoked": func(a models.Account, l models.Link) string {
				if err := w.Links.Revoke(t.Context(), w.root, a.ID, l.ID); err != nil {
					t.Error(err)
				}
				return w.token(l)
			},
			"replaced": func(a models.Account, l models.Link) string {
				if err := w.Links.Resend(t.Context(), w.root, a.ID, l.ID); err != nil {
					t.Error(err)
				}
				return w.token(l)
			},
			"before another password": func(a models.Account, l models.Link) string {
				must(w.ResetPassword(t.Context(), w.root, a.ID, accounts.PasswordChoice{Mode: accounts.Generated, OneTime: true}, ""))(t)
				return w.token(l)
			},
			"before another e-mail address": func(a models.Account, l models.Link) string {
				if err := w.Edit(t.Context(), w.root, a.ID, accounts.Edit{Email: "new." + a.Email}); err != nil {
					t.Error(err)
				}
				return w.token(l)
			},
			"now technical": func(a models.Account, l models.Link) string {
				if err := w.Edit(t.Context(), w.root, a.ID, accounts.Edit{Email: a.Email, Technical: true}); err != nil {
					t.Error(err)
				}
				return w.token(l)
			},
			"disabled": func(a models.Account, l models.Link) string {
				if err := w.Disable(t.Context(), w.root, a.ID); err != nil {
					t.Error(err)
				}
				return w.token(l)
			},
			"disabled and enabled": func(a models.Account, l models.Link) string {
				if err := errors.Join(w.Disable(t.Context(), w.root, a.ID), w.Enable(t.Context(), w.root, a.ID)); err != nil {
					t.Error(err)
				}
				return w.token(l)
			},
			"of a deleted account": func(a models.Account, l models.Link) string {
				if err := w.Delete(t.Context(), w.root, a.ID, a.Name); err != nil {
					t.Error(err)
				}
				return w.token(l)
			},
			"not of a password": func(a models.Account, l models.Link) string {
				l.ID, l.Purpose = w.NewID(), models.LinkConfirmEmail
				w.do(func(tx *models.Tx) error { return tx.CreateLink(l) })
				return w.token(l)
			},
		}
		for name, kill := range cases {
			account, invitation := w.invited(strings.ReplaceAll(name, " ", "."))
			token := kill(account, invitation)
			if _, err := w.Links.Target(t.Context(), token, visit); err != core.ErrLink { //nolint:errorlint // nothing may be added
				t.Errorf("%s, the page: %v", name, err)
			}
			if _, err := w.Links.SetPassword(t.Context(), token, chosen, visit); err != core.ErrLink { //nolint:errorlint // likewise
				t.Errorf("%s, the form: %v", name, err)
			}
		}
	})
}

// TestLinkOfAnAccountWithAFactor: the factor comes first, and the new password uses up the link.
func TestLinkOfAnAccountWithAFactor(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		app, codes := w.withApp("ada")
		for name, proof := range map[string]func(who session.Current) (session.SignedIn, error){
			"code": func(who session.Current) (session.SignedIn, error) {
				return w.Factors.SignIn(t.Context(), who, visit, mfa.Code{Code: app.code()})
			},
			"recovery code": func(who session.Current) (session.SignedIn, error) {
				return w.Factors.SignIn(t.Context(), who, visit, mfa.Code{Recovery: codes[0]})
			},
		} {
			w.clock.Advance(time.Minute)
			reset := w.sendLink(ada)
			token := w.token(reset)
			half := must(w.Links.SetPassword(t.Context(), token, chosen, visit))(t) // what is sent is not looked at
			if half.Gate != core.GateFactor || w.account(ada.ID).PasswordID != reset.PasswordID || w.state(reset) != models.LinkNotSent {
				t.Fatalf("%s: %+v; the link is %s", name, half, w.state(reset))
			}
			who, _ := w.resolve(half)
			in := must(proof(who))(t)
			if in.Gate != core.GatePassword || in.Device != "" {
				t.Errorf("%s: after the factor: %+v", name, in)
			}
			again := must(w.Links.SetPassword(t.Context(), token, session.NewPassword{}, visit))(t) // until it is used
			third := session.NewPassword{Password: name + " 12345", Confirmation: name + " 12345"}
			who, actor := w.resolve(in)
			done := must(w.Sessions.ChangePassword(t.Context(), who, actor, third))(t)
			if w.state(reset) != models.LinkUsed || !w.holds(done.Token) || w.holds(again.Token) {
				t.Errorf("%s: the link is %s", name, w.state(reset))
			}
			if _, err := w.Links.SetPassword(t.Context(), token, third, visit); !errors.Is(err, core.ErrLink) {
				t.Errorf("%s, again: %v", name, err)
			}
		}
	})
}

// TestInvitationWaitsForTheFirstDay, and is valid from then on for as long as any.
func TestInvitationWaitsForTheFirstDay(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		first := w.clock.Now().AddDate(0, 0, 10).Truncate(24 * time.Hour)
		account := w.create(accounts.NewAccount{
			Name: "ada", Password: accounts.PasswordChoice{Mode: accounts.ByLink}, Valid: accounts.ValidDates{From: new(first.Format(time.DateOnly))},
		})
		invitation := w.links(account)[0]
		if !invitation.EndsAt.Equal(first.Add(168 * time.Hour)) {
			t.Errorf("it ends at %v", invitation.EndsAt)
		}
		if mails := w.mails(models.MailFilter{Template: models.MailSetPassword}); !mails[0].NextTryAt.Equal(first) {
			t.Errorf("its mail is due at %v", mails[0].NextTryAt)
		}
		if _, err := w.Links.Target(t.Context(), w.token(invitation), visit); !errors.Is(err, core.ErrLink) {
			t.Errorf("before the first day: %v", err)
		}
		w.clock.Advance(first.Sub(w.clock.Now()))
		must(w.Links.SetPassword(t.Context(), w.token(invitation), chosen, visit))(t)
	})
}

// TestRevokedLinkEndsItsSessions, also those that have shown the second factor and wait for the new password.
func TestRevokedLinkEndsItsSessions(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		app, _ := w.withApp("ada")
		w.clock.Advance(time.Minute)
		reset := w.sendLink(ada)
		half := must(w.Links.SetPassword(t.Context(), w.token(reset), session.NewPassword{}, visit))(t)
		who, _ := w.resolve(half)
		in := must(w.Factors.SignIn(t.Context(), who, visit, mfa.Code{Code: app.code()}))(t)
		other := must(w.Links.SetPassword(t.Context(), w.token(reset), session.NewPassword{}, visit))(t)
		if err := w.Links.Revoke(t.Context(), w.root, ada.ID, reset.ID); err != nil {
			t.Fatal(err)
		}
		if w.holds(in.Token) || w.holds(other.Token) {
			t.Error("a session of the link holds")
		}
		if err := w.Links.Revoke(t.Context(), w.root, ada.ID, reset.ID); !errors.Is(err, link.ErrEnded) {
			t.Errorf("revoked twice: %v", err)
		}
	})
}

// TestLinkSetsAPasswordOnce: of 100 uses at the same time on two processes one sets it.
func TestLinkSetsAPasswordOnce(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada, invitation := w.invited("ada")
		processes, token := []*world{w, w.another()}, w.token(invitation)
		var set, dead atomic.Int32
		testkit.Together(100, func(i int) {
			_, err := processes[i%2].Links.SetPassword(t.Context(), token, chosen, visit)
			switch {
			case err == nil:
				set.Add(1)
			case errors.Is(err, core.ErrLink), errors.As(err, new(core.BusyError)), errors.As(err, new(core.TooManyError)):
				dead.Add(1)
			default:
				t.Error(err)
			}
		})
		if set.Load() != 1 || dead.Load() != 99 {
			t.Errorf("%d set the password, %d were refused", set.Load(), dead.Load())
		}
		if n := len(w.events(models.AuditFilter{Action: core.ActionPasswordOwn, SubjectID: ada.ID})); n != 1 {
			t.Errorf("%d events", n)
		}
	})
}

// TestLinkAndResetRace: of a link and a new password from an operator, one wins, and the link is dead then.
func TestLinkAndResetRace(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		other := w.another()
		for i := range 10 {
			name := "ada" + string(rune('a'+i))
			account, invitation := w.invited(name)
			token := w.token(invitation)
			errs := make([]error, 2)
			testkit.Together(2, func(i int) {
				if i == 0 {
					_, errs[0] = w.Links.SetPassword(t.Context(), token, chosen, visit)
				} else {
					_, errs[1] = other.ResetPassword(t.Context(), w.root, account.ID, accounts.PasswordChoice{Mode: accounts.Typed, Text: secret}, "")
				}
			})
			linked, reset := errs[0] == nil, errs[1] == nil
			if !linked && !errors.Is(errs[0], core.ErrLink) && !errors.Is(errs[0], core.ErrPasswordMeanwhile) {
				t.Errorf("the link: %v", errs[0])
			}
			if !reset && !errors.Is(errs[1], core.ErrPasswordMeanwhile) || !linked && !reset {
				t.Errorf("the reset: %v (and the link: %v)", errs[1], errs[0])
			}
			if _, err := w.Links.Target(t.Context(), token, visit); !errors.Is(err, core.ErrLink) {
				t.Errorf("the link is alive: %v", err)
			}
		}
	})
}

// TestForgottenPassword: who gets a link, and that all that is asked for is valid until one is used.
func TestForgottenPassword(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		old := w.signIn("ada", secret)
		for _, way := range []string{"ada", "ADA@example.com", " ada "} {
			if err := w.Links.Forgot(t.Context(), way, visit); err != nil {
				t.Fatal(err)
			}
			w.answers()
			w.clock.Advance(time.Minute)
		}
		links := w.links(ada)
		if len(links) != 3 || links[0].Purpose != models.LinkForgotten || links[0].EndsAt != links[0].CreatedAt.Add(time.Hour) {
			t.Fatalf("links: %+v", links)
		}
		if err := w.Links.Forgot(t.Context(), "ada", visit); err != nil {
			t.Fatal(err)
		}
		w.answers()
		if n := len(w.links(ada)); n != 3 {
			t.Errorf("%d links in an hour", n)
		}
		if !w.holds(old.Token) {
			t.Error("asking has ended a session")
		}
		must(w.Links.SetPassword(t.Context(), w.token(links[2]), chosen, visit))(t)
		for i, want := range []models.LinkState{models.LinkRevoked, models.LinkRevoked, models.LinkUsed} {
			if got := w.state(links[i]); got != want {
				t.Errorf("link %d is %s, want %s", i, got, want)
			}
		}
		if w.holds(old.Token) {
			t.Error("a session outlives the new password")
		}
		w.clock.Advance(time.Hour)
		if err := w.Links.Forgot(t.Context(), "ada", visit); err != nil {
			t.Fatal(err)
		}
		w.answers()
		if n := len(w.links(ada)); n != 4 {
			t.Errorf("%d links after an hour", n)
		}
	})
}

func TestWhoGetsALinkForAForgottenPassword(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		disabled := w.customer("disabled")
		if err := w.Disable(t.Context(), w.root, disabled.ID); err != nil {
			t.Fatal(err)
		}
		w.create(accounts.NewAccount{Name: "technical", Technical: true})
		w.organization("acme")
		w.invited("without.password")
		w.create(accounts.NewAccount{Kind: models.SuperAdmin, Name: "admin"})
		w.create(accounts.NewAccount{Kind: models.SuperAdmin, Name: "careful"})
		w.do(func(tx *models.Tx) error {
			account, err := tx.AccountByIdentifier("careful")
			account.HasFactor = true
			return errors.Join(err, tx.SaveAccount(&account))
		})
		w.customer("blocked")
		w.refused(10, "blocked", "wrong")
		before := len(w.mails(models.MailFilter{Template: models.MailSetPassword}))
		for name, want := range map[string]int{
			"disabled": 0, "technical": 0, "unknown": 0, "Default": 0, "admin": 0, "two words": 0, "\xff": 0,
			"acme": 1, "without.password": 1, "careful": 1, "blocked": 1,
		} {
			if err := w.Links.Forgot(t.Context(), name, visit); err != nil {
				t.Errorf("%q: %v", name, err)
			}
			w.answers()
			after := len(w.mails(models.MailFilter{Template: models.MailSetPassword}))
			if after-before != want {
				t.Errorf("%q: %d mails", name, after-before)
			}
			before = after
		}
		if err := w.Links.Forgot(t.Context(), " ", visit); wrongFields(err) != "name" {
			t.Errorf("no name: %v", err)
		}
		if n := w.count("SELECT count(*) FROM forgot_requests"); n != 0 {
			t.Errorf("%d requests are left", n)
		}
		events := w.events(models.AuditFilter{Action: core.ActionLinkCreated})
		if e := events[0]; e.ActorID != "" || e.Address != visit.Address || e.Detail["link"] != string(models.LinkForgotten) {
			t.Errorf("event: %+v", e)
		}
	})
}

// TestBlockedAccountGetsInByLink: asking for a link does not end the block, the new password does.
func TestBlockedAccountGetsInByLink(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		w.refused(10, "ada", "wrong")
		if err := w.Links.Forgot(t.Context(), "ada", visit); err != nil {
			t.Fatal(err)
		}
		w.answers()
		if w.account(ada.ID).BlockedAt == nil {
			t.Error("asking has ended the block")
		}
		must(w.Links.SetPassword(t.Context(), w.token(w.links(ada)[0]), chosen, visit))(t)
		if a := w.account(ada.ID); a.BlockedAt != nil || a.FailedAttempts != 0 {
			t.Errorf("blocked at %v after %d", a.BlockedAt, a.FailedAttempts)
		}
	})
}

// TestRequestsAreAnsweredOnce by two processes, and one name is queued once.
func TestRequestsAreAnsweredOnce(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		for i := range 10 {
			name := "user" + string(rune('a'+i))
			w.customer(name)
			for range 2 {
				if err := w.Links.Forgot(t.Context(), name, visit); err != nil {
					t.Fatal(err)
				}
			}
		}
		processes := []*world{w, w.another()}
		testkit.Together(4, func(i int) {
			if _, err := processes[i%2].Links.AnswerForgotten(t.Context()); err != nil {
				t.Error(err)
			}
		})
		if n := len(w.mails(models.MailFilter{Template: models.MailSetPassword, Limit: 50})); n != 10 {
			t.Errorf("%d mails", n)
		}
	})
}

// TestForgottenRequestsAreLimited by the client's network, whatever the names are.
func TestForgottenRequestsAreLimited(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		w.customer("ada")
		for _, name := range []string{"ada", "unknown"} {
			from := visit
			from.Address = map[string]string{"ada": "192.0.2.1", "unknown": "192.0.2.2"}[name]
			for i := range 5 {
				err := w.Links.Forgot(t.Context(), name, from)
				if limited := errors.As(err, new(core.TooManyError)); limited != (i == 4) {
					t.Errorf("%s, request %d: %v", name, i, err)
				}
			}
		}
	}, func(o *accounts.Options) { o.Settings.SignInRate = 2 })
}

// TestLinksAndOperators: what operators may do with which links.
func TestLinksAndOperators(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		acme, other := w.organization("acme"), w.organization("other")
		ada := w.create(accounts.NewAccount{Name: "ada", Organization: acme.ID})
		reset := w.sendLink(ada)
		for name, err := range map[string]error{
			"another tenant revokes": w.Links.Revoke(t.Context(), as(other), ada.ID, reset.ID),
			"another tenant resends": w.Links.Resend(t.Context(), as(other), ada.ID, reset.ID),
			"another account":        w.Links.Revoke(t.Context(), w.root, acme.ID, reset.ID),
			"no id":                  w.Links.Revoke(t.Context(), w.root, ada.ID, "x"),
		} {
			if !errors.Is(err, core.ErrNotFound) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := w.Links.Of(t.Context(), as(other), ada); !errors.Is(err, core.ErrNotFound) {
			t.Errorf("another tenant lists: %v", err)
		}
		if err := w.Links.Resend(t.Context(), as(acme), ada.ID, reset.ID); err != nil {
			t.Fatal(err)
		}
		links := w.links(ada)
		if len(links) != 2 || w.state(reset) != models.LinkRevoked || w.state(links[0]) != models.LinkNotSent {
			t.Errorf("links: %+v", links)
		}
		for range 11 { // more than a page lists
			must(0, w.Links.Forgot(t.Context(), "ada", visit))(t)
			w.answers()
			w.clock.Advance(time.Hour)
		}
		if err := w.Links.Resend(t.Context(), w.root, ada.ID, reset.ID); err != nil { // from a page that is not up to date
			t.Fatal(err)
		}
		if w.state(links[0]) != models.LinkRevoked {
			t.Errorf("the former link is %s", w.state(links[0]))
		}
		if links = w.links(ada); w.state(links[0]) != models.LinkNotSent || w.state(links[1]) == models.LinkRevoked {
			t.Errorf("after another one: %+v", links)
		}
		technical := w.create(accounts.NewAccount{Name: "robot", Technical: true})
		_, err := w.ResetPassword(t.Context(), w.root, technical.ID, accounts.PasswordChoice{Mode: accounts.ByLink}, "")
		if wrongFields(err) != "password_mode" {
			t.Errorf("a technical account: %v", err)
		}
		if err := w.Disable(t.Context(), w.root, ada.ID); err != nil {
			t.Fatal(err)
		}
		if err := w.Links.Resend(t.Context(), w.root, ada.ID, links[0].ID); !errors.Is(err, link.ErrClosed) {
			t.Errorf("a disabled account: %v", err)
		}
	})
}

// TestResetByLinkKeepsThePassword until the link is used; removing second factors is done at once.
func TestResetByLinkKeepsThePassword(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		w.withApp("ada")
		choice := accounts.PasswordChoice{Mode: accounts.ByLink, Credentials: true}
		must(w.ResetPassword(t.Context(), w.root, ada.ID, choice, ""))(t)
		if a := w.account(ada.ID); a.HasFactor || a.PasswordID != ada.PasswordID {
			t.Errorf("factor %v, password %s", a.HasFactor, a.PasswordID)
		}
		w.signIn("ada", secret)
	})
}

// TestPasswordByLinkFollowsTheHistory, as any new password.
func TestPasswordByLinkFollowsTheHistory(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		reset := w.sendLink(ada)
		same := session.NewPassword{Password: secret, Confirmation: secret}
		if _, err := w.Links.SetPassword(t.Context(), w.token(reset), same, visit); wrongFields(err) != "password" {
			t.Errorf("the present password: %v", err)
		}
		if w.state(reset) == models.LinkUsed {
			t.Error("a refused password has used the link")
		}
	}, accountPolicy(func(p *password.Policy) { p.ForbiddenLastPasswords = 0 }))
}

// TestEndAllLinks ends links, sessions that wait for a second factor and those of links, and nothing else.
func TestEndAllLinks(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		w.withApp("ada")
		w.customer("ben")
		full := w.signIn("ben", secret)
		w.clock.Advance(time.Minute)
		reset := w.sendLink(ada)
		half := must(w.Links.SetPassword(t.Context(), w.token(reset), session.NewPassword{}, visit))(t)
		waiting := w.signIn("ada", secret)
		links, sessions, _, err := w.Links.EndAll(t.Context(), core.CommandLine)
		if links != 1 || sessions != 2 || err != nil {
			t.Errorf("%d links, %d sessions, %v", links, sessions, err)
		}
		if w.holds(half.Token) || w.holds(waiting.Token) || !w.holds(full.Token) || w.state(reset) != models.LinkRevoked {
			t.Errorf("the link is %s", w.state(reset))
		}
	})
}

// TestCodesOfALinkAreLimited: each use of a link opens another session, but wrong codes count over all of them, also while the account is
// blocked.
func TestCodesOfALinkAreLimited(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		app, _ := w.withApp("ada")
		reset := w.sendLink(ada)
		token, tried := w.token(reset), 0
		for range 20 {
			half, err := w.Links.SetPassword(t.Context(), token, session.NewPassword{}, visit)
			if err != nil {
				break
			}
			who, _ := w.resolve(half)
			for range 3 {
				if _, err := w.Factors.SignIn(t.Context(), who, visit, mfa.Code{Code: app.other()}); wrongFields(err) == "code" {
					tried++
				}
			}
		}
		if tried > models.MaxLinkCodes {
			t.Errorf("%d codes were compared", tried)
		}
		if _, err := w.Links.Target(t.Context(), token, visit); !errors.Is(err, core.ErrLink) || w.state(reset) != models.LinkRevoked {
			t.Errorf("afterwards the link is %s: %v", w.state(reset), err)
		}
		if n := w.count("SELECT count(*) FROM sessions WHERE link_id IS NOT NULL"); n > 1 {
			t.Errorf("%d sessions of the link", n)
		}
	})
}

// TestForgottenLinkOfASuperAdminNeedsTheFactor still when it is used.
func TestForgottenLinkOfASuperAdminNeedsTheFactor(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		boss := w.create(accounts.NewAccount{Kind: models.SuperAdmin, Name: "boss"})
		w.withApp("boss")
		if err := w.Links.Forgot(t.Context(), "boss", visit); err != nil {
			t.Fatal(err)
		}
		w.answers()
		token := w.token(w.links(boss)[0])
		if _, err := w.Links.Target(t.Context(), token, visit); err != nil {
			t.Fatal(err)
		}
		if err := w.Factors.Reset(t.Context(), w.root, boss.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Links.SetPassword(t.Context(), token, chosen, visit); !errors.Is(err, core.ErrLink) {
			t.Errorf("without the factor: %v", err)
		}
	})
}
