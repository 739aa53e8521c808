package handlers_test

import (
	"strings"
	"testing"
	"time"

	"latchkey/internal/testapp"
	"latchkey/internal/testkit"
	"latchkey/models"
	"latchkey/password"
)

// The reset page shows why a new password is required. No other page opens before, and then the requested page does.
func TestResetPage(t *testing.T) {
	testkit.Parallel(t)
	for name, tc := range map[string]struct {
		prepare func(app *testapp.App, id string)
		oneTime bool
		why     string
	}{
		"one-time":    {oneTime: true, why: "You signed in with a one-time password. Choose your own to continue."},
		"must change": {prepare: requireChange, why: "Your operator requires a new password. Choose one to continue."},
		"expired": {prepare: func(app *testapp.App, _ string) { app.Clock.Advance(64 * 24 * time.Hour) },
			why: "Your password expired on 5 May 2026, 09:00 UTC. Choose a new one to continue."},
	} {
		t.Run(name, func(t *testing.T) {
			company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
				change := testapp.Of(who.Acme)
				if tc.oneTime {
					change = testapp.OneTime
				}
				account := app.Seed(models.Customer, "carl", change)
				if tc.prepare != nil {
					tc.prepare(app, account.ID)
				}
				reset(t, app, tc.why)
			})
		})
	}
}

func requireChange(app *testapp.App, id string) {
	app.Helper()
	app.SignIn("root").Post("/accounts/"+id+"/require-change", nil).Want(303)
}

func reset(t *testing.T, app *testapp.App, why string) {
	t.Helper()
	browser := app.Client()
	form := browser.Get("/me?x=1").Want(303).Follow()
	page := form.Submit("/sign-in", "name", "carl", "password", testapp.Secret).WantRedirect("/password").Follow().Want(200)
	check(t, "why", page.Text(".why"), why)
	if page.Has("[name=current]") || page.Has(".identity a") {
		t.Error("the page asks for the current password, or leads elsewhere")
	}
	unchanged(t, app, "a refused reset", func() {
		page := page.Submit("/password", "password", "canary", "confirmation", "canary").Want(422)
		wantProblems(t, page, "password")
		check(t, "broken rules", strings.Join(page.Texts("#password-checks [data-ok=false]"), ", "),
			"Not met: at least 1 special character, such as ! or ?, Not met: at least 1 upper-case letter, Not met: at least 1 digit")
		check(t, "which the field does not repeat", page.Has("#password-error"), false)
		hasNot(t, page, "canary")
		check(t, "why, again", page.Text(".why"), why)
		wantProblems(t, page.Submit("/password", "password", testapp.Secret2, "confirmation", testapp.Secret2+"x").Want(422), "confirmation")
	})
	same := page.Submit("/password", "password", testapp.Secret, "confirmation", testapp.Secret).Want(422)
	check(t, "the same password", same.Text("[role=alert] li"), "The password must not be one of the last 3 passwords.")
	before := browser.Session()
	page.Submit("/password", "password", testapp.Secret2, "confirmation", testapp.Secret2).WantRedirect("/me?x=1")
	if browser.Session() == before {
		t.Error("the session keeps its id")
	}
	check(t, "flash", browser.Get("/me").Text("[role=status]"), "Your new password is set.")
	check(t, "flash, again", browser.Get("/me").Text("[role=status]"), "")
	app.Client().SignIn("carl", testapp.Secret).Want(422)
	const third = "Third-Barn-9!"
	browser.Get("/password").Submit("/password", "current", testapp.Secret2, "password", third, "confirmation", third).WantRedirect("/me")
}

// While a change is pending, only the reset page and signing out are available.
func TestPendingChangeBlocksOtherPages(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, _ testapp.Company) {
		app.Seed(models.SuperAdmin, "boss", testapp.OneTime)
		browser := app.Client()
		browser.SignIn("boss", testapp.Secret).WantRedirect("/password")
		browser.Get("/sign-in").WantRedirect("/")
		browser.Get("/").WantRedirect("/password")
		browser.Get("/accounts", "Accept", "application/json").Want(403)
		browser.Get("/.well-known/change-password").WantRedirect("/password")
		browser.Get("/healthz").Want(200)
		browser.Get("/password").Submit("/sign-out").WantRedirect("/sign-in?signed-out=1")
		browser.Get("/password").WantRedirect("/sign-in?next=%2Fpassword")
	})
}

