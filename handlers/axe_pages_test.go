package handlers_test

import (
	"testing"

	"latchkey/internal/testapp"
	"latchkey/internal/testbrowser"
	"latchkey/internal/testdb"
	"latchkey/internal/testkit"
)

// TestAxeOnScriptedPages looks at pages after scripts and users have changed them.
func TestAxeOnScriptedPages(t *testing.T) {
	testkit.Parallel(t)
	unhurried(t)
	testbrowser.AxeScript(t)
	app := testapp.NewApp(t, testdb.SQLite(t))
	ann := "/accounts/" + app.Company().Ann.ID
	i := inspect(t, app)
	i.signIn("acme")
	i.judgesPassword()
	i.showsPolicy()
	i.showsGenerated("/password", "[data-use]")
	i.showsGenerated("/accounts/new?kind=customer", "[data-generate]")
	i.opensMenu(ann)
	i.opensViews()
	i.asksFirst(ann)
}

func (i *inspection) signIn(name string) {
	i.t.Helper()
	i.Goto(i.app.BaseURL.String() + "/sign-in")
	i.Fill("#name", name)
	i.Fill("#password", testapp.Secret)
	i.Enter()
}

// judgesPassword: the checklist says what the password keeps to and what not.
func (i *inspection) judgesPassword() {
	i.t.Helper()
	i.Goto(i.app.BaseURL.String() + "/password")
	i.Fill("#password", "short")
	i.Wait(".checklist [data-ok=false]")
	i.Wait(".checklist [data-ok=true]")
	i.unfold()
	i.here("a password that breaks rules")
}

// showsPolicy: what the info button of a password field shows.
func (i *inspection) showsPolicy() {
	i.t.Helper()
	i.Goto(i.app.BaseURL.String() + "/password")
	i.unfold()
	testbrowser.Eval[bool](i.Page, `(document.querySelector("[popover]").showPopover(), true)`)
	i.Wait("[popover]:popover-open")
	i.here("policy shown at the password")
}

// showsGenerated: the button fills the fields, and shows what they hold.
func (i *inspection) showsGenerated(path, button string) {
	i.t.Helper()
	i.Goto(i.app.BaseURL.String() + path)
	i.Click(button)
	i.WaitFor(`document.querySelector("#password").value !== "" && document.querySelector("#password").type === "text"`)
	i.unfold()
	i.here(path + " with a generated password")
}

const accountMenu = "main .heading details.menu"

// opensMenu: the menu in front of the page, where users have it.
func (i *inspection) opensMenu(path string) {
	i.t.Helper()
	i.Goto(i.app.BaseURL.String() + path)
	i.Click(accountMenu + " > summary")
	i.Wait(accountMenu + "[open]")
	i.here(path + " with its menu")
}

// opensViews: the menu of saved views, with one and a form.
func (i *inspection) opensViews() {
	i.t.Helper()
	i.app.SignIn("acme").Get("/accounts?state=active").Submit("/views", "title", "Active").Want(303)
	for _, path := range []string{"/accounts", "/accounts?state=active"} {
		i.Goto(i.app.BaseURL.String() + path)
		i.Click("#views > summary")
		i.Wait("#views[open] a")
		i.here(path + " with its views")
	}
}

// asksFirst: each dialog in front of the page, and where its address shows it without scripts.
func (i *inspection) asksFirst(path string) {
	i.t.Helper()
	i.Goto(i.app.BaseURL.String() + path)
	dialogs := testbrowser.Eval[[]string](i.Page, `[...document.querySelectorAll("dialog.dialog")].map((dialog) => dialog.id)`)
	check(i.t, "dialogs", len(dialogs), 2)
	for _, id := range dialogs {
		i.Goto(i.app.BaseURL.String() + path)
		i.Click(accountMenu + " > summary")
		i.Click(accountMenu + ` a[href="#` + id + `"]`)
		i.Wait("#" + id + ":modal")
		i.here(path + "#" + id)
	}
	for _, id := range dialogs {
		i.Goto(i.app.BaseURL.String() + path)
		testbrowser.Eval[string](i.Page, `location.hash = "`+id+`"`) // not by a link, which a script would take over
		i.Wait("#" + id + ":target:not([open])")
		i.here(path + "#" + id + " without scripts")
	}
}
