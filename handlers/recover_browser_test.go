package handlers_test

import (
	"strings"
	"testing"
	"time"

	"latchkey/internal/testapp"
	"latchkey/internal/testbrowser"
	"latchkey/models"
)

// TestForgottenPasswordInABrowser: a person with an app who has forgotten the password uses a recovery code and the app, chooses a new
// password, and is asked for both before the app is removed. After that a recovery code alone is enough.
func TestForgottenPasswordInABrowser(t *testing.T) {
	onBoth(t, func(t *testing.T, app *testapp.App) {
		app.Seed(models.SuperAdmin, "root")
		secret, codes := app.Factor(app.Seed(models.Customer, "ada"))
		browser := testbrowser.Browser(t)
		at := func(path string) {
			t.Helper()
			check(t, "address", strings.TrimPrefix(browser.URL(), app.BaseURL.String()), path)
		}
		says := func(text string) {
			t.Helper()
			if !strings.Contains(browser.Text("main"), text) {
				t.Errorf("the page does not say %q but\n%s", text, browser.Text("main"))
			}
		}
		choose := func(password string) {
			t.Helper()
			at("/password")
			says("You used a recovery code.")
			browser.Fill("[name=password]", password)
			browser.Submit("main button.primary")
			at("/me")
		}
		recovers := func(code string) {
			t.Helper()
			browser.Goto(app.BaseURL.String() + "/sign-in")
			browser.Submit(`a[href="/recover"]`)
			browser.Fill("[name=name]", "ada")
			browser.Fill("[name=code]", code)
			browser.Enter()
		}
		recovers(codes[0])
		at("/second-factor")
		browser.Fill("[name=code]", app.Code(secret))
		browser.Enter()
		choose("Another-Horse-22")

		app.Clock.Advance(11 * time.Minute)
		browser.Goto(app.BaseURL.String() + "/me/security")
		browser.Click(`a[href="#remove-1"]`)
		browser.Submit("dialog[open] button.danger")
		at("/confirm-identity")
		says("Remove a second factor")
		if testbrowser.Eval[string](browser, "document.activeElement.id") != "password" {
			t.Error("the password field has no focus")
		}
		browser.Fill("[name=password]", "Another-Horse-22")
		browser.Fill("[name=code]", app.Code(secret))
		browser.Enter()
		at("/me/security")
		says("Confirmed. Nothing has been changed yet")
		browser.Click(`a[href="#remove-1"]`)
		browser.Submit("dialog[open] button.danger")
		says("Second factor removed.")

		browser.Submit(`form[action="/sign-out"] button`)
		recovers(codes[0])
		says("Wrong name or recovery code")
		recovers(codes[1])
		choose("Third-Horse-333")
		browser.Submit(`form[action="/sign-out"] button`)
		browser.Fill("[name=name]", "ada")
		browser.Fill("[name=password]", "Third-Horse-333")
		browser.Enter()
		at("/me")
		if problems := browser.Problems(); len(problems) > 0 {
			t.Errorf("the browser complains: %q", problems)
		}
	})
}
