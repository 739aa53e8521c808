package accounts_test

import (
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/bcrypt"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/models"
	"latchkey/password"
)

// TestTellingAccountsApart: whatever is wrong, it is one verification, one event and the same error.
func TestTellingAccountsApart(t *testing.T) {
	tests := map[string]struct {
		prepare func(w *world, a models.Account)
		name    string
		guess   string
	}{
		"wrong-password": {func(*world, models.Account) {}, "ada", "wrong guess"},
		"unknown":        {func(*world, models.Account) {}, "nobody", secret},
		"unknown e-mail": {func(*world, models.Account) {}, "nobody@example.com", secret},
		"impossible":     {func(*world, models.Account) {}, "no \x00 name", secret},
		"not UTF-8":      {func(*world, models.Account) {}, "\xff", secret},
		"Default":        {func(*world, models.Account) {}, "Default", secret},
		"blacklisted":    {func(w *world, _ models.Account) { w.refused(10, "ada", "wrong guess") }, "ada", secret},
		"disabled": {func(w *world, a models.Account) {
			_ = w.Disable(w.Context(), w.root, a.ID)
		}, "ada", secret},
		"one-time-lapsed": {func(w *world, a models.Account) {
			w.tamper(a.ID, func(a *models.Account) { a.OneTime = true })
			w.clock.Advance(168 * time.Hour)
		}, "ada", secret},
		"no-password": {func(w *world, a models.Account) {
			w.tamper(a.ID, func(a *models.Account) { a.PasswordHash, a.PasswordSetAt = "", nil })
		}, "ada", secret},
		"technical": {func(w *world, a models.Account) {
			_ = w.Edit(w.Context(), w.root, a.ID, accounts.Edit{Email: a.Email, Technical: true})
		}, "ada", secret},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			scenario(t, func(t *testing.T, w *world) {
				ada := w.customer("ada")
				test.prepare(w, ada)
				events, verified := len(w.events(models.AuditFilter{})), w.hashes.Verified()
				w.refused(1, test.name, test.guess)
				if n := w.hashes.Verified() - verified; n != 1 {
					t.Errorf("%d verifications", n)
				}
				if n := len(w.events(models.AuditFilter{})) - events; n != 1 {
					t.Errorf("%d events", n)
				}
				if _, known := w.reasons(ada.ID)[name]; test.name == "ada" && !known {
					t.Errorf("the log says %v", w.reasons(ada.ID))
				}
			})
		})
	}
}

func TestSignInRefusesWhatNoAccountHas(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		verified := w.hashes.Verified()
		for _, test := range []struct{ name, password, fields string }{
			{"", "", "name password"}, {"ada", "", "password"}, {"ada", "a\x00b", "password"}, {"ada", "\xff", "password"},
			{"ada", strings.Repeat("x", 4097), "password"}, {"", secret, "name"},
		} {
			if _, err := w.Sessions.SignIn(t.Context(), test.name, test.password, visit); wrongFields(err) != test.fields {
				t.Errorf("%q: %v, want %s", test.name, err, test.fields)
			}
		}
		if w.hashes.Verified() != verified {
			t.Error("a hash was spent on them")
		}
	})
}

func TestSignInSaysWhatIsOpen(t *testing.T) {
	for want, prepare := range map[models.State]func(w *world, a models.Account){
		"": func(w *world, _ models.Account) { w.clock.Advance(64*24*time.Hour - time.Microsecond) },
		models.Expired: func(w *world, _ models.Account) {
			w.clock.Advance(64 * 24 * time.Hour)
		},
		models.MustChange: func(w *world, a models.Account) {
			_ = w.RequireChange(w.Context(), w.root, a.ID)
		},
		models.OneTimeWaiting: func(w *world, a models.Account) {
			w.tamper(a.ID, func(a *models.Account) { a.OneTime = true })
			w.clock.Advance(168*time.Hour - time.Microsecond)
		},
	} {
		t.Run(string(want), func(t *testing.T) {
			scenario(t, func(t *testing.T, w *world) {
				ada := w.customer("ada")
				prepare(w, ada)
				in := w.signIn("ada", secret)
				who := must(w.Sessions.Resolve(t.Context(), in.Token, visit.Address))(t)
				gate := map[bool]string{true: core.GatePassword}[want != ""]
				if in.Gate != gate || who.Pending != want || who.Account.ID != ada.ID {
					t.Errorf("sign-in leads to the gate %q, the session is %q, want %q", in.Gate, who.Pending, want)
				}
				if who.Account.LastSignInAt == nil || !who.Account.LastSignInAt.Equal(w.clock.Now()) {
					t.Errorf("signed in last at %v", who.Account.LastSignInAt)
				}
			})
		})
	}
}

// TestHashesAreRenewed: a sign-in with the correct password renews a hash of former parameters or of bcrypt, once, and keeps
// the password and its sessions.
func TestHashesAreRenewed(t *testing.T) {
	blowfish := string(must(bcrypt.GenerateFromPassword([]byte(secret), bcrypt.MinCost))(t))
	for name, stored := range map[string]string{"argon2id": "", "bcrypt": blowfish} {
		t.Run(name, func(t *testing.T) {
			scenario(t, func(t *testing.T, w *world) {
				ada := w.customer("ada")
				if stored != "" {
					ada = w.tamper(ada.ID, func(a *models.Account) { a.PasswordHash = stored })
				}
				dearer := password.Params{Memory: 16, Time: 2, Threads: 1}
				upgraded := w.another(func(o *accounts.Options) { o.Hashes = patient(t, dearer) })
				upgraded.refused(1, "ada", "wrong guess")
				if w.account(ada.ID).PasswordHash != ada.PasswordHash {
					t.Error("a wrong guess changed the hash")
				}
				first := upgraded.signIn("ada", secret)
				renewed := w.account(ada.ID)
				if !strings.Contains(renewed.PasswordHash, "$m=16,t=2,p=1$") || renewed.PasswordID != ada.PasswordID ||
					!renewed.PasswordSetAt.Equal(*ada.PasswordSetAt) {
					t.Errorf("became %+v", renewed)
				}
				upgraded.signIn("ada", secret)
				if w.account(ada.ID).PasswordHash != renewed.PasswordHash {
					t.Error("the hash was renewed twice")
				}
				if !w.holds(first.Token) {
					t.Error("the session ended")
				}
			})
		})
	}
}

// A hash that cannot be parsed is an error, and the attempt is not counted.
func TestBrokenHash(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		w.tamper(ada.ID, func(a *models.Account) { a.PasswordHash = "$argon2id$broken" })
		for range 12 {
			if _, err := w.Sessions.SignIn(t.Context(), "ada", secret, visit); err == nil || errors.Is(err, core.ErrSignIn) {
				t.Errorf("got %v", err)
			}
		}
		if a := w.account(ada.ID); a.FailedAttempts != 0 || !maps.Equal(w.reasons(ada.ID), map[string]int{}) {
			t.Errorf("counted %+v", a)
		}
	})
}
