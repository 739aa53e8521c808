package handlers_test

import (
	"strings"
	"testing"
	"time"

	"latchkey/internal/testapp"
	"latchkey/internal/testdb"
	"latchkey/internal/testkit"
)

// Each error page leads on from where its reader is.
func TestErrorPagesLeadOn(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		blacklist(app, "bob")
		browsers := map[string]*testapp.Client{"guest": app.Client(), "ann": app.SignIn("ann"), "acme": app.SignIn("acme"), "bond": app.SignIn("bond"), "root": app.SignIn("root")}
		for _, tc := range []struct {
			who, path string
			status    int
			ways      string
		}{
			{"guest", "/nothing", 404, "Sign in /sign-in"},
			{"ann", "/nothing", 404, "Your account /me"},
			{"acme", "/nothing", 404, "Accounts /accounts, Back to overview /"},
			{"root", "/accounts/" + app.Accounts.NewID(), 404, "Accounts /accounts, Back to overview /"},
			{"ann", "/accounts", 403, "Your account /me"},
			{"acme", "/mail", 403, "Back to overview /"},
		} {
			page := browsers[tc.who].Get(tc.path).Want(tc.status)
			var ways []string
			for _, link := range page.Find("main .actions a").EachIter() {
				ways = append(ways, link.Text()+" "+link.AttrOr("href", ""))
			}
			check(t, tc.who+" at "+tc.path, strings.Join(ways, ", "), tc.ways)
			check(t, tc.who+" at "+tc.path+" can search", page.Has("main form[action='/search']"), tc.status == 404 && (tc.who == "acme" || tc.who == "root"))
			check(t, tc.who+" at "+tc.path+": request", page.Text("#request-id"), page.Header.Get("X-Request-Id"))
			check(t, "copied by", page.Find("main [data-copy]").AttrOr("data-copy", ""), "request-id")
		}
		check(t, "who may", browsers["acme"].Get("/mail").Text("main h1 + p"), "Only SuperAdmins can do this. Ask one of them.")
		check(t, "who can help", strings.Contains(browsers["ann"].Get("/accounts").Text("main .help"), "desk@example.com"), true)
		check(t, "counts", strings.Join(browsers["bond"].Get("/nothing").Texts(".rail .count"), ", "), "1 waiting for you")
		late := browsers["bond"].Get("/me/security/totp/" + app.Accounts.NewID()).Want(404) // refused after its frame was read
		check(t, "counts of a page that was begun", strings.Join(late.Texts(".rail .count"), ", "), "1 waiting for you")
		check(t, "another's counts", browsers["acme"].Get("/nothing").Has(".rail .count"), false)
	}, func(o *testapp.AppOptions) { o.Help = "desk@example.com" })
}

// The page says how long to wait, as its header does, and leads to the form again.
func TestTooManyAttemptsSayHowLong(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, _ testapp.Company) {
		for range 4 {
			app.Client().SignIn("ann", "wrong").Want(422)
		}
		for _, left := range []string{"30", "21"} {
			page := app.Client().SignIn("ann", "wrong").Want(429)
			check(t, "header", page.Header.Get("Retry-After"), left)
			check(t, "page", page.Text("main h1 + p"), "Too many attempts from your network failed. Nothing was changed; try again in "+left+" seconds.")
			check(t, "way on", page.Text("main .actions a")+page.Find("main .actions a").AttrOr("href", ""), "Try again/sign-in")
			app.Clock.Advance(9 * time.Second)
		}
	}, limited(2))
}

// Before the set-up no account can sign in, and the page says what to do.
func TestSignInBeforeSetUp(t *testing.T) {
	testkit.Parallel(t)
	app := testapp.NewApp(t, testdb.SQLite(t))
	check(t, "before", app.Client().Get("/sign-in").Want(200).Text(".note"), "Latchkey is not set up yet. Open the address that was printed when it started.")
	app.Company()
	check(t, "afterwards", app.Client().Get("/sign-in").Want(200).Has(".note"), false)
}
