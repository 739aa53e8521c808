package accounts_test

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"latchkey/accounts"
	"latchkey/accounts/mfa"
	"latchkey/accounts/session"
	"latchkey/models"
)

// tally records the calls.
type tally struct {
	mu           sync.Mutex
	signIns      map[string]int
	refused      map[string]int
	waited, took []time.Duration
}

func newTally() *tally { return &tally{signIns: map[string]int{}, refused: map[string]int{}} }

func (m *tally) note(do func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	do()
}

func (m *tally) SignedIn(outcome string)       { m.note(func() { m.signIns[outcome]++ }) }
func (m *tally) HashRefused(reason string)     { m.note(func() { m.refused[reason]++ }) }
func (m *tally) HashWaited(wait time.Duration) { m.note(func() { m.waited = append(m.waited, wait) }) }
func (m *tally) HashTook(took time.Duration)   { m.note(func() { m.took = append(m.took, took) }) }

// TestOutcomesOfCodes: a code is counted as a sign-in of its own, and a wrong one by its reason.
func TestOutcomesOfCodes(t *testing.T) {
	measured(t, func(t *testing.T, w *world, m *tally) {
		w.customer("ada")
		phone, _ := w.withApp("ada")
		current := w.half("ada", visit)
		clear(m.signIns)
		_, _ = w.Factors.SignIn(t.Context(), current, visit, mfa.Code{Code: phone.other()})
		m.counted(t, "wrong-code")
		clear(m.signIns)
		must(w.Factors.SignIn(t.Context(), current, visit, mfa.Code{Code: phone.code()}))(t)
		m.counted(t, "success")
	})
}

// Each attempt is counted once, by its outcome. Only the metrics show why it failed.
func TestOutcomesOfSignIns(t *testing.T) {
	oneTime := func(w *world, a models.Account) { w.tamper(a.ID, func(a *models.Account) { a.OneTime = true }) }
	for outcome, test := range map[string]struct {
		prepare        func(w *world, a models.Account)
		name, password string
	}{
		"success":        {nil, "ada", secret},
		"pending":        {oneTime, "ada", secret},
		"wrong-password": {nil, "ada", "wrong guess"},
		"unknown":        {nil, "nobody", secret},
		"invalid":        {nil, "", secret},
		"address":        {nil, "root", secret},
		"blacklisted":    {func(w *world, _ models.Account) { w.refused(10, "ada", "wrong guess") }, "ada", secret},
		"disabled":       {func(w *world, a models.Account) { _ = w.Disable(w.Context(), w.root, a.ID) }, "ada", secret},
		"one-time-lapsed": {func(w *world, a models.Account) {
			oneTime(w, a)
			w.clock.Advance(168 * time.Hour)
		}, "ada", secret},
		"no-password": {func(w *world, a models.Account) {
			w.tamper(a.ID, func(a *models.Account) { a.PasswordHash, a.PasswordSetAt = "", nil })
		}, "ada", secret},
		"technical": {func(w *world, a models.Account) { w.tamper(a.ID, func(a *models.Account) { a.Technical = true }) }, "ada", secret},
	} {
		t.Run(outcome, func(t *testing.T) {
			measured(t, func(t *testing.T, w *world, m *tally) {
				ada := w.customer("ada")
				if test.prepare != nil {
					test.prepare(w, ada)
				}
				clear(m.signIns)
				_, err := w.Sessions.SignIn(t.Context(), test.name, test.password, visit)
				m.counted(t, outcome)
				if errors.Unwrap(err) != nil { // of a failure nothing but [core.ErrSignIn] comes out
					t.Errorf("the error may say why: %#v", err)
				}
			})
		})
	}
}

// measured plays on both engines with metrics. SuperAdmins have to come from elsewhere than the others do.
func measured(t *testing.T, run func(t *testing.T, w *world, m *tally)) {
	t.Helper()
	play := func(t *testing.T, w *world) {
		m, _ := w.options.Metrics.(*tally)
		run(t, w, m)
	}
	scenario(t, play, func(o *accounts.Options) {
		o.Metrics, o.Settings.SuperAdmins, o.Settings.SignInRate = newTally(), networks("198.51.100.0/24"), 20
	})
}

func (m *tally) counted(t *testing.T, outcome string) {
	t.Helper()
	if !maps.Equal(m.signIns, map[string]int{outcome: 1}) {
		t.Errorf("counted %v, want one %s", m.signIns, outcome)
	}
	if !slices.Contains(session.Outcomes(), outcome) {
		t.Errorf("%s is none of %q", outcome, session.Outcomes())
	}
	clear(m.signIns)
}

// TestOutcomesWithoutALook: the password was not looked at, which is counted too.
func TestOutcomesWithoutALook(t *testing.T) {
	measured(t, func(t *testing.T, w *world, m *tally) {
		leave := fillQueue(t, w.hashes)
		_, _ = w.Sessions.SignIn(t.Context(), "ada", secret, visit)
		m.counted(t, "busy")
		if m.refused["full"] != 1 {
			t.Errorf("refused %v", m.refused)
		}
		leave()
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		_, _ = w.Sessions.SignIn(gone, "ada", secret, visit)
		m.counted(t, "left")
		for range 40 { // twice the rate
			_, _ = w.Sessions.SignIn(t.Context(), "nobody", secret, visit)
		}
		clear(m.signIns)
		_, _ = w.Sessions.SignIn(t.Context(), "nobody", secret, visit)
		m.counted(t, "too-many")
		closed := w.db.Again(t)
		other := w.another(func(o *accounts.Options) { o.DB = closed })
		_ = closed.Close()
		_, _ = other.Sessions.SignIn(t.Context(), "ada", secret, visit)
		m.counted(t, "error")
	})
}
