package accounts_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/internal/testkit"
	"latchkey/password"
)

// TestHistory: the last 3 are refused, the current one included, and the fourth is accepted; in any spelling, and also
// after the cost of hashes was changed.
func TestHistory(t *testing.T) {
	composed, decomposed := "Caf\u00e9 horse 1", "Cafe\u0301 horse 1"
	scenario(t, func(t *testing.T, w *world) {
		ada := w.create(accounts.NewAccount{Name: "ada", Password: accounts.PasswordChoice{Text: composed}})
		dearer := w.another(func(o *accounts.Options) {
			o.Hashes = patient(t, password.Params{Memory: 16, Time: 1, Threads: 1})
		})
		current := composed
		set := func(p *world, next string) error {
			t.Helper()
			who, actor := p.visitor("ada", current)
			_, err := p.Sessions.ChangePassword(t.Context(), who, actor, change(current, next))
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
		choice := accounts.PasswordChoice{Mode: accounts.Typed, Text: "Fourth horse 4", OneTime: true}
		if _, err := w.ResetPassword(t.Context(), w.root, ada.ID, choice, ""); !isBroken(err, password.RuleForbiddenLastPasswords) {
			t.Errorf("an operator sets a former password: %v", err)
		}
	})
}

// TestHistoryOfParallelChanges: if many change a password at once, repeatedly, in two processes of which one has
// dearer hashes and in either spelling, the last K that were taken are refused and the one before them is accepted.
func TestHistoryOfParallelChanges(t *testing.T) {
	for _, last := range []int{1, 3, 6} {
		t.Run(fmt.Sprint(last), func(t *testing.T) {
			scenario(t, func(t *testing.T, w *world) {
				w.create(accounts.NewAccount{Name: "ada", Password: accounts.PasswordChoice{Text: secret}})
				dearer := w.another(func(o *accounts.Options) {
					o.Hashes = patient(t, password.Params{Memory: 16, Time: 1, Threads: 1})
				})
				taken := []string{secret}
				for round := range testkit.Times(last+1, 10*last) {
					taken = append(taken, changeAtOnce(t, []*world{w, dearer}, taken[len(taken)-1], round))
					w.clock.Advance(time.Hour)
				}
				wantLastRefused(t, w, taken, last)
			}, accountPolicy(func(p *password.Policy) { p.ForbiddenLastPasswords, p.MaxLoginAttempts = last, 0 }))
		})
	}
}

// changeAtOnce lets ten people at one session change its password at the same time, and returns the one that was taken.
func changeAtOnce(t *testing.T, processes []*world, current string, round int) (taken string) {
	t.Helper()
	who, actor := processes[0].visitor("ada", current)
	var mu sync.Mutex
	testkit.Together(10, func(i int) {
		spelt := []string{"Caf\u00e9", "Cafe\u0301"}[i/2%2]
		chosen := fmt.Sprintf("%s %d of round %d", spelt, i, round)
		_, err := processes[i%2].Sessions.ChangePassword(t.Context(), who, actor, change(current, chosen))
		mu.Lock()
		defer mu.Unlock()
		switch {
		case err == nil && taken == "":
			taken = chosen
		case err == nil:
			t.Errorf("both %q and %q were taken", taken, chosen)
		case !errors.Is(err, core.ErrPasswordMeanwhile) && !errors.Is(err, core.ErrNotFound) && wrongFields(err) != "current":
			t.Errorf("change %d: %v", i, err)
		}
	})
	if taken == "" {
		t.Fatal("no change was taken")
	}
	return taken
}

// wantLastRefused tries the former passwords, the current one included.
func wantLastRefused(t *testing.T, w *world, taken []string, last int) {
	t.Helper()
	current := taken[len(taken)-1]
	who, actor := w.visitor("ada", current)
	for i := range last {
		former := respelt(taken[len(taken)-1-i])
		if _, err := w.Sessions.ChangePassword(t.Context(), who, actor, change(current, former)); !isBroken(err, password.RuleForbiddenLastPasswords) {
			t.Errorf("number %d of the last %d, %q: %v", i+1, last, former, err)
		}
	}
	before := respelt(taken[len(taken)-1-last])
	if _, err := w.Sessions.ChangePassword(t.Context(), who, actor, change(current, before)); err != nil {
		t.Errorf("the one before the last %d is refused: %v", last, err)
	}
}

// respelt returns the same password in the other Unicode normal form.
func respelt(text string) string {
	if norm.NFC.IsNormalString(text) {
		return norm.NFD.String(text)
	}
	return norm.NFC.String(text)
}
