package handlers_test

import (
	"strings"
	"testing"

	"latchkey/internal/testkit"
	"latchkey/models"
)

// An organization that asks for what is another's learns nothing, on any route and method: it is answered as for what
// does not exist, and nothing is written.
func TestWhatIsAnothersDoesNotExist(t *testing.T) {
	company(t, func(t *testing.T, app *testkit.App, who testkit.Company) {
		app.SignIn("bob")
		blacklist(app, "bob")
		mail := app.Sweep()[0].ID
		acme := app.SignIn("acme")
		session := app.SignIn("bond").Get("/me").Find("#sessions [data-id]").AttrOr("data-id", "")
		ids := []string{who.Bob.ID, who.Bond.ID, who.Root.ID, models.DefaultOrganizationID, mail, session}
		form := testkit.Form("confirm", "bob", "password_mode", "typed", "password", testkit.Secret2, "email", "x@example.com", "organization", who.Acme.ID, "locale", "en")
		unchanged(t, app, "an organization with another's ids", func() {
			for _, route := range app.Routes {
				if !strings.Contains(route.Path, ":id") {
					continue
				}
				nothing := answer(acme, route, app.Accounts.NewID(), form)
				for _, id := range ids {
					got := answer(acme, route, id, form)
					if got.Status != 404 && got.Status != 403 || got.Status != nothing.Status {
						t.Errorf("%s of another: %d; of nothing: %d", route, got.Status, nothing.Status)
					}
					check(t, route.String(), bare(got), bare(nothing))
				}
			}
		})
	})
}

// An organization's own customer is changed by no other way than it is meant to.
func TestOrganizationsLookAfterTheirCustomers(t *testing.T) {
	company(t, func(t *testing.T, app *testkit.App, who testkit.Company) {
		acme, path := app.SignIn("acme"), "/accounts/"+who.Ann.ID
		page := acme.Get(path).Want(200)
		if page.Has(`form[action$="/move"]`) || page.Has(`a[href^="/mail"]`) {
			t.Error("an organization is offered what is the SuperAdmins'")
		}
		unchanged(t, app, "an organization that moves", func() {
			acme.Post(path+"/move", testkit.Form("organization", who.Bond.ID)).Want(403)
		})
		wantShownOnce(t, page.Submit(path+"/password"))
		acme.Get(path).Submit(path + "/disable").WantRedirect(path)
		acme.Get(path).Submit(path+"/delete", "confirm", "ann").WantRedirect("/accounts")
	})
}

func TestAuditShowsAnOrganizationItsOwn(t *testing.T) {
	company(t, func(t *testing.T, app *testkit.App, who testkit.Company) {
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
		check(t, "failures", strings.Join(failed.Texts("tr[data-id] th p"), ", "), "reason: no such account, reason: wrong password")
		check(t, "choice kept", failed.Value("action"), "sign-in-failed")
		odd := root.Get("/audit?action=nonsense").Want(422)
		check(t, "an action that there is not", odd.Text("[role=alert] li"), "There is no such filter or place in the list, so it was left out.")
		root.Get("/accounts/"+who.Bob.ID).Submit("/accounts/"+who.Bob.ID+"/delete", "confirm", "bob").Want(303)
		deleted := root.Get("/audit?action=account-deleted")
		if got := deleted.Text("tr[data-id] td:nth-child(2)"); got != "bob" || deleted.Has("tr[data-id] a") {
			t.Errorf("the log tells of the deleted %q, or leads to it", got)
		}
	})
}

func TestAuditIsPaged(t *testing.T) {
	company(t, func(t *testing.T, app *testkit.App, _ testkit.Company) {
		for range 60 {
			app.Clock.Advance(1e9)
			app.Client().Post("/sign-in", testkit.Form("name", "nobody", "password", "x")).Want(422)
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
