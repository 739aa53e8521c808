package accounts_test

import (
	"context"
	"errors"
	"net/url"
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
)

const (
	passkeyHost   = "accounts.example"
	passkeyOrigin = "https://accounts.example"
)

func withPasskeys(o *accounts.Options) {
	o.Settings.BaseURL, o.Settings.Issuer = &url.URL{Scheme: "https", Host: passkeyHost}, "Example"
}

// passkeys plays a scenario of a service whose host passkeys can be made for.
func passkeys(t *testing.T, run func(t *testing.T, w *world)) {
	t.Helper()
	scenario(t, run, withPasskeys)
}

// withPasskey gives the account a passkey.
func (w *world) withPasskey(name string) (key *testkit.Passkey, recovery []string) {
	w.Helper()
	_, actor := w.visitor(name, secret)
	return w.addPasskey(actor)
}

func (w *world) addPasskey(actor core.Actor) (key *testkit.Passkey, recovery []string) {
	w.Helper()
	key = testkit.NewPasskey(passkeyHost, passkeyOrigin)
	options := must(w.Factors.BeginPasskey(w.Context(), actor))(w)
	return key, must(w.Factors.AddPasskey(w.Context(), actor, "Laptop", key.Create(w, options)))(w)
}

func (w *world) factors(id string) []models.Factor {
	w.Helper()
	factors, _, err := w.Factors.Of(w.Context(), id)
	if err != nil {
		w.Fatal(err)
	}
	return factors
}

// signs lets the passkey answer what the browser of the session is asked.
func (w *world) signs(current session.Current, key *testkit.Passkey) mfa.Code {
	w.Helper()
	return mfa.Code{Credential: key.Sign(w, must(w.Factors.BeginProof(w.Context(), current))(w))}
}

func TestSignInWithPasskey(t *testing.T) {
	passkeys(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		key, recovery := w.withPasskey("ada")
		if len(recovery) != mfa.RecoveryCodes {
			t.Errorf("the first factor comes with the codes %v", recovery)
		}
		current := w.half("ada", visit)
		in := must(w.Factors.SignIn(t.Context(), current, visit, w.signs(current, key)))(t)
		if in.Gate != "" || in.Device == "" || !w.holds(in.Token) {
			t.Errorf("signed in: %+v", in)
		}
		factors := w.factors(ada.ID)
		if len(factors) != 1 || factors[0].Kind != models.PasskeyFactor || factors[0].Title != "Laptop" || factors[0].LastUsedAt == nil {
			t.Errorf("factors: %+v", factors)
		}
	})
}

// TestAppAndPasskeyReplaceEachOther: either of several factors is enough.
func TestAppAndPasskeyReplaceEachOther(t *testing.T) {
	passkeys(t, func(t *testing.T, w *world) {
		w.customer("ada")
		phone, _ := w.withApp("ada")
		current := w.half("ada", visit)
		in := must(w.Factors.SignIn(t.Context(), current, visit, mfa.Code{Code: phone.code()}))(t)
		who := must(w.Sessions.Resolve(t.Context(), in.Token, visit.Address))(t)
		actor := as(who.Account)
		actor.SessionID = who.Session.ID
		key, recovery := w.addPasskey(actor)
		if len(recovery) != 0 {
			t.Error("the second factor replaces the recovery codes")
		}
		w.clock.Advance(time.Minute)
		current = w.half("ada", visit)
		must(w.Factors.SignIn(t.Context(), current, visit, w.signs(current, key)))(t)
		current = w.half("ada", visit)
		must(w.Factors.SignIn(t.Context(), current, visit, mfa.Code{Code: phone.code()}))(t)
	})
}

