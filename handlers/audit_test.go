package handlers_test

import (
	"strings"
	"testing"

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
		check(t, "failures", strings.Join(failed.Texts("tr[data-id] th p"), ", "), "No such account, Wrong password")
		check(t, "choice kept", failed.Value("action"), "sign-in-failed")
		odd := root.Get("/audit?action=nonsense").Want(422)
		check(t, "an action that there is not", odd.Text("[role=alert] li"), "Invalid filters were ignored.")
		root.Get("/accounts/"+who.Bob.ID).Submit("/accounts/"+who.Bob.ID+"/delete", "confirm", "bob").Want(303)
		deleted := root.Get("/audit?action=account-deleted")
		if got := deleted.Text("tr[data-id] td:nth-child(2)"); got != "bob" || deleted.Has("tr[data-id] a") {
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
