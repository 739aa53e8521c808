package accounts_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/accounts/session"
	"latchkey/internal/testkit"
	"latchkey/models"
)

// Of a hundred sessions that were opened with a one-time password, in two processes, exactly one sets a password. Afterwards neither
// these sessions nor the one-time password can.
func TestOneTimePassword(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.create(accounts.NewAccount{Name: "ada", Password: accounts.PasswordChoice{Text: secret, OneTime: true}})
		processes := []*world{w, w.another()}
		uses := make([]use, 100)
		for i := range uses {
			uses[i].who, uses[i].actor = processes[i%2].visitor("ada", secret)
		}
		chosen, token := useAtOnce(t, processes, uses)
		if got := must(w.Sessions.Resolve(t.Context(), token, visit.Address))(t); got.Pending != "" || w.count("SELECT count(*) FROM sessions") != 1 {
			t.Errorf("the new session is pending (%s), or not the only one", got.Pending)
		}
		w.signIn("ada", chosen)
		w.refused(1, "ada", secret)
		a := w.account(ada.ID)
		if history := w.history(ada.ID); a.OneTime || len(history) != 1 || knows(t, history[0].Hash, secret) == "" {
			t.Errorf("history %+v of %+v", history, a)
		}
		for _, use := range uses {
			if _, err := w.Sessions.ChangePassword(t.Context(), use.who, use.actor, change("", "Another horse 2")); err == nil {
				t.Error("the one-time password was used again")
			}
		}
	})
}

// use is a session that was opened with a one-time password.
type use struct {
	who   session.Current
	actor core.Actor
}

// useAtOnce lets all of them set a password at the same time, and returns whose was taken.
func useAtOnce(t *testing.T, processes []*world, uses []use) (chosen, token string) {
	t.Helper()
	var mu sync.Mutex
	won := map[string]string{} // token by password
	testkit.Together(len(uses), func(i int) {
		chosen := fmt.Sprint("My own horse ", i)
		in, err := processes[i%2].Sessions.ChangePassword(t.Context(), uses[i].who, uses[i].actor, change("", chosen))
		mu.Lock()
		defer mu.Unlock()
		switch {
		case err == nil:
			won[chosen] = in.Token
		case !errors.Is(err, core.ErrPasswordMeanwhile) && !errors.Is(err, core.ErrSignedOut):
			t.Errorf("use %d: %v", i, err)
		}
	})
	if len(won) != 1 {
		t.Fatalf("%d uses set a password: %v", len(won), won)
	}
	for chosen, token = range won {
	}
	return chosen, token
}

func TestOneTimePasswordLapses(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		ada := w.create(accounts.NewAccount{Name: "ada", Password: accounts.PasswordChoice{Text: secret, OneTime: true}})
		lapses, ok := w.Policies.Current().LapsesAt(ada)
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
		if got := w.Policies.Current().State(w.account(ada.ID)); got != models.OneTimeLapsed {
			t.Errorf("the state is %s", got)
		}
		if _, err := w.ResetPassword(t.Context(), w.root, ada.ID, accounts.PasswordChoice{Mode: accounts.Typed, Text: "New horse 3", OneTime: true}, ""); err != nil {
			t.Fatal(err)
		}
		if got := w.signIn("ada", "New horse 3"); got.Gate != core.GatePassword {
			t.Errorf("opens %q", got.Gate)
		}
	})
}