// TestPasskeyAnswersThatAreRefused: each with one message, and counted as wrong codes are.
func TestPasskeyAnswersThatAreRefused(t *testing.T) {
	for name, answer := range map[string]func(w *world, current session.Current, key *testkit.Passkey) string{
		"another origin": func(w *world, current session.Current, key *testkit.Passkey) string {
			return w.signs(current, key.At(passkeyHost, "https://accounts.example.evil.test")).Credential
		},
		"another RP ID": func(w *world, current session.Current, key *testkit.Passkey) string {
			return w.signs(current, key.At("evil.test", passkeyOrigin)).Credential
		},
		"the challenge of another session": func(w *world, current session.Current, key *testkit.Passkey) string {
			other := w.signs(w.half("ada", visit), key).Credential
			_ = w.signs(current, key)
			return other
		},
		"another key": func(w *world, current session.Current, _ *testkit.Passkey) string {
			return w.signs(current, testkit.NewPasskey(passkeyHost, passkeyOrigin)).Credential
		},
		"another account's key": func(w *world, current session.Current, _ *testkit.Passkey) string {
			other, _ := w.withPasskey("bea")
			return w.signs(current, other).Credential
		},
		"a counter that went back": func(w *world, current session.Current, key *testkit.Passkey) string {
			key.SetCounter(7)
			must(w.Factors.SignIn(w.Context(), current, visit, w.signs(current, key)))(w)
			key.SetCounter(3)
			again := w.half("ada", visit)
			_, err := w.Factors.SignIn(w.Context(), again, visit, w.signs(again, key))
			if wrongFields(err) != "credential" {
				w.Errorf("a copied key: %v", err)
			}
			return ""
		},
	} {
		t.Run(name, func(t *testing.T) {
			passkeys(t, func(t *testing.T, w *world) {
				ada := w.customer("ada")
				w.customer("bea")
				key, _ := w.withPasskey("ada")
				current := w.half("ada", visit)
				if credential := answer(w, current, key); credential != "" {
					if _, err := w.Factors.SignIn(t.Context(), current, visit, mfa.Code{Credential: credential}); wrongFields(err) != "credential" {
						t.Errorf("it is %v", err)
					}
				}
				if n := w.reasons(ada.ID)["wrong-code"]; n != 1 || w.account(ada.ID).FailedAttempts != 1 {
					t.Errorf("%d wrong codes, %d failed attempts", n, w.account(ada.ID).FailedAttempts)
				}
			})
		})
	}
}

// TestPasskeyAnswersThatAreNone are no attempts; one that comes too late is.
func TestPasskeyAnswersThatAreNone(t *testing.T) {
	passkeys(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		key, _ := w.withPasskey("ada")
		current := w.half("ada", visit)
		asked := w.signs(current, key).Credential
		for name, credential := range map[string]string{"no JSON": "x", "an empty object": "{}", "64 KiB": strings.Repeat("[", 1<<17)} {
			if _, err := w.Factors.SignIn(t.Context(), current, visit, mfa.Code{Credential: credential}); wrongFields(err) != "credential" {
				t.Errorf("%s: %v", name, err)
			}
		}
		if a := w.account(ada.ID); a.FailedAttempts != 0 {
			t.Errorf("%d failed attempts", a.FailedAttempts)
		}
		w.clock.Advance(5*time.Minute + time.Second)
		if _, err := w.Factors.SignIn(t.Context(), current, visit, mfa.Code{Credential: asked}); wrongFields(err) != "credential" {
			t.Errorf("after five minutes: %v", err)
		}
		if a := w.account(ada.ID); a.FailedAttempts != 1 {
			t.Errorf("after five minutes: %d failed attempts", a.FailedAttempts)
		}
		must(w.Factors.SignIn(t.Context(), current, visit, w.signs(current, key)))(t)
	})
}

// TestPasskeyAnswerWorksOnce: of four at the same time one signs in. With five, the wrong ones may end the session before it does.
func TestPasskeyAnswerWorksOnce(t *testing.T) {
	passkeys(t, func(t *testing.T, w *world) {
		w.customer("ada")
		key, _ := w.withPasskey("ada")
		current := w.half("ada", visit)
		answer, signedIn := w.signs(current, key), atomic.Int64{}
		processes := []*world{w, w.another()}
		testkit.Together(4, func(i int) {
			if _, err := processes[i%2].Factors.SignIn(context.WithoutCancel(t.Context()), current, visit, answer); err == nil {
				signedIn.Add(1)
			}
		})
		if n := signedIn.Load(); n != 1 {
			t.Errorf("%d signed in", n)
		}
	})
}