// A one-time password sets one password, in time: the form that it opened is worth nothing after its use in another browser,
// nor after it lapsed.
func TestOneTimePassword(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, _ testapp.Company) {
		app.Seed(models.Customer, "carl", testapp.OneTime)
		app.Seed(models.Customer, "dora", testapp.OneTime)
		first, second := app.Client().SignIn("carl", testapp.Secret).Follow(), app.Client().SignIn("carl", testapp.Secret).Follow()
		late := app.Client().SignIn("dora", testapp.Secret).Follow()
		first.Submit("/password", "password", testapp.Secret2, "confirmation", testapp.Secret2).WantRedirect("/me").Follow().Want(200)
		const third = "Third-Barn-9!"
		unchanged(t, app, "a one-time password that is over", func() {
			second.Submit("/password", "password", third, "confirmation", third).Want(401)
			first.Submit("/password", "password", third, "confirmation", third).Want(422) // asks for the present one now
			app.Clock.Advance(app.Accounts.Settings().OneTimeValid)
			late.Submit("/password", "password", third, "confirmation", third).Want(401)
		})
		app.Client().SignIn("carl", testapp.Secret2).WantRedirect("/me")
		app.Client().SignIn("carl", testapp.Secret).Want(422)
		app.Client().SignIn("dora", testapp.Secret).Want(422)
	}, func(o *testapp.AppOptions) {
		o.Settings.SessionMax, o.Settings.SessionIdle = 1000*time.Hour, 1000*time.Hour
	})
}

func TestTheSamePasswordIsRefusedEvenWithoutHistory(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, _ testapp.Company) {
		app.Seed(models.Customer, "carl", testapp.OneTime)
		page := app.Client().SignIn("carl", testapp.Secret).Follow()
		again := page.Submit("/password", "password", testapp.Secret, "confirmation", testapp.Secret).Want(422)
		check(t, "message", again.Text("#password-error"), "The password must not be the current password.")
		page.Submit("/password", "password", testapp.Secret2, "confirmation", testapp.Secret2).WantRedirect("/me")
	}, withPolicy(func(p *password.Policy) { p.ForbiddenLastPasswords = 0 }))
}

// withPolicy changes the policy ACCOUNT.
func withPolicy(change func(*password.Policy)) func(*testapp.AppOptions) {
	return func(o *testapp.AppOptions) { change(&o.Policies.Account) }
}

func TestVoluntaryPasswordChange(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		browser := app.SignIn("root")
		page := browser.Get("/.well-known/change-password").Follow().Want(200)
		check(t, "heading", page.Text("h1"), "Change your password")
		wrong := page.Submit("/password", "current", "canary-1", "password", testapp.Secret2, "confirmation", testapp.Secret2).Want(422)
		wantProblems(t, wrong, "current")
		hasNot(t, wrong, "canary-1", testapp.Secret2)
		check(t, "strangers' failures", app.Account(who.Root.ID).FailedAttempts, 0)
		check(t, "the browser's failures", app.Account(who.Root.ID).DeviceFailures, 1)
		wantProblems(t, page.Submit("/password", "password", testapp.Secret2, "confirmation", testapp.Secret2).Want(422), "current")
		page.Submit("/password", "current", testapp.Secret, "password", testapp.Secret2, "confirmation", testapp.Secret2).WantRedirect("/")
		check(t, "the browser's failures then", app.Account(who.Root.ID).DeviceFailures, 0)
		app.Client().SignIn("root", testapp.Secret2).WantRedirect("/")
	})
}

