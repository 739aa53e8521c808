package handlers_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"latchkey/internal/testapp"
	"latchkey/internal/testkit"
	"latchkey/models"
)

// While a change is pending, for any reason, only the reset page, sign-out and static files answer, to any method. Other spellings of
// every address are tried for one of the reasons, and in the long mode for all.
func TestForcedResetCannotBeBypassed(t *testing.T) {
	unhurried(t)
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		for why, browser := range pendings(app) {
			spelt := spellings
			if why != "one-time" && !testkit.Long() {
				spelt = func(path string) []string { return []string{path} }
			}
			unchanged(t, app, "a session that is pending, "+why, func() { lookForAWayAround(t, why, browser, who, spelt) })
			wantWayOut(t, why, browser)
		}
	})
}

// pendings are SuperAdmins' browsers, each with a change pending for another reason.
func pendings(app *testapp.App) map[string]*testapp.Client {
	app.Helper()
	app.Seed(models.SuperAdmin, "boss", testapp.OneTime)
	asked, expired := app.Seed(models.SuperAdmin, "asked"), app.Seed(models.SuperAdmin, "late")
	app.Tamper(expired.ID, func(a *models.Account) {
		longAgo := app.Clock.Now().Add(-65 * 24 * time.Hour)
		a.PasswordSetAt = &longAgo
	})
	all := map[string]*testapp.Client{"one-time": app.Client(), "asked to change": app.SignIn("asked"), "expired": app.Client()}
	requireChange(app, asked.ID) // of the session that is open already
	all["one-time"].SignIn("boss", testapp.Secret).WantRedirect("/password")
	all["expired"].SignIn("late", testapp.Secret).WantRedirect("/password")
	return all
}

func lookForAWayAround(t *testing.T, why string, browser *testapp.Client, who testapp.Company, spellings func(string) []string) {
	t.Helper()
	open := openWhilePending(t, browser.App)
	for _, path := range addresses(t, browser.App, who) {
		for _, spelt := range spellings(path) {
			for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "get", "Post"} {
				if !open[method+" "+spelt] {
					got := browser.Do(browser.Request(method, spelt, nil))
					wantShut(t, why+": "+method+" "+spelt, got)
				}
			}
		}
	}
}

func wantShut(t *testing.T, what string, got *testapp.Reply) {
	t.Helper()
	to := got.Header.Get("Location")
	if !slices.Contains([]int{204, 400, 403, 404, 405}, got.Status) && to != "/password" {
		t.Errorf("%s is answered %d %s", what, got.Status, to)
	}
}

// openWhilePending returns the requests that are answered, as `expected` has them.
func openWhilePending(t *testing.T, app *testapp.App) map[string]bool {
	t.Helper()
	open := map[string]bool{}
	for _, route := range app.Routes {
		if slices.Contains(admitted["boss"], groupOf(t, route)) {
			open[route.Method+" "+ids("x").paths(t, route)[0]] = true
		}
	}
	return open
}

// addresses are those of all routes, with ids that are there.
func addresses(t *testing.T, app *testapp.App, who testapp.Company) (list []string) {
	t.Helper()
	for _, route := range app.Routes {
		list = append(list, ids(who.Ann.ID).paths(t, route)...)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// wantWayOut tries that what has to answer does.
func wantWayOut(t *testing.T, why string, browser *testapp.Client) {
	t.Helper()
	browser.Get(browser.App.Assets.URL("app.css")).Want(200)
	browser.Get("/password").Want(200)
	browser.Post("/password/suggest", nil).Want(200)
	browser.Get("/password").Submit("/password", "password", "short", "confirmation", "short").Want(422)
	browser.Get("/password").Submit("/sign-out").WantRedirect("/sign-in?signed-out=1")
	check(t, why+": the session", browser.Session(), "")
}

func spellings(path string) []string {
	all := []string{path, path + "/", path + "//", path + "/.", path + "%2f", path + ";x=1", path + "%00", path + "%20", path + ".json", "//" + path, "/." + path, "/password/.." + path, strings.ToUpper(path)}
	if len(path) > 1 {
		all = append(all, "/%"+hex(path[1])+path[2:], strings.ReplaceAll(path, "/", "%2F"), "/"+strings.ToUpper(path[1:2])+path[2:])
	}
	return all
}

func hex(b byte) string {
	const digits = "0123456789abcdef"
	return string([]byte{digits[b>>4], digits[b&15]})
}
