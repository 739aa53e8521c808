package models_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"pgregory.net/rapid"

	"latchkey/models"
)

// moments are times around which accounts and cutoffs are drawn, so that they often meet exactly.
var moments = []time.Duration{
	-48 * time.Hour, -time.Hour, -time.Second, -time.Second + time.Microsecond, -time.Millisecond, -time.Microsecond, 0,
	time.Microsecond, 500 * time.Millisecond, time.Second, time.Hour,
}

func moment(r *rand.Rand) time.Time { return base.Add(moments[r.IntN(len(moments))]) }

func maybe(r *rand.Rand) *time.Time {
	if r.IntN(2) == 0 {
		return nil
	}
	return ptr(moment(r))
}

// days are around those of the cutoffs.
var days = []string{"2026-02-28", "2026-03-01", "2026-03-02", "2026-03-03"}

// drawAccount returns an account with any combination of values that the tables accept, even meaningless ones.
func drawAccount(r *rand.Rand) models.Account {
	a := models.Account{
		Kind:          []models.Kind{models.SuperAdmin, models.Organization, models.Customer, models.Customer}[r.IntN(4)],
		PasswordSetAt: maybe(r), OneTime: r.IntN(3) == 0, MustChange: r.IntN(4) == 0, BlockedUntil: maybe(r),
		ExpiryNotice: models.ExpiryNotice(r.IntN(3)),
	}
	if r.IntN(4) == 0 {
		a.DisabledAt = ptr(moment(r))
	}
	if r.IntN(4) == 0 {
		a.ValidFrom = days[r.IntN(len(days))]
	}
	if r.IntN(4) == 0 {
		a.ValidUntil = days[r.IntN(len(days))]
	}
	if r.IntN(3) == 0 {
		a.BlockedAt = ptr(moment(r))
	}
	if r.IntN(4) > 0 {
		a.PasswordHash = "h"
	}
	a.Technical = a.Kind == models.Customer && r.IntN(2) == 0
	return a
}

func drawCutoffs(t *rapid.T) models.Cutoffs {
	at := func(name string, off bool) time.Time {
		i := rapid.IntRange(0, len(moments)).Draw(t, name)
		if i == len(moments) && off {
			return time.Time{}
		}
		return base.Add(moments[i%len(moments)])
	}
	return models.Cutoffs{
		Now: at("now", false), Today: rapid.SampledFrom(days).Draw(t, "today"), OneTime: at("one-time", false), OneTimeDay: rapid.SampledFrom(days).Draw(t, "one-time day"), OwnersOnly: rapid.Bool().Draw(t, "owners only"),
		Account: at("account", true), Technical: at("technical", true), SuperAdmin: at("superadmin", true),
	}
}

// TestStateFilterAgreesWithState: the filter of a state matches exactly the accounts in that state.
func TestStateFilterAgreesWithState(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		r := rand.New(rand.NewPCG(1, 2))
		all := []models.Account{f.again(models.DefaultOrganizationID)}
		f.do(func(tx *models.Tx) error {
			for range 600 {
				a := drawAccount(r)
				f.fill(&a)
				if err := tx.CreateAccount(&a, a.NameKey); err != nil {
					return err
				}
				all = append(all, a)
			}
			return nil
		})
		rapid.Check(t, func(rt *rapid.T) {
			cutoffs := drawCutoffs(rt)
			ahead := time.Duration(rapid.SampledFrom([]int{1, 1000, 1_000_000, 3_600_000_000}).Draw(rt, "ahead")) * time.Microsecond
			want := map[models.State][]string{}
			var expiring []string
			for _, a := range all {
				state := cutoffs.State(a)
				want[state] = append(want[state], a.ID)
				if expires(cutoffs, a, ahead) {
					expiring = append(expiring, a.ID)
				}
			}
			for _, state := range models.States() {
				same(rt, f, models.AccountFilter{State: state, Cutoffs: cutoffs}, want[state])
			}
			same(rt, f, models.AccountFilter{Expiring: ahead, Cutoffs: cutoffs}, expiring)
		})
	})
}

// expires says that a password of an open account holds now and will not after a while.
func expires(c models.Cutoffs, a models.Account, in time.Duration) bool {
	then := c
	for _, cutoff := range []*time.Time{&then.Account, &then.Technical, &then.SuperAdmin} {
		if !cutoff.IsZero() {
			*cutoff = cutoff.Add(in)
		}
	}
	return a.Closed(c.Today) == "" && a.PasswordHash != "" && !c.Expired(a) && then.Expired(a)
}

func same(t *rapid.T, f *fixture, filter models.AccountFilter, want []string) {
	filter.Limit = 10_000
	page, err := f.read().ListAccounts(filter)
	if err != nil {
		t.Fatal(err)
	}
	if got := idsOf(page.Rows); !sameSet(got, want) {
		t.Errorf("%+v: %d are listed, %d should be: %s", filter, len(got), len(want), difference(f, got, want))
	}
}

// difference shows an account that only one of the lists has.
func difference(f *fixture, a, b []string) string {
	in := map[string]int{}
	for _, id := range a {
		in[id]++
	}
	for _, id := range b {
		in[id]--
	}
	for id, n := range in {
		if n != 0 {
			return fmt.Sprintf("%+v", f.again(id))
		}
	}
	return ""
}

// TestStateOrder checks the order of product.md: if several states apply, the first is shown.
func TestStateOrder(t *testing.T) {
	cutoffs := models.Cutoffs{Now: base, Today: "2026-03-02", OneTime: base, OneTimeDay: "2026-03-02", Account: base, Technical: base, SuperAdmin: base}
	a := models.Account{
		DisabledAt: &base, ValidFrom: "2026-03-03", ValidUntil: "2026-03-01", BlockedAt: &base, PasswordSetAt: ptr(base), OneTime: true, MustChange: true,
	}
	for i, step := range []func(){
		func() {},
		func() { a.DisabledAt = nil },
		func() { a.ValidFrom = "2026-03-02" },
		func() { a.ValidUntil = "2026-03-02" },
		func() { a.BlockedAt = nil },
		func() { a.PasswordHash = "h" },
		func() { a.PasswordSetAt = ptr(base.Add(time.Microsecond)) },
		func() { a.OneTime = false },
		func() { a.MustChange, a.PasswordSetAt = false, ptr(base) },
		func() { a.PasswordSetAt = ptr(base.Add(time.Microsecond)) },
	} {
		step()
		if got := cutoffs.State(a); got != models.States()[i] {
			t.Errorf("step %d is %s, want %s", i, got, models.States()[i])
		}
	}
	a.BlockedAt, a.BlockedUntil = &base, &base
	if got := cutoffs.State(a); got != models.Active {
		t.Errorf("a block that ends now still holds: %s", got)
	}
	a.BlockedUntil = ptr(base.Add(time.Microsecond))
	if got := cutoffs.State(a); got != models.Blacklisted {
		t.Errorf("a block that ends later does not hold: %s", got)
	}
}
