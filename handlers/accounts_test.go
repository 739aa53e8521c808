package handlers_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/internal/testapp"
	"latchkey/models"
)

// crowd writes 120 customers without passwords to Acme, one a minute, as an import does.
func crowd(app *testapp.App, who testapp.Company) {
	app.Helper()
	err := app.DB.Update(app.Context(), func(tx *models.Tx) error {
		for i := range 120 {
			name := fmt.Sprintf("many%03d", i)
			at := app.Clock.Now().Add(time.Duration(i) * time.Minute)
			account := models.Account{
				ID: app.Accounts.NewID(), Kind: models.Customer, Name: name, NameKey: name, Email: name + "@example.org", EmailKey: name + "@example.org",
				OrganizationID: &who.Acme.ID, CreatedAt: at, PasswordID: name, PasswordSetAt: &at,
			}
			if err := tx.CreateAccount(&account, name, account.EmailKey); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		app.Fatal(err)
	}
}

func names(page *testapp.Reply) []string { return page.Texts("tr[data-id] th a") }

func TestListIsPaginatedForwardsAndBackwards(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		crowd(app, who)
		root := app.SignIn("root")
		for _, sort := range []string{"", "name", "-name", "newest", "oldest", "password-age", "expires", "-expires", "email", "-email", "last-sign-in"} {
			first := root.Get("/accounts?organization=" + who.Acme.ID + "&sort=" + sort).Want(200)
			var all []string
			pages := []*testapp.Reply{first}
			for page := first; ; {
				all = append(all, names(page)...)
				next, ok := page.Find("a[rel=next]").Attr("href")
				if !ok {
					break
				}
				page = root.Get(next).Want(200)
				pages = append(pages, page)
			}
			unique := slices.Compact(slices.Sorted(slices.Values(all)))
			if len(all) != 121 || len(unique) != 121 || len(pages) != 3 {
				t.Errorf("order %q: %d rows, %d of them different, on %d pages", sort, len(all), len(unique), len(pages))
			}
			slices.Reverse(all)
			if reversed := sort == "newest" || strings.HasPrefix(sort, "-"); slices.IsSorted(all) != reversed {
				t.Errorf("order %q: %v", sort, all)
			}
			last := root.Get("/accounts?before=end&organization=" + who.Acme.ID + "&sort=" + sort).Want(200)
			check(t, sort+": the last page begins at its end", names(last)[len(names(last))-1], all[0])
			if last.Has("a[rel=next]") || !last.Has("a[rel=prev]") {
				t.Errorf("order %q: the last page links to another one, or not to the one before", sort)
			}
			for i := len(pages) - 1; i > 0; i-- {
				back := root.Get(pages[i].Find("a[rel=prev]").AttrOr("href", "")).Want(200)
				check(t, sort+": the page before", strings.Join(names(back), " "), strings.Join(names(pages[i-1]), " "))
			}
			if first.Has("a[rel=prev]") {
				t.Errorf("order %q: something is before the first page", sort)
			}
		}
	})
}

