package handlers_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"

	"latchkey/accounts/core"
	"latchkey/internal/testapp"
	"latchkey/models"
)

// recoveryCodes gives the account recovery codes without a second factor.
func recoveryCodes(app *testapp.App, account models.Account) []string {
	app.Helper()
	codes, err := app.Accounts.Factors.NewRecoveryCodes(app.Context(), core.Actor{ID: account.ID, Name: account.Name, Kind: account.Kind}, "")
	if err != nil {
		app.Fatal(err)
	}
	return codes
}

const noRecovery = "Wrong name or recovery code, or this account cannot be used now. Each code works once. Several failed attempts block an account for a while."

func TestForgottenPasswordIsReplacedWithACode(t *testing.T) {
	onBoth(t, func(t *testing.T, app *testapp.App) {
		app.Seed(models.SuperAdmin, "root")
		codes := recoveryCodes(app, app.Seed(models.Customer, "ada"))
		open, browser := app.SignIn("ada"), app.Client()
		signIn := browser.Get("/sign-in").Want(200)
		check(t, "link", signIn.Find(`a[href="/recover"]`).Text(), "Use a recovery code")
		page := browser.Get("/recover").Want(200)
		refused := page.Submit("/recover", "name", "ada", "code", "7K3M").Want(422)
		check(t, "what is no code", refused.Text("#code-error"), "Enter all characters of the code.")
		check(t, "kept", refused.Value("name")+" "+refused.Value("code"), "ada 7K3M")
		wrong := refused.Submit("/recover", "code", "7K3M-Q9PX-0000-7K3M").Want(422)
		check(t, "why", wrong.Text("[role=alert]"), noRecovery)
		check(t, "kept", wrong.Value("name")+" "+wrong.Value("code"), "ada ")

		choose := wrong.Submit("/recover", "code", strings.ToLower(codes[0])).WantRedirect("/password").Follow().Want(200)
		check(t, "why", choose.Text(".why"), "You used a recovery code. Choose a new password to continue.")
		check(t, "current password", choose.Has("[name=current]"), false)
		browser.Get("/me").WantRedirect("/password")
		browser.Post("/me/edit", testapp.Form("locale", "de")).Want(403)
		before := browser.Session()
		choose.Submit("/password", "password", testapp.Secret2, "confirmation", testapp.Secret2).WantRedirect("/me").Follow().Want(200)
		if browser.Session() == before || browser.Device() == "" {
			t.Error("the session keeps its id, or the browser is not trusted")
		}
		open.Get("/me").WantRedirect("/sign-in?next=%2Fme")
		browser.Get("/recover").WantRedirect("/me")
	})
}

// With a second factor that is asked for itself, in a session that opens nothing else.
func TestRecoveryAsksForTheSecondFactor(t *testing.T) {
	onBoth(t, func(t *testing.T, app *testapp.App) {
		f := atSecondFactor(app, models.SuperAdmin, "ada", "")
		if !f.browser.Get("/second-factor").Has("#recovery_code") {
			t.Error("after a password no recovery code is accepted")
		}
		browser := app.Client()
		page := browser.Get("/recover").Submit("/recover", "name", "ada", "code", f.recovery[0]).WantRedirect("/second-factor").Follow().Want(200)
		if page.Has("[name=recovery_code]") || page.Has("[name=remember_device]") || page.Has("nav") {
			t.Error("the page offers a second code, or to be trusted")
		}
		browser.Get("/password").WantRedirect("/second-factor")
		spent := browser.Post("/second-factor", testapp.Form("recovery_code", f.recovery[1])).Want(422)
		check(t, "a second code", spent.Text("#code-error"), "You have used a recovery code already. Use your authenticator app or passkey.")
		choose := spent.Submit("/second-factor", "code", f.code()).WantRedirect("/password").Follow().Want(200)
		browser.Get("/mail").WantRedirect("/password")
		choose.Submit("/password", "password", testapp.Secret2, "confirmation", testapp.Secret2).WantRedirect("/")
	})
}

