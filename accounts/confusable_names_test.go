package accounts_test

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/internal/testkit"
	"latchkey/models"
)

// TestConfusableNames: a name that looks like another account's is refused, whichever of the two was first; serial names are not.
func TestConfusableNames(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		serial := 0
		try := func(name string) error {
			serial++
			_, err := w.Create(t.Context(), w.root, fill(accounts.NewAccount{Name: name, Email: fmt.Sprintf("%d@example.com", serial)}))
			return err
		}
		for _, pair := range [][2]string{
			{"scope", "ѕсоре"}, {"Hope", "НОРЕ"}, {"ΑΝΝΑ", "anna"}, {"ılıca", "ilica"}, {"İzmir", "izmir"}, {"口", "ロ"}, {"şen", "șen"}, {"default2", "dеfаult2"},
			{"paypal", "paypaI"}, {"karl1", "kar1l"}, {"ol0", "o1O"}, {"horner", "homer"},
		} {
			if err := try(pair[0]); err != nil {
				t.Fatalf("%q: %v", pair[0], err)
			}
			err := try(pair[1])
			if wrongFields(err) != "name" || strings.Contains(err.Error(), pair[0]) {
				t.Errorf("%q beside %q: %v", pair[1], pair[0], err)
			}
		}
		for _, name := range []string{"user1", "user2", "user10", "user11", "user101", "user1o", "anna.i", "anna.l", "weiss", "muller", "müller", "mueller"} {
			if err := try(name); err != nil {
				t.Errorf("%q: %v", name, err)
			}
		}
		for _, pair := range [][2]string{{"user@apple.com", "user@аррӏе.com"}, {"user@exa.org", "user@еха.org"}, {"user@müller.de", "user@mülIer.de"}} {
			for i, name := range pair {
				_, err := w.Create(t.Context(), w.root, fill(accounts.NewAccount{Name: name, Email: name}))
				if i == 0 && err != nil || i == 1 && wrongFields(err) != "name" {
					t.Errorf("%q: %v", name, err)
				}
			}
		}
		other := as(w.organization("acme"))
		_, err := w.Create(t.Context(), other, fill(accounts.NewAccount{Name: "ѕсоре", Email: "else@example.com"}))
		if wrongFields(err) != "name" {
			t.Errorf("an organization's customer that looks like another tenant's: %v", err)
		}
	})
}

// TestConfusableNamesAtOnce: of names that look alike and come at the same moment one is created. (By the command line, which
// waits for no actor's lock.)
func TestConfusableNamesAtOnce(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		second := w.another()
		for round, pair := range [][2]string{{"scope", "ѕсоре"}, {"реасе", "peace"}, {"сара", "capa"}, {"ΑΝΝΑ", "anna"}} {
			var created atomic.Int32
			testkit.Together(6, func(i int) {
				process := []*world{w, second}[i%2]
				_, err := process.Create(t.Context(), core.CommandLine, fill(accounts.NewAccount{Name: pair[i%2], Email: fmt.Sprintf("%d.%d@example.com", round, i)}))
				if err == nil {
					created.Add(1)
				} else if wrongFields(err) != "name" {
					t.Error(err)
				}
			})
			if created.Load() != 1 {
				t.Errorf("%q and %q: %d were created", pair[0], pair[1], created.Load())
			}
		}
	})
}

// TestConfusableSetUp: the first SuperAdmin cannot look like an existing account.
func TestConfusableSetUp(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		w.exec("DELETE FROM identifiers WHERE account_id IN (SELECT id FROM accounts WHERE kind = 'superadmin')")
		w.exec("DELETE FROM accounts WHERE kind = 'superadmin'")
		w.do(func(tx *models.Tx) error {
			return tx.CreateAccount(&models.Account{ID: w.NewID(), Kind: models.Organization, Name: "scope", NameKey: "scope", CreatedAt: w.clock.Now()}, "scope")
		})
		token := must(w.NewSetupToken(t.Context()))(t)
		input := accounts.SetupForm{Token: token, Name: "ѕсоре", Email: "s@example.com", Password: secret, Confirmation: secret}
		if _, err := w.SetUp(t.Context(), input, visit); wrongFields(err) != "name" {
			t.Errorf("set-up: %v", err)
		}
		input.Name = "root"
		if _, err := w.SetUp(t.Context(), input, visit); err != nil {
			t.Errorf("set-up with an ordinary name: %v", err)
		}
	})
}
