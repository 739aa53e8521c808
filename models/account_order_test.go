package models_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"latchkey/models"
)

// lifetimes are cutoffs by which passwords of the groups last for different times, and those of SuperAdmins for ever.
var lifetimes = models.Cutoffs{
	Now: base, Today: today, OneTime: base.Add(-7 * time.Hour), OneTimeDay: today, Account: base.Add(-64 * time.Hour), Technical: base.Add(-90 * time.Hour),
}

// mixed writes accounts of all kinds, whose values are often equal or missing.
func mixed(f *fixture, count int) (all []models.Account) {
	f.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	some := func(share int) bool { return random.IntN(100) < share }
	at := func() *time.Time {
		return ptr(base.Add(-time.Duration(random.IntN(8)) * 12500 * time.Millisecond * 1000))
	}
	day := func() string { return base.AddDate(0, 0, random.IntN(6)-3).Format(time.DateOnly) }
	owner := f.account(models.Account{Kind: models.Organization, NameKey: "acme", CreatedAt: base, DisplayName: "Acme"}).ID
	all = append(all, f.again(models.DefaultOrganizationID), f.again(owner))
	for i := range count {
		a := models.Account{
			NameKey: fmt.Sprintf("%s%03d", []string{"ann", "bob", "zoe"}[random.IntN(3)], i*7919%1000), CreatedAt: *at(), PasswordHash: "h", PasswordSetAt: at(),
			Technical: some(20), OneTime: some(20), MustChange: some(10), DisplayName: []string{"", "Anna Becker", "Zoe Becker"}[random.IntN(3)],
		}
		if a.EmailKey = fmt.Sprintf("%s%03d@example.com", []string{"x", "y"}[random.IntN(2)], i*7907%1000); some(20) {
			a.EmailKey = ""
		}
		if a.Email = a.EmailKey; some(50) {
			a.OrganizationID = &owner
		}
		if some(20) {
			a.PasswordHash, a.PasswordSetAt, a.OneTime = "", nil, false
		}
		if some(30) {
			a.BlockedAt, a.BlockedUntil = at(), ptr(at().Add(90*time.Hour))
			if some(40) {
				a.BlockedUntil = nil
			}
		}
		if some(60) {
			a.LastSignInAt = at()
		}
		if some(40) {
			a.ValidUntil = day()
		}
		if some(20) {
			a.ValidFrom = day()
		}
		if some(10) {
			a.DisabledAt = at()
		}
		if some(15) {
			a.Kind, a.Technical, a.OrganizationID = []models.Kind{models.Organization, models.SuperAdmin}[random.IntN(2)], false, nil
		}
		email := a.EmailKey
		f.fill(&a)
		a.EmailKey, a.Email = email, email // which fill makes up
		f.do(func(tx *models.Tx) error {
			return tx.CreateAccount(&a, slices.DeleteFunc([]string{a.NameKey, a.EmailKey}, func(key string) bool { return key == "" })...)
		})
		all = append(all, f.again(a.ID))
	}
	return all
}

// expected returns the rows in an order of the list: those with its value, and then the others by name.
func expected(all []models.Account, sort models.AccountSort) []models.Account {
	type key struct {
		has  int // 0 = it has the value
		at   time.Time
		text string
	}
	of := func(at *time.Time) key {
		if at == nil {
			return key{has: 1}
		}
		return key{at: *at}
	}
	text := func(s string) key {
		if s == "" {
			return key{has: 1}
		}
		return key{text: s}
	}
	keys := map[string]func(a models.Account) key{
		"name":         func(a models.Account) key { return key{text: a.NameKey} },
		"newest":       func(a models.Account) key { return key{at: a.CreatedAt} },
		"oldest":       func(a models.Account) key { return key{at: a.CreatedAt} },
		"password-age": func(a models.Account) key { return of(a.PasswordSetAt) },
		"last-sign-in": func(a models.Account) key { return of(a.LastSignInAt) },
		"email":        func(a models.Account) key { return text(a.EmailKey) },
		"valid-until":  func(a models.Account) key { return text(a.ValidUntil) },
		"blocked-until": func(a models.Account) key {
			if a.BlockedAt != nil && a.BlockedUntil == nil {
				return key{at: base.AddDate(1000, 0, 0)}
			}
			return of(a.BlockedUntil)
		},
		"expires": func(a models.Account) key {
			lasts := 64 * time.Hour
			switch {
			case a.PasswordSetAt == nil, a.Kind == models.SuperAdmin && !a.OneTime:
				return key{has: 1}
			case a.OneTime:
				lasts = 7 * time.Hour
			case a.Technical:
				lasts = 90 * time.Hour
			}
			return key{at: a.PasswordSetAt.Add(lasts)}
		},
	}
	keyOf := keys[strings.TrimPrefix(string(sort), "-")]
	rows := slices.Clone(all)
	slices.SortFunc(rows, func(a, b models.Account) int {
		x, y := keyOf(a), keyOf(b)
		switch {
		case x.has != y.has:
			return x.has - y.has
		case x.has == 1:
			return cmp.Compare(a.NameKey, b.NameKey)
		}
		order := cmp.Or(x.at.Compare(y.at), cmp.Compare(x.text, y.text))
		if sort == "valid-until" || sort == "-valid-until" {
			order = cmp.Or(order, cmp.Compare(a.NameKey, b.NameKey))
		}
		if order = cmp.Or(order, cmp.Compare(a.ID, b.ID)); sort == models.Newest || strings.HasPrefix(string(sort), "-") {
			return -order
		}
		return order
	})
	return rows
}

