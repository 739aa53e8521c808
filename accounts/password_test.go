package accounts_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"latchkey/accounts"
	"latchkey/models"
	"latchkey/password"
)

// isBroken tells whether the error says that a password breaks the rule.
func isBroken(err error, rule password.Rule) bool {
	var invalid *accounts.ValidationError
	return errors.As(err, &invalid) && slices.ContainsFunc(invalid.Fields, func(f accounts.FieldError) bool {
		return f.Field == "password" && slices.ContainsFunc(f.Broken, func(v password.Violation) bool { return v.Rule == rule })
	})
}

// knows tells which of the passwords a stored hash is of.
func knows(tb testing.TB, stored string, passwords ...string) string {
	tb.Helper()
	for _, text := range passwords {
		if match, _, err := cheap.Verify(stored, text); err != nil {
			tb.Fatal(err)
		} else if match {
			return text
		}
	}
	return ""
}

func (w *world) history(id string) []models.FormerPassword {
	w.Helper()
	return must(w.db.Read(w.Context()).FormerPasswords(id, 1000))(w)
}

func TestOneTimePasswordIsUsedOnce(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.create(accounts.NewAccount{Name: "ada", Issue: accounts.Issue{Password: secret, OneTime: true}})
		who, actor := w.visitor("ada", secret)
		processes := []*world{w, w.another()}
		var mu sync.Mutex
		won := map[string]string{} // token by password
		together(100, func(i int) {
			chosen := fmt.Sprint("My own horse ", i)
			in, err := processes[i%2].ChangeOwnPassword(t.Context(), who, actor, change("", chosen))
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				won[chosen] = in.Token
			case !errors.Is(err, accounts.ErrPasswordMeanwhile) && !errors.Is(err, accounts.ErrNotFound):
				t.Errorf("use %d: %v", i, err)
			}
		})
		if len(won) != 1 {
			t.Fatalf("%d uses set a password: %v", len(won), won)
		}
		for chosen, token := range won {
			if got := must(w.Visitor(t.Context(), token, visit.Address))(t); got.Pending != "" {
				t.Errorf("the new session is pending: %s", got.Pending)
			}
			w.signIn("ada", chosen)
		}
		w.refused(1, "ada", secret)
		a := w.account(ada.ID)
		if history := w.history(ada.ID); a.OneTime || len(history) != 1 || knows(t, history[0].Hash, secret) == "" {
			t.Errorf("history %+v of %+v", history, a)
		}
		if _, err := w.ChangeOwnPassword(t.Context(), who, actor, change("", "Another horse 2")); err == nil {
			t.Error("the one-time password was used again")
		}
	})
}

func TestOneTimePasswordLapses(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.create(accounts.NewAccount{Name: "ada", Issue: accounts.Issue{Password: secret, OneTime: true}})
		lapses, ok := w.LapsesAt(ada)
		if !ok || !lapses.Equal(w.clock.Now().Add(168*time.Hour)) {
			t.Errorf("lapses at %v", lapses)
		}
		w.clock.Set(lapses.Add(-time.Microsecond))
		in := w.signIn("ada", secret)
		w.clock.Set(lapses)
		w.refused(1, "ada", secret)
		if w.holds(in.Token) {
			t.Error("a session of the lapsed password holds")
		}
		if got := w.State(w.account(ada.ID)); got != models.OneTimeLapsed {
			t.Errorf("the state is %s", got)
		}
		if _, err := w.IssuePassword(t.Context(), w.root, ada.ID, accounts.Issue{Mode: accounts.Typed, Password: "New horse 3", OneTime: true}, ""); err != nil {
			t.Fatal(err)
		}
		if got := w.signIn("ada", "New horse 3"); got.Pending != models.OneTimeWaiting {
			t.Errorf("opens %q", got.Pending)
		}
	})
}

