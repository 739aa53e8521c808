package handlers_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"latchkey/internal/testapp"
	"latchkey/internal/testkit"
	"latchkey/models"
)

// passwordLife is that of the built-in policy.
const passwordLife = 64 * 24 * time.Hour

// TestCountsAgree: the navigation, the figures of the overview, the tabs of the list and its pager count the same accounts, and those that there
// are, whatever two processes change at once.
func TestCountsAgree(t *testing.T) {
	companyOnBoth(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		var ids []string
		for i := range 60 {
			home := []models.Account{who.Acme, who.Acme, who.Bond}[i%3]
			ids = append(ids, app.Seed(models.Customer, fmt.Sprintf("customer-%02d", i), testapp.Of(home)).ID)
		}
		processes := []*models.DB{app.DB.DB, app.DB.Again(t)}
		for round := range testkit.Times(4, 200) {
			testkit.Together(len(processes), func(i int) {
				random := rand.New(rand.NewPCG(uint64(round), uint64(i)))
				for range 25 {
					changeState(t, processes[i], ids[random.IntN(len(ids))], app.Clock.Now(), random)
				}
			})
			if round%2 == 1 {
				app.Sweep()
				app.Clock.Advance(7 * time.Hour)
			}
			countsAgree(t, app, app.SignIn("root"), "")
			countsAgree(t, app, app.SignIn("acme"), who.Acme.ID)
		}
	})
}

// TestSearchForSpacesIsNone: the list says how many accounts it has.
func TestSearchForSpacesIsNone(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, _ testapp.Company) {
		page := app.SignIn("root").Get("/accounts?q=+").Want(200)
		check(t, "pager", page.Text(".pager .muted"), "1–6 of 6")
		check(t, "tab", page.Text("#state a[aria-current]"), "All 6")
	})
}

// changeState changes what the state of an account depends on.
func changeState(t *testing.T, db *models.DB, id string, now time.Time, random *rand.Rand) {
	err := db.Update(context.Background(), func(tx *models.Tx) error {
		a, err := tx.AccountForUpdate(id)
		if err != nil {
			return err
		}
		set := now.Add(-time.Duration(random.IntN(70*24)) * time.Hour)
		until := now.Add(time.Duration(random.IntN(20)-4) * time.Hour)
		a.DisabledAt, a.BlockedAt, a.BlockedUntil, a.ValidFrom, a.ValidUntil = nil, nil, nil, "", ""
		a.PasswordSetAt, a.OneTime, a.MustChange = &set, random.IntN(4) == 0, random.IntN(6) == 0
		switch random.IntN(6) {
		case 0:
			a.DisabledAt = &now
		case 1:
			a.BlockedAt, a.BlockedUntil = &now, &until
		case 2:
			a.ValidFrom = now.AddDate(0, 0, random.IntN(3)-1).Format(time.DateOnly)
		case 3:
			a.ValidUntil = now.AddDate(0, 0, random.IntN(3)-1).Format(time.DateOnly)
		}
		return tx.SaveAccount(&a)
	})
	if err != nil {
		t.Error(err)
	}
}

// countsAgree compares what pages count with each other and with the accounts of an organization, "" = with all.
func countsAgree(t *testing.T, app *testapp.App, reader *testapp.Client, organization string) {
	t.Helper()
	cutoffs := app.Accounts.Policies.Current().Cutoffs()
	all, err := app.DB.Read(t.Context()).ListAccounts(models.AccountFilter{OrganizationID: organization, Cutoffs: cutoffs, Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]int{"/accounts": len(all.Rows)}
	for _, a := range all.Rows {
		want["/accounts?state="+string(cutoffs.State(a))]++
		if a.OneTime || a.PasswordSetAt == nil || a.Closed(cutoffs.Today) != "" {
			continue
		}
		if end := a.PasswordSetAt.Add(passwordLife); end.After(cutoffs.Now) && !end.After(cutoffs.Now.Add(7*24*time.Hour)) {
			want["/accounts?expiring=7"]++
		}
	}
	list := reader.Get("/accounts").Want(200)
	tabs := numbersAt(list, "#state a", ".count")
	figures := numbersAt(reader.Get("/").Want(200), ".stats a", "b")
	for address, n := range want {
		if got, shown := tabs[address]; got != n && (shown || n > 0) && address != "/accounts?expiring=7" {
			t.Errorf("the tab of %s has %d, want %d", address, got, n)
		}
		if got, shown := figures[address]; shown && got != n {
			t.Errorf("the figure of %s is %d, want %d", address, got, n)
		}
		if _, of, _ := strings.Cut(reader.Get(address).Want(200).Text(".pager .muted"), " of "); of != strconv.Itoa(n) {
			t.Errorf("the pager of %s says %q, want %d", address, of, n)
		}
	}
	waiting := want["/accounts?state=blacklisted"] + want["/accounts?state=one-time-lapsed"]
	if got, _, _ := strings.Cut(list.Text("nav [href='/accounts'] .count"), " "); got != strconv.Itoa(waiting) && (got != "" || waiting > 0) {
		t.Errorf("the navigation says %q, want %d", got, waiting)
	}
	if t.Failed() {
		t.FailNow()
	}
}

// numbersAt returns the number in each link, by its address.
func numbersAt(page *testapp.Reply, links, number string) map[string]int {
	found := map[string]int{}
	page.Find(links).Each(func(_ int, link *goquery.Selection) {
		found[link.AttrOr("href", "")], _ = strconv.Atoi(strings.TrimSpace(link.Find(number).Text()))
	})
	return found
}