// TestListsInEveryOrder: walking forwards, backwards and from the end reads each row of a list exactly once, in its order, with its place,
// whatever the filter and the length of the page; and each row has the neighbours that it has in the list.
func TestListsInEveryOrder(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		all := mixed(f, 70)
		owner := all[1].ID
		usual, walking := f.DB, f.Limited(-1, 1000, 10_000) // as if many accounts matched each filter
		filters := map[string]struct {
			filter  models.AccountFilter
			matches func(a models.Account) bool
		}{
			"all":       {models.AccountFilter{}, func(models.Account) bool { return true }},
			"of one":    {models.AccountFilter{OrganizationID: owner}, func(a models.Account) bool { return a.OwnerID() == owner && a.Kind == models.Customer }},
			"search":    {models.AccountFilter{Search: "becker ann"}, func(a models.Account) bool { return found(a.Name+" "+a.DisplayName, "becker ann") }},
			"technical": {models.AccountFilter{Technical: true}, func(a models.Account) bool { return a.Technical }},
			"of a kind": {models.AccountFilter{Kind: models.SuperAdmin}, func(a models.Account) bool { return a.Kind == models.SuperAdmin }},
			"blocked, search, of one": {models.AccountFilter{OrganizationID: owner, Search: "zo", State: models.Blacklisted}, func(a models.Account) bool {
				return a.OwnerID() == owner && a.Kind == models.Customer && lifetimes.State(a) == models.Blacklisted && found(a.Name+" "+a.DisplayName, "zo")
			}},
		}
		for _, state := range models.States() {
			for _, owner := range []string{"", owner} {
				filters[fmt.Sprint(state, " of ", owner)] = struct {
					filter  models.AccountFilter
					matches func(a models.Account) bool
				}{models.AccountFilter{State: state, OrganizationID: owner}, func(a models.Account) bool {
					return lifetimes.State(a) == state && (owner == "" || a.OwnerID() == owner && a.Kind == models.Customer)
				}}
			}
		}
		for name, test := range filters {
			matching := slices.DeleteFunc(slices.Clone(all), func(a models.Account) bool { return !test.matches(a) })
			for _, sort := range models.AccountSorts() {
				test.filter.Sort, test.filter.Cutoffs = sort, lifetimes
				want := expected(matching, sort)
				for _, db := range []*models.DB{usual, walking} {
					f.DB = db
					checkWalks(f, fmt.Sprint(name, " by ", sort), test.filter, 4, want)
				}
			}
		}
	})
}

// TestManyHitsAreWalked: more hits than can be sorted are first names that begin with the text and then the newest, each once and in both directions,
// and with a filter none of those that match it is lost.
func TestManyHitsAreWalked(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		all := mixed(f, 400)
		owner := all[1].ID
		usual, walking := f.DB, f.Limited(2, 3, 9)
		for _, search := range []string{"ann", "becker", "an", "b", "ann becker", "example", "acme", "x zoe", "default ann", "acme becker"} {
			for _, filter := range []models.AccountFilter{
				{}, {OrganizationID: owner}, {State: models.Blacklisted}, {State: models.Active, Kind: models.Customer}, {Kind: models.Organization},
				{Technical: true, OrganizationID: owner}, {State: models.Disabled, OrganizationID: owner}, {ExceptKind: models.Organization},
			} {
				filter.Cutoffs, filter.Search, filter.Limit = lifetimes, search, 1000
				f.DB = usual
				page := must(f.read().ListAccounts(filter))(t)
				if page.MoreHits || page.Hits != len(page.Rows) {
					t.Errorf("%q, %+v: %d hits of %d, more: %t", search, filter, page.Hits, len(page.Rows), page.MoreHits)
				}
				f.DB = walking
				if many := must(f.read().ListAccounts(filter))(t); len(page.Rows) > 9 && (!many.MoreHits || many.Hits != 3) {
					t.Errorf("%q, %+v: %d hits of %d, more: %t", search, filter, many.Hits, len(page.Rows), many.MoreHits)
				} else if !sameSet(idsOf(many.Rows), idsOf(page.Rows)) {
					t.Errorf("%q, %+v finds %v, want %v", search, filter, idsOf(many.Rows), idsOf(page.Rows))
				} else {
					filter.After, filter.Before = nil, nil
					checkWalks(f, fmt.Sprintf("%q, %+v", search, filter), filter, 7, many.Rows)
				}
			}
		}
		f.DB = walking
		page := must(f.read().ListAccounts(models.AccountFilter{Search: "ann", Limit: 1000}))(t)
		want := slices.Clone(page.Rows)
		slices.SortFunc(want, func(a, b models.Account) int {
			begins := func(a models.Account) int { return strings.Index(a.NameKey+" ann", "ann") }
			if begins(a) > 0 && begins(b) > 0 {
				return -cmp.Compare(a.ID, b.ID)
			}
			return cmp.Or(cmp.Compare(min(begins(a), 1), min(begins(b), 1)), cmp.Compare(a.NameKey, b.NameKey))
		})
		if !slices.Equal(idsOf(page.Rows), idsOf(want)) {
			t.Errorf("many hits are %v, want %v", idsOf(page.Rows), idsOf(want))
		}
	})
}

