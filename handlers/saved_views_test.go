package handlers_test

import (
	"fmt"
	"strings"
	"testing"

	"latchkey/internal/testapp"
	"latchkey/models"
)

// viewsOf returns the titles in the menu of saved views, with the mark of each.
func viewsOf(page *testapp.Reply) string {
	return strings.Join(page.Texts("#views li a"), " | ")
}

func TestSavedViewsMenu(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, _ testapp.Company) {
		root := app.SignIn("root")
		page := root.Get("/accounts").Want(200)
		check(t, "a form for the whole list", page.Has("#views form"), false)
		check(t, "hint", page.Text("#views .hint"), "Filter or sort the list to save it as a view.")

		page = root.Get("/accounts?q=+&sort=newest&state=active&kind=&after=x").Want(422)
		saved := page.Submit("/views", "title", "Newest", "shared", "true").WantRedirect("/accounts?sort=newest&state=active").Follow().Want(200)
		check(t, "flash", saved.Text("[role=status]"), "View saved.")
		check(t, "current", saved.Text("#views a[aria-current]"), "Newest Shared")
		check(t, "address", saved.Find("#views li a").AttrOr("href", ""), "/accounts?sort=newest&state=active")

		page = root.Get("/accounts?q=ann&sort=name").Want(200)
		check(t, "current", page.Has("#views a[aria-current]"), false)
		page.Submit("/views", "title", "Ann").WantRedirect("/accounts?q=ann")
		again := root.Get("/accounts?q=an").Submit("/views", "title", "Ann").WantRedirect("/accounts?q=an").Follow()
		check(t, "flash", again.Text("[role=status]"), "View saved in place of the former one with this name.")
		check(t, "the private one first", viewsOf(again), "Ann | Newest Shared")

		ben := app.SignIn(app.Seed(models.SuperAdmin, "ben").Name)
		page = ben.Get("/accounts?kind=customer").Want(200)
		check(t, "of others", viewsOf(page), "Newest Shared by root")
		deleted := page.Submit(page.Find("#views form[action$=delete]").AttrOr("action", "")).WantRedirect("/accounts?kind=customer").Follow()
		check(t, "flash", deleted.Text("[role=status]"), "View deleted.")
		check(t, "left", viewsOf(deleted), "")
		check(t, "left to the other", viewsOf(root.Get("/accounts")), "Ann")
	})
}

func TestRefusedViewKeepsItsForm(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		root, acme := app.SignIn("root"), app.SignIn("acme")
		page := root.Get("/accounts?state=active").Submit("/views", "title", " ", "shared", "true").Want(422)
		check(t, "error", page.Text("#title-error"), "Enter a name for the view.")
		check(t, "open", page.Has("#views[open]"), true)
		check(t, "ticked", page.Has("#shared[checked]"), true)
		check(t, "marked tab", page.Text("#state a[aria-current]"), "Active 5")
		check(t, "the page of its switches", page.Value("next"), "/accounts?state=active")
		for _, tc := range []struct {
			browser     *testapp.Client
			query, says string
		}{
			{root, "state=gone", "There is no such state."},
			{root, "state=active&sort=mood", "There is no such order."},
			{root, "expiring=soon", "“Expiring” must be a number of days."},
			{root, "organization=nothing", "There is no such organization."},
			{acme, "organization=" + who.Bond.ID, "There is no such organization."},
			{root, "", "Filter or sort the list first."},
			{root, "sort=name&after=" + strings.Repeat("x", 9), "The page link is invalid. Showing the first page."},
			{root, "unknown=1", "Filter or sort the list first."},
			{root, "q=%zz", "This list cannot be saved. Open the accounts again and filter them once more."},
			{root, "q=" + strings.Repeat("x", 2000), "These filters are too long to save. Shorten the search text."},
			{root, "q=" + strings.Repeat("x", 1200), "This search is too long."},
		} {
			refused := tc.browser.Post("/views", testapp.Form("title", "kept", "query", tc.query)).Want(422)
			check(t, fmt.Sprintf("%.40s", tc.query), strings.Contains(refused.Text("[role=alert]"), tc.says), true)
			if refused.Has("#title") {
				check(t, tc.says, refused.Value("title"), "kept")
			}
		}
		check(t, "saved", viewsOf(root.Get("/accounts"))+viewsOf(acme.Get("/accounts")), "")
		root.Post("/views", testapp.Form("title", "x", "query", "organization="+who.Acme.ID+"&after=&unknown=1")).WantRedirect("/accounts?organization=" + who.Acme.ID)
	})
}

func TestViewsOfAnOrganization(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, _ testapp.Company) {
		root, acme, bond := app.SignIn("root"), app.SignIn("acme"), app.SignIn("bond")
		page := acme.Get("/accounts?state=active").Want(200)
		check(t, "offers to share", page.Has("#shared"), false)
		page.Submit("/views", "title", "Ours").Want(303)
		root.Get("/accounts?state=active").Submit("/views", "title", "Theirs", "shared", "true").Want(303)
		own := acme.Get("/accounts")
		check(t, "own", viewsOf(own), "Ours")
		check(t, "of another", viewsOf(bond.Get("/accounts")), "")
		for _, browser := range []*testapp.Client{root, bond} {
			browser.Post(own.Find("#views form").AttrOr("action", ""), testapp.Form()).Want(404)
		}
		acme.Post(root.Get("/accounts").Find("#views form").AttrOr("action", ""), testapp.Form()).Want(404)
		check(t, "still there", viewsOf(acme.Get("/accounts")), "Ours")
	})
}