// TestNewPasskeysThatAreRefused add nothing.
func TestNewPasskeysThatAreRefused(t *testing.T) {
	passkeys(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		bea := w.customer("bea")
		_, actor := w.visitor("ada", secret)
		key := testkit.NewPasskey(passkeyHost, passkeyOrigin)
		begin := func() []byte { return must(w.Factors.BeginPasskey(t.Context(), actor))(t) }
		refused := func(what, title, answer, field string) {
			t.Helper()
			if _, err := w.Factors.AddPasskey(t.Context(), actor, title, answer); wrongFields(err) != field {
				t.Errorf("%s: %v", what, err)
			}
		}
		refused("another origin", "Laptop", key.At(passkeyHost, "http://accounts.example").Create(t, begin()), "credential")
		refused("a title that is too long", strings.Repeat("x", 65), key.Create(t, begin()), "title")
		former := key.Create(t, begin())
		begin()
		refused("of a former ceremony", "Laptop", former, "credential")
		refused("no JSON", "Laptop", "x", "credential")
		answer := key.Create(t, begin())
		must(w.Factors.AddPasskey(t.Context(), actor, "Laptop", answer))(t)
		refused("the same answer twice", "Laptop", answer, "credential")
		refused("the same key twice", "Laptop", key.Create(t, begin()), "credential")
		if !key.Excluded(t, begin()) {
			t.Error("browsers may make the same passkey twice")
		}
		_, other := w.visitor("bea", secret)
		taken := must(w.Factors.BeginPasskey(t.Context(), other))(t)
		if _, err := w.Factors.AddPasskey(t.Context(), other, "Laptop", key.Create(t, taken)); wrongFields(err) != "credential" {
			t.Errorf("another account's key: %v", err)
		}
		for id, want := range map[string]int{ada.ID: 1, bea.ID: 0} {
			if n := len(w.factors(id)); n != want {
				t.Errorf("%s has %d factors, want %d", id, n, want)
			}
		}
	})
}

func TestWherePasskeysAreOffered(t *testing.T) {
	for base, want := range map[string]error{
		"https://accounts.example": nil, "http://localhost:8080": nil, "https://192.0.2.1": mfa.ErrPasskeyAddress,
		"http://[::1]:8080": mfa.ErrPasskeyAddress, "http://127.0.0.1:8080": mfa.ErrPasskeyAddress, "http://accounts.example": mfa.ErrPasskeyHTTP,
	} {
		t.Run(base, func(t *testing.T) {
			scenario(t, func(t *testing.T, w *world) {
				w.customer("ada")
				_, actor := w.visitor("ada", secret)
				if _, err := w.Factors.BeginPasskey(t.Context(), actor); !errors.Is(err, want) {
					t.Errorf("making one: %v, want %v", err, want)
				}
				if err := w.Factors.CheckPasskeys(); !errors.Is(err, want) {
					t.Errorf("it is %v, want %v", err, want)
				}
			}, withPasskeys, func(o *accounts.Options) { o.Settings.BaseURL = must(url.Parse(base))(t) })
		})
	}
}

// TestPasskeysOfAFormerHostStillCount: a change of the base URL must not leave the account with its password alone.
func TestPasskeysOfAFormerHostStillCount(t *testing.T) {
	passkeys(t, func(t *testing.T, w *world) {
		w.customer("ada")
		_, recovery := w.withPasskey("ada")
		moved := w.another(func(o *accounts.Options) { o.Settings.BaseURL = &url.URL{Scheme: "https", Host: "login.example"} })
		current := moved.half("ada", visit)
		if _, err := moved.Factors.BeginProof(t.Context(), current); !errors.Is(err, mfa.ErrPasskeyHost) {
			t.Errorf("showing a passkey of another host: %v", err)
		}
		must(moved.Factors.SignIn(t.Context(), current, visit, mfa.Code{Recovery: recovery[0]}))(t)
	})
}

