package handlers_test

import (
	"strings"
	"testing"
	"time"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/internal/testapp"
	"latchkey/models"
)

func TestAuditShowsAnOrganizationItsOwn(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		app.Client().SignIn("bob", "wrong").Want(422)
		app.Client().SignIn("nobody", "wrong").Want(422)
		app.SignIn("ann")
		root, acme := app.SignIn("root"), app.SignIn("acme")
		page := acme.Get("/audit").Want(200)
		hasNot(t, page, "bob", "bond", "root", "nobody")
		check(t, "events", page.Find("tr[data-id]").Length(), 4) // acme and ann: created and signed in
		for _, link := range page.Find("tr a").EachIter() {
			acme.Get(link.AttrOr("href", "")).Want(200)
		}
		all := root.Get("/audit").Want(200)
		check(t, "all events", all.Find("tr[data-id]").Length(), 10)
		failed := root.Get("/audit?action=sign-in-failed").Want(200)
		check(t, "failures", strings.Join(failed.Texts("tr[data-id] th small"), ", "), "No such account, Wrong password")
		check(t, "choice kept", failed.Value("action"), "sign-in-failed")
		odd := root.Get("/audit?action=nonsense").Want(422)
		check(t, "an action that there is not", odd.Text("[role=alert] li"), "There is no such event.")
		root.Get("/accounts/"+who.Bob.ID).Submit("/accounts/"+who.Bob.ID+"/delete", "confirm", "bob").Want(303)
		deleted := root.Get("/audit?action=account-deleted")
		if got := deleted.Text("tr[data-id] td:nth-child(4)"); got != "bob" || deleted.Has("tr[data-id] a.open") {
			t.Errorf("the log shows the deleted %q, or links to it", got)
		}
	})
}

func TestAuditIsPaginated(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, _ testapp.Company) {
		for range 60 {
			app.Clock.Advance(1e9)
			app.Client().Post("/sign-in", testapp.Form("name", "nobody", "password", "x")).Want(422)
		}
		root := app.SignIn("root")
		first := root.Get("/audit?action=sign-in-failed")
		second := root.Get(first.Find("a[rel=next]").AttrOr("href", ""))
		check(t, "first page", first.Find("tr[data-id]").Length(), 50)
		check(t, "second page", second.Find("tr[data-id]").Length(), 10)
		back := root.Get(second.Find("a[rel=prev]").AttrOr("href", ""))
		check(t, "back", strings.Join(back.Texts("tr[data-id] time"), " "), strings.Join(first.Texts("tr[data-id] time"), " "))
		if first.Has("a[rel=prev]") || second.Has("a[rel=next]") || back.Has("a[rel=prev]") {
			t.Error("there is a way beyond an end")
		}
	})
}

// Organizations do not see the IP addresses of SuperAdmins on any page.
func TestSuperAdminsAddressesAreHidden(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		root := core.Actor{ID: who.Root.ID, Name: "root", Kind: models.SuperAdmin, Address: "203.0.113.9"}
		for _, id := range []string{who.Ann.ID, who.Acme.ID} {
			if err := app.Accounts.Edit(t.Context(), root, id, accounts.Edit{Email: id + "@example.com"}); err != nil {
				t.Fatal(err)
			}
		}
		acme := app.SignIn("acme")
		for _, path := range pagesOf(t, app, "acme", who.Ann.ID) {
			for _, query := range []string{"", "?action=edited", "?account=" + who.Ann.ID, "?account=" + who.Acme.ID} {
				if page := acme.Get(path + query); strings.Contains(page.Body, "203.0.113.9") {
					t.Errorf("%s shows it", path+query)
				}
			}
		}
		for _, filter := range []string{"ip", "q", "address"} { // no filter that there is or will be finds it either
			got, want := acme.Get("/audit?"+filter+"=203.0.113.9"), acme.Get("/audit?"+filter+"=203.0.113.8")
			wantAlike(t, "/audit?"+filter, without(got, "203.0.113.9"), without(want, "203.0.113.8"))
		}
		check(t, "who edited", strings.Contains(acme.Get("/audit?action=edited").Text("main"), "root"), true)
		for _, path := range []string{"/audit", "/accounts/" + who.Ann.ID} {
			if page := app.SignIn("root").Get(path).Want(200); !strings.Contains(page.Text("main"), "203.0.113.9") {
				t.Errorf("a SuperAdmin does not see it on %s", path)
			}
		}
	})
}

