package handlers_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"latchkey/internal/testapp"
	"latchkey/models"
)

// failed is the message of every failed sign-in.
const failed = "Wrong name or password, or this account is blocked or has no valid password. Several failed attempts block an account for a while. One-time passwords expire; ask for a new one."

func TestSignInWithNameOrEmail(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, _ testapp.Company) {
		for _, tc := range []struct{ identifier, home string }{
			{"root", "/"}, {"root@example.com", "/"}, {"ROOT", "/"}, {"ｒｏｏｔ", "/"}, {"Root@EXAMPLE.com", "/"},
			{"acme", "/"}, {"ann", "/me"}, {"ann@example.com", "/me"},
		} {
			browser := app.Client()
			home := browser.SignIn(tc.identifier, testapp.Secret).WantRedirect(tc.home).Follow().Want(200)
			if name := strings.ToLower(tc.identifier); !strings.HasPrefix(name, home.Text(".identity .who bdi")) && tc.identifier != "ｒｏｏｔ" {
				t.Errorf("%s is signed in as %q", tc.identifier, home.Text(".identity .who bdi"))
			}
			browser.Get("/sign-in").WantRedirect(tc.home)
		}
	})
}

// blacklist fails to sign in until the account is refused.
func blacklist(app *testapp.App, name string) {
	app.Helper()
	for range app.Accounts.Policies.Current().Policies.Account.MaxLoginAttempts {
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

// If an account stays blocked until an operator unblocks it, the page shows whom to ask, with the same text as for every other
// reason. No password is accepted until then, and a new password ends the block.
func TestAttemptCapIsExplained(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		for range 30 {
			app.Client().SignIn("ann", "wrong").Want(422)
			app.Clock.Advance(time.Hour) // past each block that ends by itself
		}
		ann := app.Account(who.Ann.ID)
		if ann.FailedInRow != 20 || ann.BlockedAt == nil || ann.BlockedUntil != nil {
			t.Fatalf("the account is not blocked until it is unblocked: %+v", ann)
		}
		unknown := app.Client().SignIn("nobody", "wrong").Want(422).Text("main")
		for _, secret := range []string{testapp.Secret, "wrong"} {
			page := app.Client().SignIn("ann", secret).Want(422)
			check(t, "the page", page.Text("main"), unknown)
			check(t, "help", slices.Contains(page.Texts(".help"), "Need help? Call 4711"), true)
		}
		check(t, "failures while it is blocked", app.Account(who.Ann.ID).FailedInRow, 20)
		root, path := app.SignIn("root"), "/accounts/"+who.Ann.ID
		root.Post(path+"/password", testapp.Form("password_mode", "typed", "password", testapp.Secret2)).WantRedirect(path)
		app.Client().SignIn("ann", testapp.Secret).Want(422)
		app.Client().SignIn("ann", testapp.Secret2).WantRedirect("/me")
	}, func(o *testapp.AppOptions) { o.Help, o.Settings.AttemptsCap = "Call 4711", 20 })
}

func TestHelpLineIsShownOnBlockingPages(t *testing.T) {
	const contact = "Call 4711 <b>now</b>"
	company(t, func(t *testing.T, app *testapp.App, _ testapp.Company) {
		app.Seed(models.Customer, "new", testapp.OneTime)
		browser := app.Client()
		for what, page := range map[string]*testapp.Reply{
			"sign-in": browser.Get("/sign-in"), "failed sign-in": browser.SignIn("new", "wrong"),
			"reset": browser.SignIn("new", testapp.Secret).Follow(),
		} {
			check(t, what, slices.Contains(page.Texts(".help"), "Need help? "+contact), true)
		}
	}, func(o *testapp.AppOptions) { o.Help = contact })
}