func TestTwentyPasskeysAreEnough(t *testing.T) {
	passkeys(t, func(t *testing.T, w *world) {
		w.customer("ada")
		_, actor := w.visitor("ada", secret)
		for range 20 {
			w.addPasskey(actor)
		}
		if _, err := w.Factors.BeginPasskey(t.Context(), actor); !errors.Is(err, mfa.ErrTooMany) {
			t.Errorf("the 21st: %v", err)
		}
	})
}

// TestStepUpWithPasskey: it shows the second factor there too.
func TestStepUpWithPasskey(t *testing.T) {
	passkeys(t, func(t *testing.T, w *world) {
		w.customer("ada")
		key, _ := w.withPasskey("ada")
		current := w.half("ada", visit)
		in := must(w.Factors.SignIn(t.Context(), current, visit, w.signs(current, key)))(t)
		w.clock.Advance(11 * time.Minute)
		who := must(w.Sessions.Resolve(t.Context(), in.Token, visit.Address))(t)
		actor := as(who.Account)
		actor.SessionID = who.Session.ID
		if _, err := w.Factors.BeginPasskey(t.Context(), actor); !errors.Is(err, core.ErrConfirmFirst) {
			t.Errorf("after eleven minutes: %v", err)
		}
		must(w.Factors.Confirm(t.Context(), who, visit, secret, w.signs(who, key)))(t)
		must(w.Factors.BeginPasskey(t.Context(), actor))(t)
	})
}

// TestUnusablePasskeysAreCounted: an account is counted if it cannot show a second factor at the present host.
func TestUnusablePasskeysAreCounted(t *testing.T) {
	passkeys(t, func(t *testing.T, w *world) {
		for _, name := range []string{"ada", "bea", "cleo", "dora"} {
			w.customer(name)
		}
		w.withPasskey("ada")
		_, actor := w.visitor("bea", secret)
		w.addPasskey(actor)
		w.addPasskey(actor)
		w.withPasskey("cleo")
		w.withApp("dora")
		moved := w.another(func(o *accounts.Options) { o.Settings.BaseURL = &url.URL{Scheme: "https", Host: "login.example"} })
		count := func(w *world) int64 { return must(w.Factors.CountUnusable(t.Context()))(t) }
		if here, there := count(w), count(moved); here != 0 || there != 3 {
			t.Errorf("%d at the same host, %d at another", here, there)
		}
		w.exec("UPDATE factors SET rp_id = 'login.example' WHERE account_id = (SELECT id FROM accounts WHERE name = 'cleo')")
		if n := count(moved); n != 2 {
			t.Errorf("%d after one of them got a passkey there", n)
		}
	})
}

// TestFirstPasskeysOfTwoSessions: both would be made for other user handles, so that one of them would stop working.
func TestFirstPasskeysOfTwoSessions(t *testing.T) {
	passkeys(t, func(t *testing.T, w *world) {
		w.customer("ada")
		_, one := w.visitor("ada", secret)
		_, two := w.visitor("ada", secret)
		first, second := testkit.NewPasskey(passkeyHost, passkeyOrigin), testkit.NewPasskey(passkeyHost, passkeyOrigin)
		answers := []string{
			first.Create(t, must(w.Factors.BeginPasskey(t.Context(), one))(t)), second.Create(t, must(w.Factors.BeginPasskey(t.Context(), two))(t)),
		}
		must(w.Factors.AddPasskey(t.Context(), one, "Laptop", answers[0]))(t)
		if _, err := w.Factors.AddPasskey(t.Context(), two, "Phone", answers[1]); err == nil {
			t.Error("the second one is added under another handle")
		}
		current := w.half("ada", visit)
		must(w.Factors.SignIn(t.Context(), current, visit, w.signs(current, first)))(t)
	})
}
