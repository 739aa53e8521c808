package models_test

import (
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"latchkey/internal/testkit"
	"latchkey/models"
)

// TestCountsAreTrue compares the counters with the accounts after random changes by two processes at once, at times that are near the borders of
// days, quarters of an hour, lifetimes and blocks, before and after the sweep.
func TestCountsAreTrue(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		organizations := []string{}
		for range 3 {
			organizations = append(organizations, f.account(models.Account{Kind: models.Organization}).ID)
		}
		var processes []*countedWorld
		for i := range uint64(2) {
			own := *f
			own.DB, own.serial = f.Again(t), 100_000*int(i+1)
			processes = append(processes, &countedWorld{fixture: &own, random: rand.New(rand.NewPCG(19, i)), now: base, organizations: organizations})
		}
		act := func(times int, act func(*countedWorld)) {
			testkit.Together(len(processes), func(i int) {
				for range times {
					act(processes[i])
				}
			})
		}
		act(40, (*countedWorld).create)
		for round := range testkit.Times(25, 1000) {
			act(5, (*countedWorld).act)
			processes[1].now = processes[0].now
			processes[round%2].compare()
		}
	})
}

// countedWorld are accounts that one process changes at random.
type countedWorld struct {
	*fixture
	random        *rand.Rand
	now           time.Time
	organizations []string
	ids           []string
}

func (w *countedWorld) day(at time.Time) string { return at.Format(time.DateOnly) }

// cutoffs are such that passwords of customers last 3 days, of technical accounts for ever, of SuperAdmins 30 hours, and one-time ones a day.
func (w *countedWorld) cutoffs() models.Cutoffs {
	return models.Cutoffs{
		Now: w.now, Today: w.day(w.now), OneTime: w.now.AddDate(0, 0, -1), OneTimeDay: w.day(w.now.AddDate(0, 0, -1)),
		Account: w.now.AddDate(0, 0, -3), SuperAdmin: w.now.Add(-30 * time.Hour), OwnersOnly: w.random.IntN(2) == 0,
	}
}

// near is a time at which something of the world may just have become due, or any other one.
func (w *countedWorld) near() time.Time {
	at := w.now.Add(-time.Duration(w.random.IntN(5*24*60)) * time.Minute)
	switch w.random.IntN(4) {
	case 0:
		at = w.now.AddDate(0, 0, -w.random.IntN(4))
	case 1:
		at = at.Truncate(15 * time.Minute)
	case 2:
		at = at.Truncate(24 * time.Hour)
	}
	return at.Add(time.Duration(w.random.IntN(3)-1) * time.Microsecond).Truncate(time.Microsecond)
}

func (w *countedWorld) sometimes(at time.Time) *time.Time {
	if w.random.IntN(4) > 0 {
		return nil
	}
	return &at
}

// change sets what the state of an account depends on.
func (w *countedWorld) change(a *models.Account) {
	a.PasswordHash, a.PasswordSetAt, a.OneTime, a.MustChange, a.PasswordFrom = "", nil, false, false, ""
	if w.random.IntN(6) > 0 {
		a.PasswordHash, a.PasswordSetAt = "h", ptr(w.near())
		a.OneTime, a.MustChange = w.random.IntN(3) == 0, w.random.IntN(6) == 0
		a.PasswordFrom = []models.PasswordFrom{models.FromOwner, models.FromOperator}[w.random.IntN(2)]
	}
	a.DisabledAt, a.BlockedAt, a.BlockedUntil = w.sometimes(w.now), w.sometimes(w.now), nil
	if a.BlockedAt != nil && w.random.IntN(2) == 0 {
		a.BlockedUntil = ptr(w.now.Add(time.Duration(w.random.IntN(60)-30) * time.Minute))
	}
	a.ValidFrom, a.ValidUntil = "", ""
	if w.random.IntN(3) == 0 {
		a.ValidFrom = w.day(w.now.AddDate(0, 0, w.random.IntN(5)-2))
	}
	if w.random.IntN(3) == 0 {
		a.ValidUntil = max(a.ValidFrom, w.day(w.now.AddDate(0, 0, w.random.IntN(5)-2)))
	}
	a.HasFactor = w.random.IntN(2) == 0
	a.Technical = a.Kind == models.Customer && w.random.IntN(4) == 0
	if a.Kind == models.Customer {
		a.OrganizationID = &w.organizations[w.random.IntN(len(w.organizations))]
	}
}

func (w *countedWorld) create() {
	a := models.Account{Kind: []models.Kind{models.Customer, models.Customer, models.Customer, models.SuperAdmin}[w.random.IntN(4)]}
	w.change(&a)
	w.ids = append(w.ids, w.account(a).ID)
}

