package handlers_test

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"latchkey/internal/testapp"
	"latchkey/models"
)

// An organization that asks for what is another's learns nothing, on any route and in any of its places: it is answered as
// for what does not exist, and nothing is written.
func TestTenants(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		theirs := belongings(t, app, who)
		own := ids(who.Ann.ID).with(":session", sessionOf(t, app.SignIn("ann")))
		acme, nothing := app.SignIn("acme"), app.Accounts.NewID()
		form := testapp.Form("confirm", "bob", "password_mode", "typed", "password", testapp.Secret2, "email", "x@example.com", "organization", who.Acme.ID, "locale", "en")
		unchanged(t, app, "an organization with another's ids", func() {
			for _, route := range app.Routes {
				for _, parameter := range parameters(route) {
					for _, beside := range []standIns{own, ids(nothing), ids(theirs...)} {
						want := ask(acme, route, beside.with(parameter, nothing).paths(t, route)[0], form)
						for _, id := range theirs {
							for _, path := range beside.with(parameter, id).paths(t, route) {
								wantNothing(t, route, ask(acme, route, path, form), want)
							}
						}
					}
				}
			}
		})
	})
}

// belongings are ids of all that acme has nothing to do with: accounts, organizations, a mail, sessions and an event.
func belongings(t *testing.T, app *testapp.App, who testapp.Company) []string {
	t.Helper()
	sessions := []string{sessionOf(t, app.SignIn("bob")), sessionOf(t, app.SignIn("bond")), sessionOf(t, app.SignIn("root"))}
	blacklist(app, "bob")
	mail := app.Sweep()[0].ID
	event := app.SignIn("root").Get("/audit?account="+who.Bob.ID).Find("tr[data-id]").AttrOr("data-id", "")
	return append(sessions, who.Bob.ID, who.Bond.ID, who.Root.ID, models.DefaultOrganizationID, mail, event)
}

func wantNothing(t *testing.T, route testapp.Route, got, nothing *testapp.Reply) {
	t.Helper()
	if got.Status != 404 && got.Status != 403 || got.Status != nothing.Status {
		t.Errorf("%s of another: %d; of nothing: %d", route, got.Status, nothing.Status)
	}
	wantAlike(t, route.String(), bare(got), bare(nothing))
}

// In a filter or a cursor, the id of another organization is treated like an unknown one.
func TestTenantsInFilters(t *testing.T) {
	unhurried(t)
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		theirs := append(belongings(t, app, who), "bob", "bond", "bob@example.com", "root")
		acme := app.SignIn("acme")
		for _, path := range pagesOf(t, app, "acme", who.Ann.ID) {
			for _, filter := range []string{"organization", "account", "subject", "q", "name", "to"} {
				look := func(value string) string {
					return without(acme.Get(path+"?"+url.Values{filter: {value}}.Encode()), value)
				}
				noID, noName := look(app.Accounts.NewID()), look("zzzzz")
				for _, value := range theirs {
					want := noName
					if models.IsID(value) {
						want = noID
					}
					wantAlike(t, path+"?"+filter+"="+value, look(value), want)
				}
			}
		}
	})
}

// without returns a page without what was looked for, which the links back to the list have too.
func without(reply *testapp.Reply, term string) string {
	escaped := url.QueryEscape(term)
	return strings.NewReplacer(url.QueryEscape(escaped), "", escaped, "", term, "").Replace(bare(reply))
}

// pagesOf returns the addresses of the pages that a visitor may see, with an id in their places.
func pagesOf(t *testing.T, app *testapp.App, visitor, id string) (paths []string) {
	t.Helper()
	for _, route := range app.Routes {
		if route.Method == "GET" && slices.Contains(admitted[visitor], groupOf(t, route)) {
			paths = append(paths, ids(id).paths(t, route)...)
		}
	}
	return paths
}

// A list whose cursor is another organization's row shows the reader's own rows and links to no others.
func TestTenantsInCursors(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		theirs := belongings(t, app, who)
		place := func(name string) string {
			text := must[[]byte](t)(json.Marshal(models.AccountCursor{ID: who.Bob.ID, Name: name}))
			return base64.RawURLEncoding.EncodeToString(text)
		}
		acme := app.SignIn("acme")
		for _, list := range []string{"/accounts", "/audit"} {
			own := rows(acme.Get(list).Want(200))
			for _, direction := range []string{"after", "before"} {
				for _, id := range append(theirs, place("a"), place("bob"), place("zzz")) {
					page := acme.Get(list + "?" + direction + "=" + id)
					for row := range rows(page) {
						check(t, list+" "+direction+": an own row", own[row], true)
					}
					hasNot(t, page, "bob", "bond")
				}
			}
		}
	})
}