// Guessing the current password in an open session blocks the account like the sign-in form, once the browser's own attempts are used up.
func TestGuessingTheCurrentPasswordBlacklists(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		ann := app.SignIn("ann")
		guess := func(current string) {
			ann.Get("/password").Submit("/password", "current", current, "password", testapp.Secret2, "confirmation", testapp.Secret2).Want(422)
		}
		for range app.Accounts.Policies.Current().Policies.Account.MaxLoginAttempts {
			guess("wrong")
		}
		check(t, "state while it was known", app.Accounts.Policies.Current().State(app.Account(who.Ann.ID)), models.Active)
		for range app.Accounts.Policies.Current().Policies.Account.MaxLoginAttempts {
			guess("wrong")
		}
		guess(testapp.Secret)
		check(t, "state", app.Accounts.Policies.Current().State(app.Account(who.Ann.ID)), models.Blacklisted)
	})
}

func TestSuggestions(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, _ testapp.Company) {
		app.Seed(models.Customer, "carl", testapp.OneTime)
		browser := app.Client()
		page := browser.SignIn("carl", testapp.Secret).Follow()
		check(t, "cache", page.Header.Get("Cache-Control"), "no-store")
		check(t, "fields filled", page.Value("password")+page.Value("confirmation"), "")
		secret := page.Text("#suggestion")
		if broken := app.Accounts.Policies.Current().Policies.Account.Check("carl", secret); len(secret) < 20 || len(broken) > 0 {
			t.Errorf("suggested %q, which breaks %v", secret, broken)
		}
		use := page.Find("button[name=suggestion]")
		used := browser.Post(use.AttrOr("formaction", ""), testapp.Form("suggestion", use.AttrOr("value", ""))).Want(200)
		check(t, "cache of the filled page", used.Header.Get("Cache-Control"), "no-store")
		check(t, "suggestion of the filled page", used.Text("#suggestion"), secret)
		if browser.Get("/password").Text("#suggestion") == secret {
			t.Error("the same password is suggested twice")
		}
		used.Submit("/password").WantRedirect("/me")
		app.Client().SignIn("carl", secret).WantRedirect("/me")
	})
}

// Owners who changed their password recently see, before they type anything, when they can change it again. A password that an
// operator set can be changed at once.
func TestPasswordMinimumAgeIsShown(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		const words = "You changed your password recently and can change it again from 3 Mar 2026, 09:01 UTC. If others may know it, ask your operator for a new one."
		app.Clock.Advance(30 * time.Second)
		ann := app.SignIn("ann")
		form := ann.Get("/password").Want(200)
		form.Submit("/password", "current", testapp.Secret, "password", testapp.Secret2, "confirmation", testapp.Secret2).WantRedirect("/me")
		page := ann.Get("/password").Want(200)
		check(t, "before typing", page.Text(".why"), words)
		check(t, "fields", page.Find("[name=password]").Length(), 0)
		if rules := ann.Get("/me").Text("main"); !strings.Contains(rules, "can be changed again after 24 hours") {
			t.Errorf("the rules are %s", rules)
		}
		unchanged(t, app, "a change too soon", func() {
			page := ann.Post("/password", testapp.Form("current", testapp.Secret2, "password", "Third-Stable-9!", "confirmation", "Third-Stable-9!")).Want(422)
			check(t, "refused", strings.Contains(page.Text("[role=alert]"), words), true)
			check(t, "said once", strings.Count(page.Text("main"), "can change it again"), 1)
			ann.Post("/password/suggest", nil).Want(200)
		})
		root, path := app.SignIn("root"), "/accounts/"+who.Ann.ID
		root.Post(path+"/password", testapp.Form("password_mode", "typed", "password", "Fourth-Stable-6!")).WantRedirect(path)
		ann.SignIn("ann", "Fourth-Stable-6!").WantRedirect("/me")
		form = ann.Get("/password").Want(200)
		form.Submit("/password", "current", "Fourth-Stable-6!", "password", "Third-Stable-9!", "confirmation", "Third-Stable-9!").WantRedirect("/me")
	}, func(o *testapp.AppOptions) { o.Settings.PasswordMinAge = 24 * time.Hour })
}