// TestHistory: the last 3 are refused, the present one included, and the fourth is accepted; in any spelling, and also
// after the cost of hashes was changed.
func TestHistory(t *testing.T) {
	composed, decomposed := "Caf\u00e9 horse 1", "Cafe\u0301 horse 1"
	scenario(t, func(t *testing.T, w *world) {
		ada := w.create(accounts.NewAccount{Name: "ada", Issue: accounts.Issue{Password: composed}})
		dearer := w.another(func(o *accounts.Options) {
			o.Hashes = must(accounts.NewHashes(password.Params{Memory: 16, Time: 1, Threads: 1}, nil))(t)
		})
		current := composed
		set := func(p *world, next string) error {
			t.Helper()
			who, actor := p.visitor("ada", current)
			_, err := p.ChangeOwnPassword(t.Context(), who, actor, change(current, next))
			if err == nil {
				current = next
			}
			w.clock.Advance(time.Second)
			return err
		}
		for _, same := range []string{composed, decomposed} {
			if err := set(w, same); !isBroken(err, password.RuleForbiddenLastPasswords) {
				t.Errorf("the present password %q: %v", same, err)
			}
		}
		for i, next := range []string{"Second horse 2", "Third horse 3"} {
			if err := set([]*world{w, dearer}[i], next); err != nil {
				t.Fatal(err)
			}
			if err := set(dearer, decomposed); !isBroken(err, password.RuleForbiddenLastPasswords) {
				t.Errorf("the first password after %d others: %v", i+1, err)
			}
		}
		if n := len(w.history(ada.ID)); n != 2 {
			t.Errorf("%d former passwords are kept, want 2", n)
		}
		if err := set(dearer, "Fourth horse 4"); err != nil {
			t.Fatal(err)
		}
		if err := set(dearer, decomposed); err != nil {
			t.Errorf("the fourth last is refused: %v", err)
		}
		issue := accounts.Issue{Mode: accounts.Typed, Password: "Fourth horse 4", OneTime: true}
		if _, err := w.IssuePassword(t.Context(), w.root, ada.ID, issue, ""); !isBroken(err, password.RuleForbiddenLastPasswords) {
			t.Errorf("an operator issues a former password: %v", err)
		}
	})
}

func TestForcedChangeDiffersWithoutHistory(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		who, actor := w.visitor("ada", secret)
		if _, err := w.ChangeOwnPassword(t.Context(), who, actor, change(secret, secret)); err != nil {
			t.Errorf("a voluntary change to the same, with the history off: %v", err)
		}
		if len(w.history(ada.ID)) != 0 {
			t.Error("a history that is off is kept")
		}
		if err := w.RequireChange(t.Context(), w.root, ada.ID); err != nil {
			t.Fatal(err)
		}
		who, actor = w.visitor("ada", secret)
		if _, err := w.ChangeOwnPassword(t.Context(), who, actor, change("", secret)); !isBroken(err, password.RuleForbiddenLastPasswords) {
			t.Errorf("a forced change to the same: %v", err)
		}
		if _, err := w.ChangeOwnPassword(t.Context(), who, actor, change("", "Another horse 2")); err != nil {
			t.Error(err)
		}
		if got := w.signIn("ada", "Another horse 2"); got.Pending != "" {
			t.Errorf("still %s", got.Pending)
		}
	}, accountPolicy(func(p *password.Policy) { p.ForbiddenLastPasswords = 0 }))
}

func TestChangeIsChecked(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		w.customer("ada")
		who, actor := w.visitor("ada", secret)
		verified := w.hashes.Verified()
		for _, test := range []struct {
			input  accounts.NewPassword
			fields string
		}{
			{change(secret, "short"), "password"}, {change(secret, "I am ADA here"), "password"}, {change("", "Another horse 2"), "current"},
			{accounts.NewPassword{Current: secret, Password: "Another horse 2", Confirmation: "Another horse 3"}, "confirmation"},
			{accounts.NewPassword{Current: secret, Password: "short"}, "password confirmation"},
			{change(secret, "Another\x00horse"), "password"}, {change(secret, "Another\xffhorse"), "password"},
		} {
			if _, err := w.ChangeOwnPassword(t.Context(), who, actor, test.input); wrongFields(err) != test.fields {
				t.Errorf("%+v: %v", test.input, err)
			}
		}
		if w.hashes.Verified() != verified {
			t.Error("a hash was spent on what could be told without")
		}
	})
}