func TestListIsFiltered(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		day := 24 * time.Hour
		app.Seed(models.Customer, "lapsed", testapp.OneTime)
		app.Clock.Advance(8 * day)
		app.Seed(models.Customer, "robot_1", testapp.Technical)
		app.Seed(models.Customer, "fresh", testapp.OneTime, testapp.Of(who.Bond))
		crowded := app.Seed(models.Customer, "nobody%", func(n *accounts.NewAccount) { n.Name, n.Email = "nobody", "nobody@example.com" })
		if err := app.DB.Update(t.Context(), func(tx *models.Tx) error {
			crowded.PasswordHash = ""
			return tx.SaveAccount(&crowded)
		}); err != nil {
			t.Fatal(err)
		}
		off, asked := app.Seed(models.Customer, "off"), app.Seed(models.Customer, "must")
		app.Seed(models.Customer, "blocked")
		app.Factor(who.Bob)
		ann := core.Actor{ID: who.Ann.ID, Name: who.Ann.Name, Kind: who.Ann.Kind}
		if _, err := app.Accounts.Factors.BeginTOTP(t.Context(), ann); err != nil {
			t.Fatal(err)
		}
		root := app.SignIn("root")
		for id, act := range map[string]string{off.ID: "disable", asked.ID: "require-change"} {
			root.Post("/accounts/"+id+"/"+act, nil).Want(303)
		}
		app.Clock.Advance(55*day + time.Hour) // bob, ann and their like expire in 23 hours
		blacklist(app, "blocked")
		root = app.SignIn("root")
		sendLink(t, root, who.Bob)
		for query, want := range map[string]string{
			"q=bob":                               "bob",
			"q=ANN%40":                            "ann",
			"q=t_1":                               "robot_1",
			"q=%25":                               "",
			"q=%20Example.com%20&kind=superadmin": "root",
			"kind=organization":                   "acme bond Default",
			"kind=technical":                      "robot_1",
			"state=active&kind=customer":          "ann bob robot_1",
			"state=one-time-lapsed":               "fresh lapsed",
			"state=one-time":                      "",
			"state=blacklisted":                   "blocked",
			"state=disabled":                      "off",
			"state=must-change":                   "must",
			"state=no-password":                   "Default nobody",
			"state=expired":                       "",
			"factor=totp":                         "bob",
			"factor=totp&kind=organization":       "",
			"factor=none&q=an":                    "ann",       // an app that is not confirmed does not count
			"factor=none&kind=organization":       "acme bond", // no person is Default
			"factor=none&kind=technical":          "",
			"link=not-sent":                       "bob",
			"link=not-sent&kind=organization":     "",
			"link=used":                           "",
			"expiring=1":                          "root acme bond ann bob", // the oldest passwords first
			"expiring=1&sort=name":                "acme ann bob bond root",
			"expiring=1&kind=customer":            "ann bob",
			"organization=" + who.Bond.ID:         "bob fresh",
			"organization=BOND":                   "bob fresh",
			"organization=" + who.Bond.ID + "&q=bo&sort=newest": "fresh bob", // since both are Bond's
			"organization=" + who.Bond.ID + "&q=bob":            "bob",
		} {
			page := root.Get("/accounts?" + query).Want(200)
			check(t, query, strings.Join(names(page), " "), want)
			values := must[url.Values](t)(url.ParseQuery(query))
			for _, row := range page.Find("tr[data-id]").EachIter() {
				if state := values.Get("state"); state != "" && row.AttrOr("data-state", "") != state || len(row.AttrOr("data-id", "")) != 36 {
					t.Errorf("%s: a row in the state %q", query, row.AttrOr("data-state", ""))
				}
			}
			if want == "" && !page.Has(`.empty a[href="/accounts"]`) {
				t.Errorf("%s: nothing is found, and there is no way out", query)
			}
			for name := range values { // a search keeps the other filters
				check(t, query+": field", page.Value(name), values.Get(name))
			}
		}
		expiring := root.Get("/accounts?expiring=7&kind=customer").Want(200)
		chips := expiring.Find("a.chip")
		check(t, "chips", strings.Join(expiring.Texts("a.chip"), ", "), "Remove filter Customer, Remove filter Expires within 7 days")
		check(t, "without the second", chips.Eq(1).AttrOr("href", ""), "/accounts?kind=customer")
		app.Clock.Advance(day)
		app.Seed(models.SuperAdmin, "second")
		expired := app.SignIn("second").Get("/accounts?state=expired")
		check(t, "expired", strings.Join(names(expired), " "), "root acme bond ann bob")
		check(t, "order", expired.Text("th[aria-sort=ascending]"), "Password expires")
	})
}

func TestListReportsInvalidFilters(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, _ testapp.Company) {
		root := app.SignIn("root")
		for query, says := range map[string]string{
			"kind=admin":     "There is no such kind of account.",
			"state=sleeping": "There is no such state.",
			"factor=fax":     "There is no such second factor.",
			"link=lost":      "There is no such state of a link.",
			"sort=random":    "There is no such order.",
			"organization=x": "There is no such organization.",
			"organization=00000000-0000-7000-8000-00000000ffff": "There is no such organization.",
			"expiring=soon":     "“Expiring” must be a number of days.",
			"expiring=-1":       "“Expiring” must be a number of days.",
			"expiring=99999999": "“Expiring” must be a number of days.",
			"after=x":           "The page link is invalid. Showing the first page.",
			"before=e30":        "The page link is invalid. Showing the first page.",
			"after=eyJpIjoiMDAwMDAwMDAtMDAwMC03MDAwLTgwMDAtMDAwMDAwMDAwMDAxIiwibiI6Ilx1MDAwMCJ9": "The page link is invalid. Showing the first page.",
			"after=e30&before=e30": "The page link is invalid. Showing the first page.",
		} {
			page := root.Get("/accounts?" + query).Want(422)
			check(t, query, page.Text("[role=alert] li"), says)
			if len(names(page)) == 0 {
				t.Errorf("%s: nothing is shown", query)
			}
			for _, link := range page.Find("[role=alert] a").EachIter() {
				if !page.Has(link.AttrOr("href", "none")) {
					t.Errorf("%s: the summary leads to %q", query, link.AttrOr("href", ""))
				}
			}
		}
	})
}

func TestOrganizationsSeeTheirOwnCustomersOnly(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		acme := app.SignIn("acme")
		for _, query := range []string{"", "organization=" + who.Acme.ID, "q=example.com", "sort=newest", "state=active"} {
			check(t, query, strings.Join(names(acme.Get("/accounts?"+query).Want(200)), " "), "ann")
		}
		for _, id := range []string{who.Bond.ID, app.Accounts.NewID(), "x"} { // another's is as one that does not exist
			page := acme.Get("/accounts?organization=" + id).Want(422)
			check(t, id, strings.Join(names(page), " "), "ann")
		}
		for _, query := range []string{"kind=organization", "kind=superadmin", "q=bob", "q=root"} {
			check(t, query, strings.Join(names(acme.Get("/accounts?"+query).Want(200)), " "), "")
		}
		hasNot(t, acme.Get("/accounts"), "bond", who.Bond.ID)
	})
}
