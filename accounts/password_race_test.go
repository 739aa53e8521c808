package accounts_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"latchkey/accounts/core"
	"latchkey/internal/testkit"
	"latchkey/password"
)

// TestChangeRequiredMeanwhile: a form that was sent before an operator required a change is judged by what holds now.
func TestChangeRequiredMeanwhile(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		who, actor := w.visitor("ada", secret)
		if err := w.RequireChange(t.Context(), w.root, ada.ID); err != nil {
			t.Fatal(err)
		}
		_, err := w.Sessions.ChangePassword(t.Context(), who, actor, change(secret, secret))
		if err == nil {
			t.Error("the demand was met with the same password")
		}
	}, accountPolicy(func(p *password.Policy) { p.ForbiddenLastPasswords = 0 }))
}

// TestChangeRace: of many concurrent changes of one password one wins; the history has no gap.
func TestChangeRace(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.customer("ada")
		processes := []*world{w, w.another()}
		current := secret
		all := []string{secret}
		for round := range 3 {
			elsewhere := w.signIn("ada", current).Token
			who, actor := w.visitor("ada", current)
			var mu sync.Mutex
			var won, tokens []string
			testkit.Together(50, func(i int) {
				chosen := fmt.Sprintf("Horse %d of round %d", i, round)
				in, err := processes[i%2].Sessions.ChangePassword(t.Context(), who, actor, change(current, chosen))
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil:
					won, tokens = append(won, chosen), append(tokens, in.Token)
				case !errors.Is(err, core.ErrPasswordMeanwhile) && !errors.Is(err, core.ErrNotFound) && wrongFields(err) != "current":
					t.Errorf("change %d: %v", i, err)
				}
			})
			if len(won) != 1 {
				t.Fatalf("%d changes won", len(won))
			}
			if !w.holds(tokens[0]) || w.holds(elsewhere) {
				t.Error("the other session holds, or the changed one does not")
			}
			current, all = won[0], append(all, won[0])
			if err := w.Unblock(t.Context(), w.root, ada.ID); err != nil && !errors.Is(err, core.ErrNotBlacklisted) {
				t.Fatal(err)
			}
			w.clock.Advance(time.Hour)
		}
		var known []string
		for _, row := range w.history(ada.ID) {
			known = append(known, knows(t, row.Hash, all...))
		}
		slices.Reverse(known)
		if !slices.Equal(known, all[:3]) {
			t.Errorf("the history is %q, of %q", known, all)
		}
	}, accountPolicy(func(p *password.Policy) { p.ForbiddenLastPasswords = 9 }))
}
