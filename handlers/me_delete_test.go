package handlers_test

import (
	"strings"
	"testing"

	"latchkey/internal/testapp"
	"latchkey/internal/testdb"
	"latchkey/models"
)

// TestDeleteOneself: the page asks for the name and who does it, and the page to sign in says what happened.
func TestDeleteOneself(t *testing.T) {
	companyOnBoth(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		ann := app.SignIn("ann")
		check(t, "link", ann.Get("/me").Has("a[href='/me/delete']"), true)
		wrong := ann.Get("/me/delete").Want(200).Submit("/me/delete", "confirm", "bob", "erase", "true").Want(422)
		check(t, "problem", wrong.Has("#confirm-error"), true)
		check(t, "what was typed", wrong.Value("confirm"), "bob")
		check(t, "erase", wrong.Has("[name=erase][checked]"), true)
		later(app)
		asked := wrong.Submit("/me/delete", "confirm", "ann", "erase", "").WantRedirect("/confirm-identity").Follow().Want(200)
		check(t, "what", strings.TrimSpace(asked.Text(".why")), "Delete your account")
		form := asked.Submit("/confirm-identity", "password", testapp.Secret).WantRedirect("/me/delete").Follow()
		done := form.Submit("/me/delete").WantRedirect("/sign-in?deleted=restorable").Follow().Want(200)
		check(t, "message", done.Text("[role=status]"), "Your account was deleted. It can be restored for 30 days: ask your operator.")
		ann.Get("/me").WantRedirect("/sign-in?next=%2Fme")
		app.Client().SignIn("ann", testapp.Secret).Want(422)
		check(t, "listed", app.SignIn("root").Get("/accounts/deleted").Has("tr[data-id='"+who.Ann.ID+"']"), true)

		final := app.SignIn("bob").Get("/me/delete").Submit("/me/delete", "confirm", "bob", "erase", "true").WantRedirect("/sign-in?deleted=final").Follow()
		check(t, "message", final.Text("[role=status]"), "Your account was erased.")
		check(t, "listed", app.SignIn("root").Get("/accounts/deleted").Has("tr[data-id='"+who.Bob.ID+"']"), false)
		check(t, "the last SuperAdmin", strings.Contains(app.SignIn("root").Get("/me/delete").Submit("/me/delete", "confirm", "root").Want(422).Text("[role=alert]"), "SuperAdmin"), true)
	})
}

// TestDeletingOneselfSwitchedOff: a POST is refused, and the pages say why.
func TestDeletingOneselfSwitchedOff(t *testing.T) {
	app := testapp.NewApp(t, testdb.SQLite(t), func(o *testapp.AppOptions) { o.Settings.NoDeleteOwn = true })
	app.Seed(models.Customer, "ann")
	ann := app.SignIn("ann")
	check(t, "link", ann.Get("/me").Has("a[href='/me/delete']"), false)
	check(t, "page", ann.Get("/me/delete").Want(200).Text(".empty"), "Switched off by your administrator.")
	reply := ann.Post("/me/delete", testapp.Form("confirm", "ann"), "Accept", "application/json").Want(403)
	check(t, "setting", strings.Contains(reply.Body, `"setting":"COMPLIANCE_DISABLE_DELETE_ACCOUNT"`), true)
	check(t, "words", strings.Contains(ann.Post("/me/delete", testapp.Form("confirm", "ann")).Want(403).Text("main"), "Switched off by your administrator"), true)
}