// An unknown account cannot be distinguished from a refused one: same words, status, headers and rows.
func TestRecoveryDoesNotRevealAccounts(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		codes := map[string]string{"nobody": "7K3M-Q9PX-0000-7K3M", "bob": "7K3M-Q9PX-0000-7K3M"}
		for _, name := range []string{"ann", "off", "empty"} {
			account := who.Ann
			if name != "ann" {
				account = app.Seed(models.Customer, name)
			}
			codes[name] = recoveryCodes(app, account)[0]
			switch name {
			case "off":
				app.Tamper(account.ID, func(a *models.Account) { a.DisabledAt = &a.CreatedAt })
			case "empty":
				app.Tamper(account.ID, func(a *models.Account) { a.PasswordHash, a.PasswordSetAt = "", nil })
			}
		}
		codes["ann"] = codes["off"]
		var first *testapp.Reply
		for _, name := range []string{"nobody", "ann", "bob", "off", "empty"} {
			rows := app.DB.Dump(t)
			page := app.Client().Post("/recover", testapp.Form("name", name, "code", codes[name])).Want(422)
			check(t, name+": text", page.Text("[role=alert]"), noRecovery)
			check(t, name+": rows that were added", len(app.DB.Dump(t))-len(rows), 1)
			hasNot(t, page, codes[name])
			if page.Cookie != nil {
				t.Errorf("%s: a cookie was set", name)
			}
			if first == nil {
				first = page
			}
			wantAlike(t, name+": body", withoutName(page, name), withoutName(first, "nobody"))
			check(t, name+": headers", headerNames(page), headerNames(first))
		}
	})
}

// Switched off, recovery codes are gone from every page, and open nothing.
func TestSwitchedOffRecoveryCodes(t *testing.T) {
	each(t, func(t *testing.T, app *testapp.App) {
		app.Seed(models.SuperAdmin, "root")
		f := secondFactor{account: app.Seed(models.Customer, "ada"), browser: app.Client()}
		f.secret, _ = app.Factor(f.account)
		f.signIn("")
		if app.Client().Get("/sign-in").Has(`a[href="/recover"]`) || f.browser.Get("/second-factor").Has("[name=recovery_code]") {
			t.Error("a page offers a recovery code")
		}
		form := url.Values{"recovery_code": {"7K3M-Q9PX-0000-7K3M"}}
		check(t, "why", strings.Contains(f.browser.Post("/second-factor", form).Want(403).Text("main"), "Switched off by your administrator."), true)
		var answer map[string]string
		if err := json.Unmarshal([]byte(f.browser.Post("/second-factor", form, "Accept", "application/json").Want(403).Body), &answer); err != nil || answer["setting"] != "COMPLIANCE_DISABLE_RECOVERY_CODES" {
			t.Errorf("answered %v (%v)", answer, err)
		}
		f.browser.Post("/second-factor", testapp.Form("code", f.code())).Want(303)
		for name, browser := range map[string]*testapp.Client{"ada": f.browser, "root": app.SignIn("root")} {
			page := browser.Get("/me/security").Want(200)
			if page.Has(`form[action="/me/security/recovery-codes"]`) || page.Has("#codes-left") {
				t.Errorf("%s can get codes", name)
			}
			check(t, name+": setting named", strings.Contains(page.Text("main"), "COMPLIANCE_DISABLE_RECOVERY_CODES"), name == "root")
			check(t, name+": said", strings.Contains(page.Text("main"), "Switched off by"), true)
			browser.Post("/me/security/recovery-codes", nil).Want(403)
		}
		failed := app.Client().Post("/recover", testapp.Form("name", "ada", "code", "7K3M-Q9PX-0000-7K3M")).Want(422)
		check(t, "recovery", failed.Text("[role=alert]"), noRecovery)
	}, func(o *testapp.AppOptions) { o.Settings.NoRecovery = true })
}

// A session that a recovery code has opened lasts no longer at the second factor than one of a password.
func TestRecoveryWaitsTenMinutesForTheFactor(t *testing.T) {
	each(t, func(t *testing.T, app *testapp.App) {
		f := atSecondFactor(app, models.Customer, "ada", "")
		browser := app.Client()
		browser.Post("/recover", testapp.Form("name", "ada", "code", f.recovery[0])).WantRedirect("/second-factor")
		app.Clock.Advance(10 * time.Minute)
		browser.Post("/second-factor", testapp.Form("code", f.code())).Want(401)
	})
}
