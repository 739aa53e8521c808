package policy_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"latchkey/accounts/core"
	"latchkey/accounts/policy"
	"latchkey/internal/testdb"
	"latchkey/internal/testkit"
	"latchkey/models"
	"latchkey/password"
)

const day = 24 * time.Hour

func expiring(days, reminder int) password.Policies {
	return password.Policies{Account: password.Policy{PasswordExpirationInDays: days, EmailBeforeExpirationInDays: reminder}}
}

// Every time is judged just before and at its limit.
func TestRulesByPasswordAge(t *testing.T) {
	testkit.Parallel(t)
	const tick = time.Microsecond
	now := testkit.NewClock().Now()
	ago := func(d time.Duration) *time.Time { at := now.Add(-d); return &at }
	rules := policy.NewRules(core.New(nil, testkit.NewClock().Now, nil, nil, core.Rules{}), expiring(64, 5), policy.Settings{
		OneTimeValid: 7 * day, PasswordMinAge: day,
	})
	for name, tc := range map[string]struct {
		account    models.Account
		state      models.State
		pending    models.State
		changeable bool
	}{
		"young":              {models.Account{PasswordSetAt: ago(day)}, models.Active, "", true},
		"just not expired":   {models.Account{PasswordSetAt: ago(64*day - tick)}, models.Active, "", true},
		"expired":            {models.Account{PasswordSetAt: ago(64 * day)}, models.Expired, models.Expired, true},
		"technical":          {models.Account{PasswordSetAt: ago(640 * day), Technical: true}, models.Active, "", true},
		"one-time":           {models.Account{PasswordSetAt: ago(7*day - tick), OneTime: true}, models.OneTimeWaiting, models.OneTimeWaiting, true},
		"one-time, lapsed":   {models.Account{PasswordSetAt: ago(7 * day), OneTime: true}, models.OneTimeLapsed, models.OneTimeWaiting, true},
		"must change":        {models.Account{PasswordSetAt: ago(0), MustChange: true}, models.MustChange, models.MustChange, true},
		"just changed":       {models.Account{PasswordSetAt: ago(0), OwnChangeAt: ago(0)}, models.Active, "", false},
		"changed long ago":   {models.Account{PasswordSetAt: ago(day), OwnChangeAt: ago(day)}, models.Active, "", true},
		"changed, expired":   {models.Account{PasswordSetAt: ago(64 * day), OwnChangeAt: ago(day - tick)}, models.Expired, models.Expired, true},
		"just not a day ago": {models.Account{PasswordSetAt: ago(0), OwnChangeAt: ago(day - tick)}, models.Active, "", false},
	} {
		a := tc.account
		a.Kind, a.PasswordHash = models.Customer, "h"
		if got := rules.State(a); got != tc.state {
			t.Errorf("%s: the state is %q, want %q", name, got, tc.state)
		}
		if got := rules.Pending(a); got != tc.pending {
			t.Errorf("%s: pending is %q, want %q", name, got, tc.pending)
		}
		if _, later := rules.ChangeableFrom(a); later == tc.changeable {
			t.Errorf("%s: changeable is %t", name, !later)
		}
		expires, ok := rules.ExpiresAt(a)
		if want := !a.Technical && !a.OneTime; ok != want || ok && !expires.Equal(a.PasswordSetAt.Add(64*day)) {
			t.Errorf("%s: expires at %s, %t", name, expires, ok)
		}
		reminds, remind := rules.RemindsAt(a)
		if remind != ok || remind && !reminds.Equal(expires.Add(-5*day)) {
			t.Errorf("%s: reminds at %s, %t", name, reminds, remind)
		}
		if lapses, ok := rules.LapsesAt(a); ok != a.OneTime || ok && !lapses.Equal(a.PasswordSetAt.Add(7*day)) {
			t.Errorf("%s: lapses at %s, %t", name, lapses, ok)
		}
	}
}

func each(t *testing.T, run func(t *testing.T, newSource func() *policy.Source)) {
	t.Helper()
	testdb.Engines(t, func(t *testing.T, db testdb.Database) {
		clock := testkit.NewClock()
		run(t, func() *policy.Source {
			return policy.NewSource(core.New(db.Again(t), clock.Now, nil, nil, core.Rules{}), expiring(0, 0), policy.Settings{})
		})
	})
}

// Reading the newest version and then writing the next one would record one per process.
func TestProcessesRecordTheSamePolicyOnce(t *testing.T) {
	each(t, func(t *testing.T, newSource func() *policy.Source) {
		sources := make([]*policy.Source, 6)
		var all sync.WaitGroup
		for i := range sources {
			sources[i] = newSource()
			all.Go(func() {
				if err := sources[i].Activate(t.Context(), expiring(30, 0)); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		for _, source := range sources {
			if version := source.Current().Version; version != 1 {
				t.Errorf("version %d", version)
			}
		}
	})
}

func TestRefusedPolicyLeavesTheFormerInForce(t *testing.T) {
	each(t, func(t *testing.T, newSource func() *policy.Source) {
		source := newSource()
		if err := source.Activate(t.Context(), expiring(30, 0)); err != nil {
			t.Fatal(err)
		}
		taken := source.Current()
		load := func(policies password.Policies, err error) error {
			return source.Reload(t.Context(), func() (password.Policies, error) { return policies, err })
		}
		if err := load(expiring(60, 0), errors.New("no such file")); err == nil || source.Current() != taken || source.Refused() == nil {
			t.Errorf("%v, version %d, refused %v", err, source.Current().Version, source.Refused())
		}
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		if err := source.Activate(ended, expiring(60, 0)); err == nil || source.Current() != taken {
			t.Errorf("%v: a policy that was not recorded came into force", err)
		}
		if err := load(expiring(60, 0), nil); err != nil || source.Refused() != nil || source.Current().Version != 2 {
			t.Errorf("%v, version %d, refused %v", err, source.Current().Version, source.Refused())
		}
		if taken.Version != 1 || taken.Policies.Account.PasswordExpirationInDays != 30 {
			t.Errorf("rules that were taken before changed to version %d", taken.Version)
		}
	})
}