// The filters of the log, by the fields of its form.
func TestAuditFilters(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		app.Client().SignIn("ann", "wrong").Want(422)
		root := app.SignIn("root")
		today, tomorrow := app.Clock.Now().Format(time.DateOnly), app.Clock.Now().AddDate(0, 0, 1).Format(time.DateOnly)
		for query, want := range map[string]string{
			"actor=" + who.Root.ID: "Signed in root", "actor=ROOT": "Signed in root", "actor=nobody": "", "target=Ann&action=sign-in-failed": "Sign-in failed ann",
			"target=" + who.Ann.ID + "&actor=ann": "", "q=aNN&action=sign-in-failed": "Sign-in failed ann", "q=ann+127.0&action=sign-in-failed": "Sign-in failed ann",
			"ip=127.0.0.0/8&action=sign-in-failed": "Sign-in failed ann", "ip=::ffff:127.0.0.1&actor=root": "Signed in root", "ip=10.0.0.0/8": "", "ip=::/0": "",
			"actor=root&from=" + today + "&to=" + today: "Signed in root", "actor=root&from=" + tomorrow: "", "to=1970-01-01": "", "from=0001-01-01&actor=root": "Signed in root",
			"actor=root&to=9999-12-31": "Signed in root", "q=%25": "", "q=a_n": "",
		} {
			page := root.Get("/audit?" + query).Want(200)
			var got []string
			for _, row := range page.Find("tr[data-id]").EachIter() {
				what, _, _ := strings.Cut(strings.TrimSpace(row.Find("th").Text()), "\n")
				what = strings.TrimSpace(strings.TrimSuffix(what, row.Find("th small").Text()))
				got = append(got, what+" "+strings.TrimSpace(row.Find("td:nth-child(4) bdi").First().Text()))
			}
			check(t, query, strings.Join(got, ", "), want)
			check(t, query+": chips", page.Find(".chip").Length() > 0, true)
		}
	})
}

// A filter that is invalid is reported and ignored.
func TestInvalidAuditFilters(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, _ testapp.Company) {
		root := app.SignIn("root")
		all := root.Get("/audit").Find("tr[data-id]").Length()
		for query, want := range map[string]string{
			"ip=10.0.0":                          "Enter an IP address or a network such as 203.0.113.0/24.",
			"ip=10.0.0.0/33":                     "Enter an IP address or a network such as 203.0.113.0/24.",
			"from=2026-02-30":                    "Enter a day such as 2026-12-31.",
			"to=tomorrow":                        "Enter a day such as 2026-12-31.",
			"from=2026-03-02&to=2026-03-01":      "“To” must not be before “From”.",
			"action=vanished":                    "There is no such event.",
			"account=x":                          "Invalid filters were ignored.",
			"after=x":                            "The page link is invalid. Showing the first page.",
			"q=" + strings.Repeat("a", 2000):     "This search is too long.",
			"actor=" + strings.Repeat("a", 2000): "This search is too long.",
		} {
			page := root.Get("/audit?" + query).Want(422)
			check(t, query, page.Text("[role=alert] li"), want)
			check(t, query+": events", page.Find("tr[data-id]").Length(), all)
		}
	})
}

// What happened several times in a row is one line, which unfolds.
func TestAuditGroupsRepeats(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		for range 3 {
			app.Clock.Advance(time.Second)
			app.Client().SignIn("ann", "wrong").Want(422)
		}
		page := app.SignIn("root").Get("/audit?action=sign-in-failed").Want(200)
		check(t, "lines", page.Find("tr.sum").Length(), 1)
		check(t, "times", page.Find("tr.sum").AttrOr("data-times", ""), "3")
		check(t, "tag", page.Text("tr.sum .tag"), "3 times")
		check(t, "events", page.Find("details").Closest("tbody").Find("tr[data-id]").Length(), 3)
		check(t, "what happened to the account", page.Find("tr.sum a.open").AttrOr("href", ""), "/accounts/"+who.Ann.ID)
	})
}

// From an account, the log about it is one click away, and last week's two days further; everything from an address is one click.
func TestAuditLinksNarrow(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		app.SignIn("ann")
		root := app.SignIn("root")
		page := root.Get("/audit?action=signed-in").Want(200)
		address := root.Get(page.Find(`tr[data-id] td:nth-child(5) a`).AttrOr("href", "")).Want(200)
		check(t, "chips", strings.Join(address.Texts(".chip span:nth-child(2)"), ", "), "Event: Signed in, IP address: 127.0.0.1")
		actor := root.Get(page.Find(`tr[data-id] td:nth-child(2) a`).AttrOr("href", "")).Want(200)
		check(t, "actor", strings.Join(actor.Texts(".chip span:nth-child(2)"), ", "), "Event: Signed in, Actor: root")
		about := root.Get(root.Get("/accounts/"+who.Ann.ID).Find(`a[href^="/audit?"]`).AttrOr("href", "")).Want(200)
		check(t, "fields for days", about.Has("input[type=date][name=from]") && about.Has("input[type=date][name=to]"), true)
	})
}

// An organization's filters find nothing of others, and say the same of what does not exist.
func TestAuditFiltersOfAnOrganization(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		app.SignIn("bob")
		acme := app.SignIn("acme")
		absent := models.NewIDs(app.Clock.Now, nil).New()
		for _, pair := range [][2]string{
			{"actor=" + who.Bob.ID, "actor=" + absent}, {"target=" + who.Bob.ID, "target=" + absent}, {"actor=bob", "actor=bub"}, {"q=bob", "q=bub"}, {"account=" + who.Bob.ID, "account=" + absent},
		} {
			_, got, _ := strings.Cut(pair[0], "=")
			_, want, _ := strings.Cut(pair[1], "=")
			wantAlike(t, pair[0], without(acme.Get("/audit?"+pair[0]).Want(200), got), without(acme.Get("/audit?"+pair[1]).Want(200), want))
		}
	})
}
