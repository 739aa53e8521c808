package handlers_test

import (
	"strings"
	"testing"

	"latchkey/internal/testapp"
	"latchkey/internal/testkit"
	"latchkey/models"
)

const (
	passkeyHost   = "latchkey.test"
	passkeyOrigin = "https://latchkey.test"
)

// options returns what the browser is asked to do with a passkey.
func options(browser *testapp.Client, path string) []byte {
	browser.App.Helper()
	return []byte(browser.Post(path, nil, "Accept", "application/json").Want(200).Body)
}

// withPasskey signs an account in and adds a passkey, its first factor.
func withPasskey(app *testapp.App, name string) (browser *testapp.Client, key *testkit.Passkey, added *testapp.Reply) {
	app.Helper()
	browser = app.SignIn(name)
	page := browser.Get("/me/security").Want(200)
	if !page.Has("a[href='/me/security/passkey']") {
		app.Error("the page leads to no passkey")
	}
	key = testkit.NewPasskey(passkeyHost, passkeyOrigin)
	answer := key.Create(app, options(browser, "/me/security/passkey/options"))
	return browser, key, browser.Get("/me/security/passkey").Submit("/me/security/passkey", "title", "Laptop", "credential", answer)
}

func TestPasskey(t *testing.T) {
	onBoth(t, func(t *testing.T, app *testapp.App) {
		app.Seed(models.SuperAdmin, "root")
		browser, key, added := withPasskey(app, "root")
		if codes := strings.Fields(added.Want(200).Text("#recovery-codes")); len(codes) != 10 {
			t.Errorf("the codes %q", codes)
		}
		check(t, "listed", strings.Contains(browser.Get("/me/security").Text("#factors li"), "Laptop Passkey or security key"), true)
		browser.Get("/me").Submit("/sign-out").Want(303)

		again := app.Client()
		page := again.SignIn("root", testapp.Secret).WantRedirect("/second-factor").Follow().Want(200)
		if page.Has("[name=code]") || !page.Has("[data-passkey='/second-factor/options']") {
			t.Error("the page asks for a code, or for no passkey")
		}
		page.Submit("/second-factor", "credential", key.Sign(t, options(again, "/second-factor/options"))).Want(303)
		again.Get("/accounts").Want(200)

		later(app)
		refused := again.Post("/me/security/passkey/options", nil, "Accept", "application/json")
		wantGate(t, refused, "confirm-identity")
		asked := again.Get("/me/security/passkey").Submit("/me/security/passkey", "title", "Phone").WantRedirect("/confirm-identity").Follow().Want(200)
		answer := key.Sign(t, options(again, "/confirm-identity/options"))
		back := asked.Submit("/confirm-identity", "password", testapp.Secret, "credential", answer).WantRedirect("/me/security/passkey").Follow().Want(200)
		check(t, "typed", back.Value("title"), "Phone")
		options(again, "/me/security/passkey/options")
	})
}

// TestRefusedPasskey: the page says it in one sentence, whatever was wrong.
func TestRefusedPasskey(t *testing.T) {
	each(t, func(t *testing.T, app *testapp.App) {
		app.Seed(models.Customer, "ada")
		_, key, _ := withPasskey(app, "ada")
		browser := app.Client()
		page := browser.SignIn("ada", testapp.Secret).WantRedirect("/second-factor").Follow()
		for what, credential := range map[string]func() string{
			"another site": func() string {
				return key.At("evil.test", "https://evil.test").Sign(t, options(browser, "/second-factor/options"))
			},
			"no JSON":  func() string { return "x" },
			"too long": func() string { return strings.Repeat("x", 70_000) },
		} {
			again := page.Submit("/second-factor", "credential", credential(), "remember_device", "true").Want(422)
			check(t, what, again.Text("[role=alert] li"), "This passkey was not accepted. Try again.")
			check(t, what+": ticked", again.Has("#remember_device[checked]"), true)
		}
		page.Submit("/second-factor", "credential", key.Sign(t, options(browser, "/second-factor/options"))).WantRedirect("/me")
	})
}