func rows(page *testapp.Reply) map[string]bool {
	all := map[string]bool{}
	for _, row := range page.Find("tr[data-id]").EachIter() {
		all[row.AttrOr("data-id", "")] = true
	}
	return all
}

// A form that names another's organization creates nothing there, and reveals nothing about it.
func TestTenantsInForms(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		acme := app.SignIn("acme")
		for i, id := range []string{who.Bond.ID, models.DefaultOrganizationID, app.Accounts.NewID(), "x"} {
			name := "new" + string(rune('a'+i))
			form := acme.Get("/accounts/new")
			create := func(organization string) *testapp.Reply {
				return form.Submit("/accounts", "name", name, "email", name+"@example.com", "organization", organization,
					"password_mode", "typed", "password", testapp.Secret2)
			}
			unchanged(t, app, "a form with another organization", func() { create(id).Want(422) })
			create(who.Acme.ID).Want(303)
			made := must[models.Account](t)(app.Accounts.FindByIdentifier(t.Context(), name))
			check(t, "where it was made", *made.OrganizationID, who.Acme.ID)
			acme.Post("/accounts/"+made.ID+"/edit", testapp.Form("email", name+"@example.com", "organization", id)).Want(303)
			check(t, "where it stays", *app.Account(made.ID).OrganizationID, who.Acme.ID)
			unchanged(t, app, "an organization that moves", func() {
				acme.Post("/accounts/"+made.ID+"/move", testapp.Form("organization", id)).Want(403)
			})
		}
	})
}

// Data of other organizations changes no page of an organization: no list, no count, no chart.
func TestCountsIncludeOwnTenantOnly(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		acme, looks := app.SignIn("acme"), map[string]string{}
		for _, path := range pagesOf(t, app, "acme", who.Ann.ID) {
			for _, query := range []string{"", "?state=blacklisted", "?state=one-time", "?state=disabled", "?expiring=100", "?q=new", "?action=sign-in-failed"} {
				looks[path+query] = ""
			}
		}
		look := func() map[string]string {
			for path := range looks {
				looks[path] = bare(acme.Get(path))
			}
			return maps.Clone(looks)
		}
		before := look()
		muchHappensElsewhere(app, who)
		for path, text := range look() {
			wantAlike(t, path, text, before[path])
		}
	})
}

// muchHappensElsewhere fills the other organization and Default with accounts in every state, failures and mails.
func muchHappensElsewhere(app *testapp.App, who testapp.Company) {
	app.Helper()
	bond, root := app.SignIn("bond"), app.SignIn("root")
	for _, name := range []string{"newbob", "newbill", "newben"} {
		app.Seed(models.Customer, name, testapp.Of(who.Bond), testapp.OneTime)
		app.Seed(models.Customer, name+"2")
		app.Client().SignIn(name, "wrong").Want(422)
	}
	old := app.Seed(models.Customer, "newold", testapp.Of(who.Bond))
	app.Tamper(old.ID, func(a *models.Account) {
		longAgo := app.Clock.Now().Add(-63 * 24 * time.Hour)
		a.PasswordSetAt = &longAgo
	})
	off := app.Seed(models.Customer, "newoff", testapp.Of(who.Bond))
	bond.Post("/accounts/"+off.ID+"/disable", nil).Want(303)
	root.Post("/accounts/"+who.Bond.ID+"/require-change", nil).Want(303)
	blacklist(app, "bob")
	blacklist(app, "nobody")
	app.Sweep()
	app.Settle(func(m *models.Mail) { m.State = models.MailFailed })
}

// An organization's own customer is changed by no other way than it is meant to.
func TestOrganizationsManageTheirCustomers(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		acme, path := app.SignIn("acme"), "/accounts/"+who.Ann.ID
		page := acme.Get(path).Want(200)
		if page.Has(`form[action$="/move"]`) || page.Has(`a[href^="/mail"]`) {
			t.Error("an organization is offered what is the SuperAdmins'")
		}
		unchanged(t, app, "an organization that moves", func() {
			acme.Post(path+"/move", testapp.Form("organization", who.Bond.ID)).Want(403)
		})
		wantShownOnce(t, page.Submit(path+"/password"))
		acme.Get(path).Submit(path + "/disable").WantRedirect(path)
		acme.Get(path).Submit(path+"/delete", "confirm", "ann").WantRedirect("/accounts")
	})
}
