package accounts_test

import (
	"errors"
	"fmt"
	"sync/atomic"
	"testing"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/internal/testdb"
	"latchkey/internal/testkit"
	"latchkey/models"
)

// empty plays on both engines, in a world without a SuperAdmin.
func empty(t *testing.T, run func(t *testing.T, w *world), adjust ...func(*accounts.Options)) {
	t.Helper()
	testdb.Engines(t, func(t *testing.T, db testdb.Database) { run(t, newWorld(t, db, adjust...)) })
}

func setUp(token, name string) accounts.SetupForm {
	return accounts.SetupForm{Token: token, Name: name, Email: name + "@example.com", Password: secret, Confirmation: secret}
}

func TestTwoSetUpsAtOnce(t *testing.T) {
	empty(t, func(t *testing.T, w *world) {
		token := must(w.NewSetupToken(t.Context()))(t)
		processes := []*world{w, w.another()}
		var made, refused atomic.Int64
		testkit.Together(20, func(i int) {
			in, err := processes[i%2].SetUp(t.Context(), setUp(token, fmt.Sprint("first", i)), visit)
			switch {
			case err == nil && processes[1-i%2].holds(in.Token):
				made.Add(1)
			case errors.Is(err, core.ErrNotFound):
				refused.Add(1)
			default:
				t.Errorf("set-up %d: %v", i, err)
			}
		})
		if made.Load() != 1 || refused.Load() != 19 || w.count("SELECT count(*) FROM accounts WHERE kind = 'superadmin'") != 1 {
			t.Errorf("%d made, %d refused", made.Load(), refused.Load())
		}
		if err := w.CheckSetup(t.Context(), token, visit.Address); !errors.Is(err, core.ErrNotFound) {
			t.Errorf("afterwards the page: %v", err)
		}
		if later := must(w.NewSetupToken(t.Context()))(t); later != "" {
			t.Error("there is a token though there is a SuperAdmin")
		}
	})
}

func TestSetupTokens(t *testing.T) {
	empty(t, func(t *testing.T, w *world) {
		for _, none := range []string{"", "x"} {
			if err := w.CheckSetup(t.Context(), none, visit.Address); !errors.Is(err, core.ErrNotFound) {
				t.Errorf("without any token %q: %v", none, err)
			}
		}
		first, second := must(w.NewSetupToken(t.Context()))(t), must(w.NewSetupToken(t.Context()))(t)
		for _, wrong := range []string{"", "x", first, second + "x", second[:10], "\x00"} {
			if err := w.CheckSetup(t.Context(), wrong, visit.Address); !errors.Is(err, core.ErrNotFound) {
				t.Errorf("%q opens the page: %v", wrong, err)
			}
			if _, err := w.SetUp(t.Context(), setUp(wrong, "ada"), visit); !errors.Is(err, core.ErrNotFound) {
				t.Errorf("%q sets up: %v", wrong, err)
			}
		}
		if n := w.count("SELECT count(*) FROM setup_tokens WHERE token_hash LIKE '%" + second + "%'"); n != 0 {
			t.Error("the token stands in the database")
		}
		broken := setUp(second, "a b")
		broken.Email, broken.Password = "x", "short"
		if _, err := w.SetUp(t.Context(), broken, visit); wrongFields(err) != "name email password confirmation" {
			t.Errorf("a broken form: %v", err)
		}
		in := must(w.SetUp(t.Context(), setUp(second, "ada"), visit))(t)
		if in.Account.Kind != models.SuperAdmin || in.Gate != "" {
			t.Errorf("made %+v", in)
		}
		w.signIn("ada@example.com", secret)
	})
}

// A SuperAdmin created on the command line closes the set-up page of a running server too.
func TestSetUpEndsWithTheCommandLine(t *testing.T) {
	empty(t, func(t *testing.T, w *world) {
		token := must(w.NewSetupToken(t.Context()))(t)
		w.create(accounts.NewAccount{Kind: models.SuperAdmin, Name: "cli"})
		if err := w.CheckSetup(t.Context(), token, visit.Address); !errors.Is(err, core.ErrNotFound) {
			t.Errorf("the page is open: %v", err)
		}
		if _, err := w.SetUp(t.Context(), setUp(token, "intruder"), visit); !errors.Is(err, core.ErrNotFound) {
			t.Errorf("set up: %v", err)
		}
	})
}
