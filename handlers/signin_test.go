package handlers_test

import (
	"strings"
	"testing"

	"latchkey/internal/testapp"
	"latchkey/models"
)

// failed is what everybody is told whom a sign-in did not let in.
const failed = "The name or password is not right, or this account cannot sign in now. After several failures it is refused for a while and its owner gets a mail. One-time passwords lapse; ask whoever gave it to you."

func TestSignInWithNameOrEmail(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, _ testapp.Company) {
		for _, tc := range []struct{ identifier, home string }{
			{"root", "/"}, {"root@example.com", "/"}, {"ROOT", "/"}, {"ｒｏｏｔ", "/"}, {"Root@EXAMPLE.com", "/"},
			{"acme", "/"}, {"ann", "/me"}, {"ann@example.com", "/me"},
		} {
			browser := app.Client()
			home := browser.SignIn(tc.identifier, testapp.Secret).WantRedirect(tc.home).Follow().Want(200)
			if name := strings.ToLower(tc.identifier); !strings.HasPrefix(name, home.Text(".identity .who")) && tc.identifier != "ｒｏｏｔ" {
				t.Errorf("%s is signed in as %q", tc.identifier, home.Text(".identity .who"))
			}
			browser.Get("/sign-in").WantRedirect(tc.home)
		}
	})
}

// blacklist fails to sign in until the account is refused.
func blacklist(app *testapp.App, name string) {
	app.Helper()
	for range app.Accounts.Policies().Account.MaxLoginAttempts {
		app.Client().SignIn(name, "wrong").Want(422)
	}
}

func TestSignInWithoutNameOrPassword(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, _ testapp.Company) {
		wantProblems(t, app.Client().SignIn("", "").Want(422), "name", "password")
		page := app.Client().SignIn("root", "").Want(422)
		wantProblems(t, page, "password")
		check(t, "name kept", page.Value("name"), "root")
		page = app.Client().SignIn("root", "with\ttab-canary").Want(422)
		wantProblems(t, page, "password")
		hasNot(t, page, "canary")
		check(t, "passwords compared", app.Hashes.Verified(), 0)
	})
}

func TestSignOut(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, _ testapp.Company) {
		browser := app.SignIn("root")
		before := browser.Session()
		reply := browser.Get("/me").Submit("/sign-out").WantRedirect("/sign-in?signed-out=1")
		check(t, "Clear-Site-Data", reply.Header.Get("Clear-Site-Data"), `"cache", "storage"`)
		if reply.Cookie == nil || reply.Cookie.MaxAge >= 0 || browser.Session() != "" {
			t.Errorf("the cookie stays: %v", reply.Cookie)
		}
		check(t, "words", reply.Follow().Text("[role=status]"), "You are signed out.")
		browser.SetSession(before)
		browser.Get("/me").WantRedirect("/sign-in?next=%2Fme")
		browser.Post("/sign-out", nil).Want(401)
	})
}

func TestHelpLineStandsWhereSomebodyIsStuck(t *testing.T) {
	const contact = "Call 4711 <b>now</b>"
	company(t, func(t *testing.T, app *testapp.App, _ testapp.Company) {
		app.Seed(models.Customer, "new", testapp.OneTime)
		browser := app.Client()
		for what, page := range map[string]*testapp.Reply{
			"sign-in": browser.Get("/sign-in"), "failed sign-in": browser.SignIn("new", "wrong"),
			"reset": browser.SignIn("new", testapp.Secret).Follow(),
		} {
			check(t, what, page.Text(".help"), "Need help? "+contact)
		}
	}, func(o *testapp.AppOptions) { o.Help = contact })
}