// checkWalks reads a list forwards, backwards and from its end, and the neighbours of rows.
func checkWalks(f *fixture, name string, filter models.AccountFilter, limit int, want []models.Account) {
	f.Helper()
	filter.Limit, filter.Total = limit, func() int { return len(want) }
	var forwards, backwards []string
	var places []models.AccountCursor
	read := func(after, before *models.AccountCursor) models.AccountPage {
		filter.After, filter.Before = after, before
		page := must(f.read().ListAccounts(filter))(f)
		if len(page.Rows) > 0 && (page.First < 1 || page.First > len(want) || want[page.First-1].ID != page.Rows[0].ID) {
			f.Errorf("%s: the page of %s begins at %d", name, page.Rows[0].Name, page.First)
		}
		return page
	}
	for page := read(nil, nil); ; page = read(ptr(page.Cursor(len(page.Rows)-1)), nil) {
		forwards = append(forwards, idsOf(page.Rows)...)
		for row := range page.Rows {
			places = append(places, page.Cursor(row))
		}
		if !page.More || len(forwards) > len(want) {
			break
		}
	}
	for page := read(nil, &models.AccountCursor{End: true}); ; page = read(nil, ptr(page.Cursor(0))) {
		backwards = append(idsOf(page.Rows), backwards...)
		if !page.More || len(backwards) > len(want) {
			break
		}
	}
	if ids := idsOf(want); !slices.Equal(forwards, ids) || !slices.Equal(backwards, ids) {
		f.Errorf("%s\nforwards %v\nbackwards %v\nwant %v", name, forwards, backwards, ids)
	}
	for i := 0; i < len(want); i += 7 {
		for _, after := range []*models.AccountCursor{nil, &places[i]} {
			filter.After, filter.Before = after, nil
			found, err := f.read().Neighbours(filter, want[i])
			previous, next := found.Previous, found.Next
			if err != nil || !found.Listed || i > 0 != (previous != nil) || i < len(want)-1 != (next != nil) ||
				i > 0 && previous.ID != want[i-1].ID || i < len(want)-1 && next.ID != want[i+1].ID {
				f.Errorf("%s: the neighbours of row %d are %v and %v, %v", name, i, previous, next, err)
			} else if after != nil && (i > 0 && previous.Place.Place != i || next != nil && next.Place.Place != i+2) {
				f.Errorf("%s: the neighbours of row %d are at %v and %v", name, i, previous, next)
			}
		}
	}
}

// TestNeighboursOfAnAccountThatHasLeft: the next account has the place of one that does not match the filter any more.
func TestNeighboursOfAnAccountThatHasLeft(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		for _, name := range []string{"a", "b", "c"} {
			f.account(models.Account{Name: name, DisabledAt: ptr(base)})
		}
		filter := models.AccountFilter{State: models.Disabled, Cutoffs: cutoffs, Limit: 9}
		list := must(f.read().ListAccounts(filter))(f)
		left := list.Rows[1]
		left.DisabledAt = nil
		f.do(func(tx *models.Tx) error { return tx.SaveAccount(&left) })
		filter.After = ptr(list.Cursor(1))
		found := must(f.read().Neighbours(filter, left))(f)
		if found.Listed || found.Previous.ID != list.Rows[0].ID || found.Previous.Place.Place != 1 || found.Next.ID != list.Rows[2].ID || found.Next.Place.Place != 2 {
			t.Errorf("the neighbours are %v and %v, listed: %v", found.Previous, found.Next, found.Listed)
		}
	})
}
