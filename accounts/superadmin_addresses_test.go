package accounts_test

import (
	"errors"
	"net/netip"
	"testing"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/internal/testkit"
	"latchkey/models"
)

func networks(texts ...string) (list core.Networks) {
	for _, text := range texts {
		list = append(list, netip.MustParsePrefix(text))
	}
	return list
}

// From other addresses a SuperAdmin's password is not verified, so it cannot be guessed from there and the account cannot be blocked. A
// session is valid only at addresses from which the account may act.
func TestSuperAdminAddresses(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		w.customer("ada")
		if _, err := w.Sessions.SignIn(t.Context(), "ada", secret, behind("203.0.113.9")); err != nil {
			t.Errorf("a customer from elsewhere: %v", err)
		}
		before := evaluated(w)
		for _, address := range []string{"203.0.113.9", "::ffff:203.0.113.9", "", "unknown"} {
			for range 10 {
				if _, err := w.Sessions.SignIn(t.Context(), "root", secret, behind(address)); !errors.Is(err, core.ErrSignIn) {
					t.Errorf("from %q: %v", address, err)
				}
			}
		}
		if a := w.account(w.root.ID); evaluated(w) != before || a.FailedAttempts != 0 || w.reasons(a.ID)["address"] != 40 {
			t.Errorf("%d were evaluated, %d counted, the log says %v", evaluated(w)-before, a.FailedAttempts, w.reasons(a.ID))
		}
		in := must(w.Sessions.SignIn(t.Context(), "root", secret, behind("::ffff:192.0.2.99")))(t)
		if _, err := w.Sessions.Resolve(t.Context(), in.Token, "192.0.2.1"); err != nil {
			t.Errorf("the session: %v", err)
		}
		if _, err := w.Sessions.Resolve(t.Context(), in.Token, "203.0.113.9"); !errors.Is(err, core.ErrAddress) {
			t.Errorf("the session from elsewhere: %v", err)
		}
	}, func(o *accounts.Options) { o.Settings.SuperAdmins = networks("192.0.2.0/24") })
}

// TestSuperAdminAddressesOfAKnownBrowser: being known opens nothing from elsewhere.
func TestSuperAdminAddressesOfAKnownBrowser(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		from := with(w.device("root"))
		from.Address = "203.0.113.9"
		if _, err := w.Sessions.SignIn(t.Context(), "root", secret, from); !errors.Is(err, core.ErrSignIn) {
			t.Errorf("got %v", err)
		}
	}, func(o *accounts.Options) { o.Settings.SuperAdmins = networks("192.0.2.0/24") })
}

// TestSetUpFromElsewhere: the first SuperAdmin too comes from where SuperAdmins may.
func TestSetUpFromElsewhere(t *testing.T) {
	empty(t, func(t *testing.T, w *world) {
		first := setUp(must(w.NewSetupToken(t.Context()))(t), "root")
		if _, err := w.SetUp(t.Context(), first, behind("203.0.113.9")); !errors.Is(err, core.ErrAddress) {
			t.Errorf("from elsewhere: %v", err)
		}
		if _, err := w.SetUp(t.Context(), first, behind("192.0.2.1")); err != nil {
			t.Errorf("from where it may be: %v", err)
		}
	}, func(o *accounts.Options) { o.Settings.SuperAdmins = networks("192.0.2.0/24") })
}

// TestSingleSession: where an account may have one session only, a full sign-in ends the others, one that has to choose
// another password first does not; and of many at once one is left.
func TestSingleSession(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		others := w.signIn("root", secret).Token
		first := w.signIn("ada", secret).Token
		second := w.signIn("ada", secret).Token
		if w.holds(first) || !w.holds(second) || !w.holds(others) {
			t.Errorf("first %t, second %t, another's %t", w.holds(first), w.holds(second), w.holds(others))
		}
		w.refused(1, "ada", "wrong guess")
		if !w.holds(second) {
			t.Error("a failed sign-in ended the session")
		}
		processes := []*world{w, w.another()}
		testkit.Together(40, func(i int) { must(processes[i%2].Sessions.SignIn(t.Context(), "ada", secret, visit))(t) })
		if n := w.count("SELECT count(*) FROM sessions WHERE account_id = '" + ada.ID + "'"); n != 1 {
			t.Errorf("%d sessions are left of many at once", n)
		}
		third := w.signIn("ada", secret).Token
		w.tamper(ada.ID, func(a *models.Account) { a.MustChange = true })
		pending := w.signIn("ada", secret).Token
		if !w.holds(third) {
			t.Error("a sign-in that only opens the reset page ended the session")
		}
		who := must(w.Sessions.Resolve(t.Context(), pending, visit.Address))(t)
		token := must(w.Sessions.ChangePassword(t.Context(), who, as(who.Account), change("", "Another horse 2")))(t).Token
		if w.holds(third) || !w.holds(token) {
			t.Errorf("after the reset: the former %t, the new one %t", w.holds(third), w.holds(token))
		}
	}, func(o *accounts.Options) { o.Settings.OneSession = true })
}
