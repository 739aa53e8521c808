package accounts_test

import (
	"errors"
	"fmt"
	"testing"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/models"
)

// sameButCase are ways to write one name of which only the case differs.
var sameButCase = [][]string{
	{"Γιάννης", "ΓΙΆΝΝΗΣ", "γιάννησ", "ΓΙΑ\u0301ΝΝΗΣ"},
	{"Straße", "STRASSE", "STRAẞE", "strasse"},
	{"Ꭰꮿ", "ꭰꮿ", "ᎠᏯ"},
	{"J\u030canis", "ǰANIS", "J\u030cANIS"},
	{"ᾳδης", "ΑΙΔΗΣ", "ᾼΔΗΣ"},
	{"ΐος", "Ι\u0308\u0301ΟΣ", "\u1fd3ος"},
	{"იოანე", "ᲘᲝᲐᲜᲔ"},
	{"İbo", "i\u0307BO"},
}

// TestOneFold: names that differ only in case are one account's when it is created, signed in to, found, confirmed, and kept
// out of passwords.
func TestOneFold(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		for i, ways := range sameButCase {
			account := w.create(accounts.NewAccount{Name: ways[0], Email: fmt.Sprintf("%d@example.com", i)})
			for _, way := range ways {
				if _, err := w.Create(t.Context(), w.root, fill(accounts.NewAccount{Name: way, Email: "other@example.com"})); wrongFields(err) != "name" {
					t.Errorf("%q beside %q: %v", way, ways[0], err)
				}
				if in, err := w.Sessions.SignIn(t.Context(), way, secret, visit); err != nil || in.Account.ID != account.ID {
					t.Errorf("signing in to %q as %q: %v", ways[0], way, err)
				}
				if found, err := w.FindByIdentifier(t.Context(), way); err != nil || found.ID != account.ID {
					t.Errorf("finding %q as %q: %v", ways[0], way, err)
				}
				if got := w.found(way); !equal(got, []string{ways[0]}) {
					t.Errorf("searching for %q finds %q", way, got)
				}
				choice := accounts.PasswordChoice{Mode: accounts.Typed, Text: "With " + way + " in it 1"}
				if _, err := w.ResetPassword(t.Context(), w.root, account.ID, choice, ""); wrongFields(err) != "password" {
					t.Errorf("%q may hold the name %q: %v", choice.Text, ways[0], err)
				}
			}
			if err := w.Delete(t.Context(), w.root, account.ID, ways[len(ways)-1]); err != nil {
				t.Errorf("typing %q does not confirm %q: %v", ways[len(ways)-1], ways[0], err)
			}
		}
		w.create(accounts.NewAccount{Name: "ılık", Email: "dotless@example.com"})
		if _, err := w.Sessions.SignIn(t.Context(), "ilik", secret, visit); !errors.Is(err, core.ErrSignIn) {
			t.Errorf("ı and i are one letter: %v", err)
		}
	})
}

// found returns the names of the accounts that a search finds.
func (w *world) found(text string) []string { return w.foundBy(w.root, text) }

func (w *world) foundBy(actor core.Actor, text string) (names []string) {
	w.Helper()
	for _, row := range must(w.List(w.Context(), actor, models.AccountFilter{Search: text, Limit: 99}))(w).Rows {
		names = append(names, row.Name)
	}
	return names
}

// TestOlderNamesOpenTheirAccounts: accounts from before names were compared by full case folding keep their keys where these
// are the same today; each is signed in to by its own name, and may be changed.
func TestOlderNamesOpenTheirAccounts(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		first := w.customer("Maria.Ross")
		older := w.create(accounts.NewAccount{Name: "placeholder", Email: "ross2@example.com"})
		w.exec("UPDATE accounts SET name = 'Maria.Roß', name_key = 'maria.roß' WHERE id = '" + older.ID + "'")
		w.exec("UPDATE identifiers SET key = 'maria.roß' WHERE key = 'placeholder'")
		for identifier, want := range map[string]string{
			"Maria.Ross": first.ID, "maria.ross": first.ID, "MARIA.ROSS": first.ID,
			"Maria.Roß": older.ID, "maria.roß": older.ID, "MARIA.ROẞ": older.ID, "ross2@example.com": older.ID,
		} {
			if in, err := w.Sessions.SignIn(t.Context(), identifier, secret, visit); err != nil || in.Account.ID != want {
				t.Errorf("%q opens %q, %v", identifier, in.Account.Name, err)
			}
		}
		edit := accounts.Edit{Email: "new@example.com"}
		if err := w.Edit(t.Context(), w.root, older.ID, edit); err != nil {
			t.Fatalf("changing the e-mail: %v", err)
		}
		if in, err := w.Sessions.SignIn(t.Context(), "Maria.Roß", secret, visit); err != nil || in.Account.ID != older.ID {
			t.Errorf("after a change of the e-mail: %v", err)
		}
	})
}

// TestOlderNamesInTwoScripts: new accounts cannot have such a name, but existing ones can still sign in.
func TestOlderNamesInTwoScripts(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		w.customer("placeholder")
		w.exec("UPDATE accounts SET name = 'ไทยThai', name_key = 'ไทยthai' WHERE name = 'placeholder'")
		w.exec("UPDATE identifiers SET key = 'ไทยthai' WHERE key = 'placeholder'")
		if in, err := w.Sessions.SignIn(t.Context(), "ไทยTHAI", secret, visit); err != nil || in.Account.Name != "ไทยThai" {
			t.Errorf("signing in: %v", err)
		}
		if _, err := w.Create(t.Context(), w.root, fill(accounts.NewAccount{Name: "ไทยNew", Email: "new@example.com"})); wrongFields(err) != "name" {
			t.Errorf("creating: %v", err)
		}
	})
}