func TestPasskeysNeedAName(t *testing.T) {
	each(t, func(t *testing.T, app *testapp.App) {
		app.Seed(models.Customer, "ada")
		browser := app.SignIn("ada")
		page := browser.Get("/me/security").Want(200)
		if page.Has("a[href='/me/security/passkey']") || !strings.Contains(page.Text("main"), "Passkeys need a host name") {
			t.Error("the page offers a passkey, or says nothing of them")
		}
		browser.Get("/me/security/passkey").Want(422)
		browser.Post("/me/security/passkey/options", nil, "Accept", "application/json").Want(422)
	}, func(o *testapp.AppOptions) { o.Settings.BaseURL = nil })
}

func TestPasskeysSwitchedOff(t *testing.T) {
	each(t, func(t *testing.T, app *testapp.App) {
		app.Seed(models.Customer, "ada")
		browser := app.SignIn("ada")
		if browser.Get("/me/security").Want(200).Has("a[href='/me/security/passkey']") {
			t.Error("the page offers a passkey")
		}
		check(t, "why", strings.Contains(browser.Get("/me/security/passkey").Want(403).Text("main"), "Switched off by your administrator."), true)
		browser.Post("/me/security/passkey/options", nil, "Accept", "application/json").Want(403)
		browser.Post("/me/security/passkey", testapp.Form("credential", "{}")).Want(403)
	}, func(o *testapp.AppOptions) { o.Settings.NoPasskeys = true })
}

// TestPasskeysOfAFormerHostLeaveTheRecoveryCode, whose form is open then. Without one the page leads to the operator, and has no form.
func TestPasskeysOfAFormerHostLeaveTheRecoveryCode(t *testing.T) {
	each(t, func(t *testing.T, app *testapp.App) {
		app.Seed(models.Customer, "ada")
		_, _, added := withPasskey(app, "ada")
		codes := strings.Fields(added.Want(200).Text("#recovery-codes"))
		app.DB.Exec(t, "UPDATE factors SET rp_id = 'login.example'")
		browser := app.Client()
		page := browser.SignIn("ada", testapp.Secret).WantRedirect("/second-factor").Follow().Want(200)
		check(t, "note", page.Text(".note"), "Your passkeys for login.example don't work at this address. Enter a recovery code, or ask your operator to reset two-step verification.")
		check(t, "forms", page.Find("main form[action='/second-factor']").Length(), 1)
		check(t, "hidden, or for a factor", page.Has("details, [name=remember_device], [data-passkey]"), false)
		check(t, "main action", page.Text("main .primary"), "Sign in with recovery code")
		_, focused := page.Find("[name=recovery_code]").Attr("autofocus")
		check(t, "focus", focused, true)

		recovering := app.Client()
		gone := recovering.Get("/recover").Submit("/recover", "name", "ada", "code", codes[0]).WantRedirect("/second-factor").Follow().Want(200)
		check(t, "after a recovery code", gone.Text(".note"), "Your passkeys for login.example don't work at this address. Ask your operator to reset two-step verification.")
		check(t, "forms", gone.Find("main form[action='/second-factor']").Length(), 0)
		page.Submit("/second-factor", "recovery_code", codes[1]).WantRedirect("/me")
	})
}

// TestOverviewCountsPasskeysOfAFormerHost, with a link to the accounts that have passkeys.
func TestOverviewCountsPasskeysOfAFormerHost(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		withPasskey(app, "ann")
		root := app.SignIn("root")
		fact := func() string {
			return root.Get("/").Want(200).Text("dt:contains('Passkeys of a former host only') + dd")
		}
		check(t, "at the same host", fact(), "")
		app.DB.Exec(t, "UPDATE factors SET rp_id = 'login.example'")
		check(t, "after it changed", fact(), "1")
		check(t, "listed", strings.Join(root.Get("/accounts?factor=passkey").Want(200).Texts("tbody tr th a"), ", "), "ann")
		check(t, "without one", root.Get("/accounts?factor=totp").Want(200).Find("tbody tr").Length(), 0)
	})
}
