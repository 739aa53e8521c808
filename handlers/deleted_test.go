package handlers_test

import (
	"strings"
	"testing"

	"latchkey/internal/testapp"
	"latchkey/internal/testdb"
	"latchkey/models"
)

// TestDeletedAccountsPage lists what was deleted, restores and erases it, and asks first who does.
func TestDeletedAccountsPage(t *testing.T) {
	companyOnBoth(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		root := app.SignIn("root")
		check(t, "link", root.Get("/accounts").Has("a[href='/accounts/deleted']"), true)
		check(t, "none", root.Get("/accounts/deleted").Want(200).Text("main h2"), "No deleted accounts")
		path := "/accounts/" + who.Ann.ID
		check(t, "what deleting does", root.Get(path).Text("#delete .hint"),
			"SuperAdmins can restore it for 30 days. Its sessions, second factors and codes are deleted for good.")
		list := root.Get(path).Submit(path+"/delete", "confirm", "ann").WantRedirect("/accounts").Follow().Want(200)
		check(t, "undo", list.Find(".flash form").AttrOr("action", ""), path+"/restore")
		root.Get(path).Want(404)
		app.SignIn("acme").Get("/accounts/deleted").Want(403)

		page := root.Get("/accounts/deleted").Want(200)
		row := page.Find("tr[data-id='" + who.Ann.ID + "'][data-state=deleted]")
		check(t, "row", strings.Contains(row.Text(), "root") && strings.Contains(row.Text(), "ann@example.com"), true)
		check(t, "the audit log", strings.Contains(page.Text(".lead"), "The audit log keeps its name."), true)
		later(app)
		asked := page.Submit(path + "/restore").WantRedirect("/confirm-identity").Follow().Want(200)
		check(t, "what", strings.TrimSpace(asked.Text(".why")), "Restore the account ann")
		page = asked.Submit("/confirm-identity", "password", testapp.Secret).WantRedirect("/accounts/deleted").Follow()
		restored := page.Submit(path + "/restore").WantRedirect(path).Follow().Want(200)
		check(t, "message", restored.Text("[role=status]"), "Account restored. It is disabled until you enable it.")
		check(t, "state", app.Account(who.Ann.ID).DisabledAt != nil, true)
		root.Post(path+"/restore", testapp.Form()).Want(404)
		root.Post(path+"/erase", testapp.Form()).Want(404)

		root.Post(path+"/delete", testapp.Form("confirm", "ann")).Want(303)
		later(app)
		asked = root.Get("/accounts/deleted").Submit(path + "/erase").WantRedirect("/confirm-identity").Follow()
		check(t, "what", strings.TrimSpace(asked.Text(".why")), "Erase the account ann")
		asked.Submit("/confirm-identity", "password", testapp.Secret).Want(303)
		check(t, "message", root.Get("/accounts/deleted").Submit(path+"/erase").WantRedirect("/accounts/deleted").Follow().Text("[role=status]"), "Account erased.")
		check(t, "log", strings.Contains(root.Get("/audit").Text("tr[data-id]"), "Erased the deleted account"), true)
	})
}

// TestNameOfDeletedAccountIsOffered to operators who could have deleted it, in the form that was sent.
func TestNameOfDeletedAccountIsOffered(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		acme, bond := app.SignIn("acme"), app.SignIn("bond")
		path := "/accounts/" + who.Ann.ID
		gone := acme.Get(path).Submit(path+"/delete", "confirm", "ann").Want(303).Follow()
		check(t, "undo", gone.Has(".flash form"), false)
		create := func(browser *testapp.Client) *testapp.Reply {
			return browser.Get("/accounts/new?kind=customer").Submit("/accounts", "name", "ann", "email", "ann@example.com", "password_mode", "generated")
		}
		taken := create(bond).Want(422)
		check(t, "another's", taken.Text("#name-error"), "This name is already taken, perhaps in a spelling that counts as the same.")
		check(t, "another's address", taken.Text("#email-error"), "Another account already has this e-mail address.")
		check(t, "offered", taken.Has("[name=erase_deleted]"), false)
		taken.Submit("/accounts", "erase_deleted", "on").Want(422)

		offered := create(acme).Want(422)
		check(t, "its own", offered.Text("#name-error"), "A deleted account has this name. Erase it, or choose another name.")
		check(t, "ticked", offered.Has("[name=erase_deleted][checked]"), false)
		check(t, "the audit log", offered.Text("#erase_deleted-hint"), "The deleted account can't be restored any more. The audit log keeps its name.")
		offered.Submit("/accounts", "erase_deleted", "on").Want(200)

		root := app.SignIn("root")
		root.Post("/accounts/"+who.Bob.ID+"/delete", testapp.Form("confirm", "bob")).Want(303)
		form := root.Get("/accounts/new?kind=customer").Submit("/accounts", "name", "bob", "email", "new@example.com", "password_mode", "generated").Want(422)
		later(app)
		asked := form.Submit("/accounts", "erase_deleted", "on").WantRedirect("/confirm-identity").Follow()
		check(t, "what", strings.TrimSpace(asked.Text(".why")), "Erase the deleted account and create bob")
		filled := asked.Submit("/confirm-identity", "password", testapp.Secret).Want(303).Follow()
		check(t, "ticked again", filled.Has("[name=erase_deleted][checked]"), true)
		filled.Submit("/accounts").Want(200)
	})
}

// TestUndeleteSwitchedOff: the page says so, and deleting is for good.
func TestUndeleteSwitchedOff(t *testing.T) {
	app := testapp.NewApp(t, testdb.SQLite(t), func(o *testapp.AppOptions) { o.Settings.Undelete = 0 })
	app.Seed(models.SuperAdmin, "root")
	ann := app.Seed(models.Customer, "ann")
	root, path := app.SignIn("root"), "/accounts/"+ann.ID
	check(t, "page", root.Get("/accounts/deleted").Want(200).Text(".empty"), "Switched off by the setting LATCHKEY_UNDELETE.")
	check(t, "hint", strings.HasPrefix(root.Get(path).Text("#delete .hint"), "Can't be undone."), true)
	check(t, "undo", root.Post(path+"/delete", testapp.Form("confirm", "ann")).Want(303).Follow().Has(".flash form"), false)
	root.Post(path+"/restore", testapp.Form()).Want(403)
	root.Get("/accounts/new?kind=customer").Submit("/accounts", "name", "ann", "email", "ann@example.com", "password_mode", "generated").Want(200)
}