// act changes, creates or deletes an account, lets time pass, or sweeps.
func (w *countedWorld) act() {
	i := w.random.IntN(len(w.ids))
	switch w.random.IntN(9) {
	case 0:
		w.create()
	case 1:
		if len(w.ids) < 10 {
			return
		}
		w.do(func(tx *models.Tx) error { return tx.DeleteAccount(w.ids[i]) })
		w.ids = slices.Delete(w.ids, i, i+1)
	case 2:
		w.now = w.now.Add(time.Duration(w.random.IntN(26*60)) * time.Minute)
	case 3:
		w.do(func(tx *models.Tx) error {
			rows, err := tx.Unsettled(w.day(w.now), 7)
			if err != nil || len(rows) == 0 {
				return err
			}
			return tx.Settle(idsOf(rows), w.day(w.now))
		})
	case 4:
		w.do((*models.Tx).AddUpCounts)
	default:
		w.do(func(tx *models.Tx) error {
			a, err := tx.AccountForUpdate(w.ids[i])
			if err != nil {
				return err
			}
			w.change(&a)
			return tx.SaveAccount(&a)
		})
	}
}

// countedGroup is a group of accounts that is counted.
type countedGroup struct {
	state     models.State // "" = any
	kind      models.Kind  // likewise
	technical bool         // only those
}

// counted is what there is to count.
type counted struct {
	groups    map[countedGroup]int
	without   map[models.Kind]int // a second factor
	passwords []int               // in each span
}

// add counts an account.
func (c *counted) add(a models.Account, cutoffs models.Cutoffs, spans []models.PasswordSpan) {
	for _, state := range []models.State{"", cutoffs.State(a)} {
		for _, kind := range []models.Kind{"", a.Kind} {
			c.groups[countedGroup{state, kind, false}]++
			if a.Technical {
				c.groups[countedGroup{state, kind, true}]++
			}
		}
	}
	if !a.HasFactor && !a.Technical && !a.Builtin() {
		c.without[a.Kind]++
	}
	lasting := !a.OneTime && a.PasswordHash != "" && a.Closed(cutoffs.Today) == ""
	for i, span := range spans {
		if lasting && a.Kind == span.Kind && a.Technical == span.Technical && !a.PasswordSetAt.Before(span.Set.From) && a.PasswordSetAt.Before(span.Set.To) {
			c.passwords[i]++
		}
	}
}

// compare counts the accounts of all organizations and of each, and compares the counters with them.
func (w *countedWorld) compare() {
	w.Helper()
	cutoffs := w.cutoffs()
	rows := must(w.read().ListAccounts(models.AccountFilter{Cutoffs: cutoffs, Limit: 10_000}))(w).Rows
	spans := []models.PasswordSpan{
		{Kind: models.Customer, Set: models.Span{To: w.now}},
		{Kind: models.Customer, Set: models.Span{From: w.near().Add(-48 * time.Hour), To: w.near()}},
		{Kind: models.Customer, Set: models.Span{From: w.now.Truncate(24*time.Hour).AddDate(0, 0, -3), To: w.now.Truncate(24 * time.Hour)}},
		{Kind: models.Customer, Technical: true, Set: models.Span{From: w.now.Add(-7 * time.Minute), To: w.now}},
		{Kind: models.SuperAdmin, Set: models.Span{From: w.now.Add(-30 * time.Hour), To: w.now}},
	}
	for _, organization := range append([]string{""}, w.organizations...) {
		want := counted{map[countedGroup]int{}, map[models.Kind]int{}, make([]int, len(spans))}
		for _, a := range rows {
			if organization == "" || a.OrganizationID != nil && *a.OrganizationID == organization {
				want.add(a, cutoffs, spans)
			}
		}
		w.same(organization, must(w.read().Counts(models.CountQuery{OrganizationID: organization, Cutoffs: cutoffs, Passwords: spans}))(w), want)
	}
	if w.Failed() {
		w.FailNow()
	}
}

// same compares the counters of an organization with what there is.
func (w *countedWorld) same(organization string, got models.Counts, want counted) {
	w.Helper()
	for _, state := range append(models.States(), "") {
		for _, kind := range []models.Kind{"", models.SuperAdmin, models.Organization, models.Customer} {
			for _, technical := range []bool{false, true} {
				if got, want := got.Of(state, kind, technical), want.groups[countedGroup{state, kind, technical}]; got != want {
					w.Errorf("state %q, kind %q, technical %t of %q: %d, want %d", state, kind, technical, organization, got, want)
				}
			}
		}
	}
	if got := got.WithoutFactor(); !maps.Equal(nonZero(got), want.without) {
		w.Errorf("without a factor of %q: %v, want %v", organization, got, want.without)
	}
	if got := got.Passwords(); !slices.Equal(got, want.passwords) {
		w.Errorf("passwords of %q: %v, want %v", organization, got, want.passwords)
	}
}

func nonZero[K comparable](counts map[K]int) map[K]int {
	maps.DeleteFunc(counts, func(_ K, n int) bool { return n == 0 })
	return counts
}
