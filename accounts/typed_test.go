package accounts_test

import (
	"errors"
	"strings"
	"testing"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/accounts/identifier"
	"latchkey/accounts/session"
	"latchkey/models"
)

// outer are spaces of all kinds, and invisible characters, around what was copied.
var outer = []string{" ", "\t", "\n", "\r\n", "\v", "\f", "\u0085", "\u00a0", "\u1680", "\u2003", "\u2028", "\u2029", "\u202f", "\u205f", "\u3000", "\u200b", "\u200d", "\u2060", "\ufeff", " \u200b\ufeff\t"}

// TestSpacesAroundIdentifiers: at sign-in, in commands and in searches outer spaces do not count; inner ones do.
func TestSpacesAroundIdentifiers(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.create(accounts.NewAccount{Name: "ada", Email: "ada@bücher.example"})
		for _, space := range outer {
			for _, identifier := range []string{"ada", "ADA", "ada@bücher.example"} {
				typed := space + identifier + space
				if in, err := w.Sessions.SignIn(t.Context(), typed, secret, visit); err != nil || in.Account.ID != ada.ID {
					t.Errorf("signing in as %q: %v", typed, err)
				}
				if found, err := w.FindByIdentifier(t.Context(), typed); err != nil || found.ID != ada.ID {
					t.Errorf("finding %q: %v", typed, err)
				}
			}
			list := must(w.List(t.Context(), w.root, models.AccountFilter{Search: space + "ada" + space, Limit: 9}))(t)
			if len(list.Rows) != 1 {
				t.Errorf("searching for %q: %d accounts", space+"ada"+space, len(list.Rows))
			}
			if _, err := w.Sessions.SignIn(t.Context(), "a"+space+"da", secret, visit); !errors.Is(err, core.ErrSignIn) {
				t.Errorf("with an inner %q: %v", space, err)
			}
		}
	})
}

// TestNormalFormsInConfirmations: what confirms is compared in the normal form in which names and passwords are compared.
func TestNormalFormsInConfirmations(t *testing.T) {
	const composed, decomposed = "Zo\u00eb", "Zoe\u0308"
	scenario(t, func(t *testing.T, w *world) {
		for email, names := range map[string][2]string{"a@example.com": {composed, decomposed}, "b@example.com": {decomposed + "2", composed + "2"}} {
			name, confirm := names[0], names[1]
			account := w.create(accounts.NewAccount{Name: name, Email: email})
			for _, wrong := range []string{"", confirm + "x", "Zoe"} {
				if err := w.Delete(t.Context(), w.root, account.ID, wrong); err == nil {
					t.Fatalf("%q deletes %q", wrong, name)
				}
			}
			if err := w.Delete(t.Context(), w.root, account.ID, confirm); err != nil {
				t.Errorf("%q does not delete %q: %v", confirm, name, err)
			}
		}
		w.customer("ada")
		who, by := w.visitor("ada", secret)
		input := session.NewPassword{Current: secret, Password: "Another " + composed + " 2", Confirmation: "Another " + decomposed + " 2"}
		if _, err := w.Sessions.ChangePassword(t.Context(), who, by, input); err != nil {
			t.Errorf("password and confirmation in different forms: %v", err)
		}
		long := strings.Repeat("e\u0301", 64)
		w.create(accounts.NewAccount{Name: long, Email: "long@example.com"})
		if _, err := identifier.NameKey(long + "x"); err == nil {
			t.Error("a name of 65 symbols is accepted")
		}
	})
}
