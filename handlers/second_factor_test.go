package handlers_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"latchkey/internal/testapp"
	"latchkey/models"
)

// secondFactor is an account with an authenticator app, in a browser that has shown the password.
type secondFactor struct {
	account  models.Account
	secret   string
	recovery []string
	browser  *testapp.Client
}

func (f secondFactor) code() string { return f.browser.App.Code(f.secret) }

func (f secondFactor) wrong() string { return f.browser.App.WrongCode(f.secret) }

// atSecondFactor signs an account with an app in, up to the second factor.
func atSecondFactor(app *testapp.App, kind models.Kind, name, next string) secondFactor {
	app.Helper()
	f := secondFactor{account: app.Seed(kind, name), browser: app.Client()}
	f.secret, f.recovery = app.Factor(f.account)
	f.signIn(next)
	return f
}

func (f secondFactor) signIn(next string) {
	f.browser.App.Helper()
	f.browser.Get("/sign-in?next="+url.QueryEscape(next)).Submit("/sign-in", "name", f.account.Name, "password", testapp.Secret).WantRedirect("/second-factor")
}

func TestSignInWithCode(t *testing.T) {
	onBoth(t, func(t *testing.T, app *testapp.App) {
		f := atSecondFactor(app, models.SuperAdmin, "ada", "/mail?state=failed")
		half := f.browser.Session()
		page := f.browser.Get("/second-factor").Want(200)
		field := page.Find("#code")
		check(t, "autocomplete", field.AttrOr("autocomplete", ""), "one-time-code")
		check(t, "inputmode", field.AttrOr("inputmode", ""), "numeric")
		if page.Has("nav") || !strings.Contains(page.Text("main"), "ada") {
			t.Error("the page shows the navigation, or not who signs in")
		}
		check(t, "trusted browser before the code", f.browser.Device(), "")
		code := f.code()
		page.Submit("/second-factor", "code", " "+code[:3]+" - "+code[3:]).WantRedirect("/mail?state=failed")
		if f.browser.Session() == half || f.browser.Device() == "" {
			t.Error("the session is the one from before the code, or the browser is not trusted")
		}
		f.browser.Get("/mail").Want(200)
		f.browser.Get("/second-factor").WantRedirect("/")
		f.browser.Post("/second-factor", testapp.Form("code", code)).WantRedirect("/")
		old := app.Client()
		old.SetSession(half)
		check(t, "the session from before the code", old.Get("/mail").Want(303).Header.Get("Location"), "/sign-in?next=%2Fmail")
	})
}

// A form that was typed before the session ended is filled in after the second factor too.
func TestFormIsKeptThroughTheSecondFactor(t *testing.T) {
	each(t, func(t *testing.T, app *testapp.App) {
		f := atSecondFactor(app, models.SuperAdmin, "ada", "")
		browser := app.Client()
		typed := browser.Post("/accounts", testapp.Form("kind", "customer", "name", "typed-before")).Want(401)
		typed.Submit("/sign-in", "name", "ada", "password", testapp.Secret).WantRedirect("/second-factor").Follow().
			Submit("/second-factor", "code", f.code()).WantRedirect("/accounts/new?kind=customer")
		check(t, "name", browser.Get("/accounts/new?kind=customer").Value("name"), "typed-before")
	})
}

func TestWrongCode(t *testing.T) {
	onBoth(t, func(t *testing.T, app *testapp.App) {
		f := atSecondFactor(app, models.Customer, "ada", "/password")
		for range 4 {
			again := f.browser.Get("/second-factor").Submit("/second-factor", "code", f.wrong(), "remember_device", "true").Want(422)
			check(t, "messages", strings.Join(again.Texts("#code-error p"), "|"), "This code is wrong, or was already used.")
			_, ticked := again.Find("#remember_device").Attr("checked")
			check(t, "tick kept", ticked, true)
			check(t, "code kept", again.Value("code"), "")
		}
		last := f.browser.Post("/second-factor", testapp.Form("code", f.wrong())).Want(422)
		check(t, "message", last.Text("[role=alert]"), app.Client().SignIn("ada", "wrong").Text("[role=alert]"))
		check(t, "name kept", last.Value("name"), "ada")
		check(t, "target kept", last.Value("next"), "/password")
		check(t, "session", f.browser.Session(), "")
		check(t, "failed attempts", app.Account(f.account.ID).FailedAttempts, 5+1)
	})
}

