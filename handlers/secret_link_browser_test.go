package handlers_test

import (
	"strings"
	"testing"

	"latchkey/internal/testapp"
	"latchkey/internal/testbrowser"
	"latchkey/models"
)

// TestHandOverInABrowser: an operator hands over a password by a secret link with a passphrase, the person reads it and signs in, and the
// operator sees the receipt. Then the same as a letter, of which only the letter is printed.
func TestHandOverInABrowser(t *testing.T) {
	onBoth(t, func(t *testing.T, app *testapp.App) {
		app.Seed(models.SuperAdmin, "root")
		ada := app.Seed(models.Customer, "ada")
		browser, person := testbrowser.Browser(t), testbrowser.Browser(t)
		visible := func(page *testbrowser.Page, selector string) bool {
			t.Helper()
			return testbrowser.Eval[bool](page, `document.querySelector("`+selector+`").checkVisibility()`)
		}
		resets := func(how string) {
			t.Helper()
			browser.Goto(app.BaseURL.String() + "/accounts/" + ada.ID + "#issue")
			check(t, "fields of a link", visible(browser, "#issue [name=reads]"), false)
			browser.Fill("#issue [name=hand_over]", how)
			check(t, "fields of a link", visible(browser, "#issue [name=reads]"), true)
		}
		browser.Goto(app.BaseURL.String() + "/sign-in")
		browser.Fill("[name=name]", "root")
		browser.Fill("[name=password]", testapp.Secret)
		browser.Enter()
		resets("secret-link")
		browser.Fill("#issue [name=passphrase]", "Seven kettles")
		browser.Submit("#issue .tools button.primary")
		link := browser.Text("#secret-link")
		if problems := browser.Axe(); len(problems) > 0 {
			t.Error(problems)
		}
		browser.Click("#saved")

		person.Goto(link)
		person.Fill("[name=passphrase]", "Six kettles")
		person.Enter()
		check(t, "wrong", person.Text("#passphrase-error"), "Wrong passphrase. Tries left: 4.")
		person.Fill("[name=passphrase]", "Seven kettles")
		person.Enter()
		secret := person.Text("#secret")
		if problems := person.Axe(); len(problems) > 0 {
			t.Error(problems)
		}
		person.Click(`[data-copy=secret]`)
		person.Submit("main a.button.primary")
		person.Fill("[name=name]", "ada")
		person.Fill("[name=password]", secret)
		person.Enter()
		check(t, "page", strings.TrimPrefix(person.URL(), app.BaseURL.String()), "/password")

		browser.Goto(app.BaseURL.String() + "/secret-links")
		check(t, "receipt", strings.Contains(browser.Text("tr[data-reads-left='0']"), "127.0.0.1"), true)
		if problems := browser.Axe(); len(problems) > 0 {
			t.Error(problems)
		}

		resets("sheet")
		browser.Submit("#issue .tools button.primary")
		if problems := browser.Axe(); len(problems) > 0 {
			t.Error(problems)
		}
		testbrowser.Eval[any](browser, `window.print = () => { document.title = "printed" }; null`)
		browser.Click("[data-print]")
		check(t, "printed", testbrowser.Eval[string](browser, "document.title"), "printed")
		person.Goto(browser.Text("#secret-link"))
		person.Submit("main button.primary")
		check(t, "read", person.Text("#secret") != "", true)

		browser.Click("#saved")
		resets("secret-link")
		browser.Submit("#issue .tools button.primary")
		person.Goto(browser.Text("#secret-link"))
		browser.Click("#saved")
		browser.Goto(app.BaseURL.String() + "/secret-links")
		browser.Submit("[action$='/revoke'] button")
		check(t, "revoked", strings.Contains(browser.Text("main"), "Revoked"), true)
		person.Submit("main button.primary")
		check(t, "dead", person.Text("h1"), "This link is not valid")
	})
}