// What is no code is not counted as an attempt.
func TestMalformedCode(t *testing.T) {
	each(t, func(t *testing.T, app *testapp.App) {
		f := atSecondFactor(app, models.Customer, "ada", "")
		for _, typed := range []string{"", "12345", "1234567", "12a456", "１２３４５６"} {
			again := f.browser.Post("/second-factor", testapp.Form("code", typed)).Want(422)
			check(t, typed, again.Text("#code-error"), "Enter all characters of the code.")
		}
		again := f.browser.Post("/second-factor", testapp.Form("recovery_code", "7K3M-Q9PX")).Want(422)
		check(t, "recovery code", again.Text("#recovery_code-error"), "Enter all characters of the code.")
		check(t, "what was typed", again.Value("recovery_code"), "7K3M-Q9PX")
		_, open := again.Find("details.options").Attr("open")
		check(t, "field shown", open, true)
		check(t, "failed attempts", app.Account(f.account.ID).FailedAttempts, 0)
		f.browser.Post("/second-factor", testapp.Form("code", f.code())).WantRedirect("/me")
	})
}

func TestMalformedCodesAreLimited(t *testing.T) {
	each(t, func(t *testing.T, app *testapp.App) {
		f := atSecondFactor(app, models.Customer, "ada", "")
		for range 2 {
			f.browser.Post("/second-factor", testapp.Form("code", "1")).Want(422)
		}
		f.browser.Post("/second-factor", testapp.Form("code", f.code())).Want(429)
	}, func(o *testapp.AppOptions) { o.Settings.SignInRate = 1 })
}

func TestSignInWithRecoveryCode(t *testing.T) {
	onBoth(t, func(t *testing.T, app *testapp.App) {
		f := atSecondFactor(app, models.Customer, "ada", "")
		wrong := f.browser.Post("/second-factor", testapp.Form("recovery_code", "0000-0000-0000-0000")).Want(422)
		check(t, "message", wrong.Text("#recovery_code-error"), "This code is wrong, or was already used.")
		f.browser.Post("/second-factor", testapp.Form("recovery_code", strings.ToLower(f.recovery[0]))).WantRedirect("/me")
		f.browser.Post("/sign-out", nil).WantRedirect("/sign-in?signed-out=1")
		f.signIn("")
		f.browser.Post("/second-factor", testapp.Form("recovery_code", f.recovery[0])).Want(422)
	})
}

func TestBrowserThatIsNotAskedAgain(t *testing.T) {
	each(t, func(t *testing.T, app *testapp.App) {
		f := atSecondFactor(app, models.Customer, "ada", "")
		f.browser.Get("/second-factor").Submit("/second-factor", "code", f.code(), "remember_device", "true").WantRedirect("/me")
		f.browser.Post("/sign-out", nil).Want(303)
		f.browser.SignIn("ada", testapp.Secret).WantRedirect("/me")
		app.Client().SignIn("ada", testapp.Secret).WantRedirect("/second-factor")
	})
}

// Without trusted browsers there is none to remember.
func TestNothingToRemember(t *testing.T) {
	each(t, func(t *testing.T, app *testapp.App) {
		f := atSecondFactor(app, models.Customer, "ada", "")
		check(t, "tick", f.browser.Get("/second-factor").Has("#remember_device"), false)
		f.browser.Post("/second-factor", testapp.Form("code", f.code(), "remember_device", "true")).WantRedirect("/me")
		f.browser.Post("/sign-out", nil).Want(303)
		f.signIn("")
	}, func(o *testapp.AppOptions) { o.Settings.DeviceCookies = false })
}

func TestSignOutAtTheSecondFactor(t *testing.T) {
	each(t, func(t *testing.T, app *testapp.App) {
		f := atSecondFactor(app, models.Customer, "ada", "")
		f.browser.Get("/second-factor").Submit("/sign-out").WantRedirect("/sign-in?signed-out=1")
		f.signIn("")
		app.Clock.Advance(11 * time.Minute)
		if late := f.browser.Post("/second-factor", testapp.Form("code", f.code())).Want(401); !late.Has("form[action='/sign-in']") {
			t.Error("a session that has waited for too long is not led to the sign-in")
		}
	})
}

// The password gate comes after the second factor, and keeps where the sign-in was heading.
func TestSecondFactorBeforeNewPassword(t *testing.T) {
	each(t, func(t *testing.T, app *testapp.App) {
		f := atSecondFactor(app, models.SuperAdmin, "ada", "/mail")
		app.Tamper(f.account.ID, func(a *models.Account) { a.MustChange = true })
		f.browser.Get("/password").WantRedirect("/second-factor")
		f.browser.Post("/password", testapp.Form("password", testapp.Secret2, "confirmation", testapp.Secret2)).Want(403)
		f.browser.Post("/second-factor", testapp.Form("code", f.code())).WantRedirect("/password")
		check(t, "trusted browser", f.browser.Device(), "")
		f.browser.Get("/password").Submit("/password", "current", testapp.Secret, "password", testapp.Secret2, "confirmation", testapp.Secret2).WantRedirect("/mail")
	})
}
