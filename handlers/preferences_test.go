package handlers_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"latchkey/internal/testapp"
	"latchkey/internal/testbrowser"
	"latchkey/internal/testdb"
	"latchkey/internal/testkit"
)

// A guest's switches are cookies of this browser, which last a year and no script can read.
func TestSwitchesOfGuestsAreCookies(t *testing.T) {
	testkit.Parallel(t)
	for https, prefix := range map[bool]string{false: "", true: "__Host-"} {
		app := testapp.NewApp(t, testdb.SQLite(t), func(o *testapp.AppOptions) { o.HTTPS = https })
		for field, c := range map[string]struct{ name, value string }{"theme": {"latchkey-theme", "dark"}, "locale": {"latchkey-language", "de"}} {
			reply := app.Client().Post("/preferences", testapp.Form(field, c.value)).WantRedirect("/")
			cookies := (&http.Response{Header: reply.Header}).Cookies()
			if len(cookies) != 1 {
				t.Fatalf("%s: cookies %v", field, cookies)
			}
			got := cookies[0]
			if got.Name != prefix+c.name || got.Value != c.value || got.MaxAge != 365*24*3600 || !got.HttpOnly || got.Secure != https ||
				got.SameSite != http.SameSiteLaxMode || got.Path != "/" || got.Domain != "" {
				t.Errorf("%s, https %t: %+v", field, https, got)
			}
		}
	}
}

func TestThemeIsInThePageItself(t *testing.T) {
	each(t, func(t *testing.T, app *testapp.App) {
		browser := app.Client()
		for _, c := range []struct{ theme, attribute, scheme, colours string }{
			{"", "", "light dark", "#0b5c75 #7ccbe0"}, {"dark", "dark", "dark", "#7ccbe0"}, {"light", "light", "light", "#0b5c75"},
			{"system", "", "light dark", "#0b5c75 #7ccbe0"},
		} {
			if c.theme != "" {
				page := browser.Get("/sign-in?next=%2Faudit")
				page.Submit("/preferences", "theme", c.theme).WantRedirect("/sign-in?next=%2Faudit")
			}
			page := browser.Get("/sign-in").Want(200)
			check(t, c.theme+": attribute", page.Find("html").AttrOr("data-theme", ""), c.attribute)
			check(t, c.theme+": scheme", page.Find("meta[name=color-scheme]").AttrOr("content", ""), c.scheme)
			check(t, c.theme+": pressed", page.Find("button[name=theme][aria-pressed=true]").AttrOr("value", ""), strings.NewReplacer("light dark", "system").Replace(c.scheme))
			var colours []string
			page.Document().Find("meta[name=theme-color]").Each(func(_ int, meta *goquery.Selection) { colours = append(colours, meta.AttrOr("content", "")) })
			check(t, c.theme+": colours", strings.Join(colours, " "), c.colours)
		}
	})
}

// For guests the cookie comes before the browser's language. An account has its own, which the switch changes.
func TestLanguageSwitch(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		browser := app.Client()
		language := func(path string) string {
			return browser.Get(path, "Accept-Language", "en").Want(200).Find("html").AttrOr("lang", "")
		}
		check(t, "as the browser asks", language("/sign-in"), "en")
		browser.Get("/sign-in").Submit("/preferences", "locale", "de").WantRedirect("/sign-in")
		check(t, "chosen", language("/sign-in"), "de")
		browser.SignIn("ann", testapp.Secret).Want(303)
		check(t, "an account without a language", language("/me"), "de")
		browser.Get("/me").Submit("/preferences", "locale", "en").WantRedirect("/me")
		check(t, "an account with a language", language("/me"), "en")
		check(t, "of the account", browser.Get("/me").Find("select[name=locale] option[selected]").AttrOr("value", ""), "en")
		check(t, "of the account elsewhere", app.SignIn("ann").Get("/me", "Accept-Language", "de").Find("html").AttrOr("lang", ""), "en")
		unchanged(t, app, "the same language again", func() { browser.Get("/me").Submit("/preferences", "locale", "en").Want(303) })
		browser.Get("/me").Submit("/sign-out").Want(303)
		check(t, "after signing out", language("/sign-in"), "en")
	})
}

// Before a new password is chosen, the account cannot be changed, but its owner can read the page.
func TestLanguageSwitchBeforeANewPassword(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, _ testapp.Company) {
		app.Seed("superadmin", "boss", testapp.OneTime)
		boss := app.Client()
		boss.SignIn("boss", testapp.Secret).Want(303)
		unchanged(t, app, "the language of a pending session", func() {
			boss.Get("/password").Submit("/preferences", "locale", "de").WantRedirect("/password")
		})
		check(t, "language", boss.Get("/password", "Accept-Language", "en").Find("html").AttrOr("lang", ""), "de")
	})
}

func TestSwitchesLeadBackToThisSiteOnly(t *testing.T) {
	each(t, func(t *testing.T, app *testapp.App) {
		for next, to := range map[string]string{
			"/accounts?q=a%20b": "/accounts?q=a%20b", "/sign-in": "/sign-in", "/setup?token=x": "/setup?token=x",
			"": "/", "https://evil.example": "/", "//evil.example": "/", `/\evil.example`: "/", "/\t/evil.example": "/", "evil": "/", "javascript:alert(1)": "/",
		} {
			app.Client().Post("/preferences", testapp.Form("theme", "dark", "next", next)).WantRedirect(to)
		}
		for _, form := range [][]string{{"theme", "pink"}, {"theme", ""}, {"locale", "fr"}, {"locale", "../en"}} {
			reply := app.Client().Post("/preferences", testapp.Form(form...)).Want(400)
			check(t, strings.Join(form, "="), len(reply.Header["Set-Cookie"]), 0)
		}
		for _, cookie := range []string{"latchkey-theme=pink", "latchkey-theme=dark; latchkey-theme=light", "latchkey-language=fr", "latchkey-language=\"><script>"} {
			page := app.Client().Get("/sign-in", "Cookie", cookie, "Accept-Language", "en").Want(200)
			check(t, cookie, page.Find("html").AttrOr("data-theme", "")+page.Find("html").AttrOr("lang", ""), "en")
		}
	})
}

// Pages that answer a form cannot be opened again, so their switches lead to the form, or there are none: a password that is
// shown once would be lost.
func TestSwitchesLoseNoPassword(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		root := app.SignIn("root")
		path := "/accounts/" + who.Ann.ID
		issued := root.Get(path).Submit(path+"/password", "password_mode", "generated").Want(200)
		check(t, "on the page with the password", issued.Has(".switches"), false)
		refused := root.Get("/accounts/new").Submit("/accounts", "name", "ann").Want(422)
		check(t, "on a refused form", refused.Find(".switches [name=next]").AttrOr("value", ""), "/accounts/new?kind=customer")
		failed := app.Client().Post("/sign-in", testapp.Form("name", "ann", "password", "x", "next", "/audit")).Want(422)
		check(t, "on a refused sign-in", failed.Find(".switches [name=next]").AttrOr("value", ""), "/sign-in?next=%2Faudit")
	})
}

// A theme that the server did not keep is taken back: the next page would have another one.
func TestThemeThatIsNotKeptIsTakenBack(t *testing.T) {
	each(t, func(t *testing.T, app *testapp.App) {
		page := testbrowser.Browser(t)
		wantTheme := func(what, theme string) {
			t.Helper()
			check(t, what, testbrowser.Eval[string](page, `document.documentElement.dataset.theme`), theme)
			check(t, what+": pressed", testbrowser.Eval[string](page, `document.querySelector("[name=theme][aria-pressed=true]").value`), theme)
		}
		page.Scripts(false)
		page.Goto(app.BaseURL.String() + "/sign-in")
		page.Submit("[value=dark]")
		page.Scripts(true)
		for what, failure := range map[string]string{
			"refused":    `document.querySelector("[data-themes] [name=next]").name = "theme"`, // two values, of which the first is no theme
			"no network": `window.fetch = () => Promise.reject(new TypeError("no network"))`,
		} {
			page.Goto(app.BaseURL.String() + "/sign-in")
			wantTheme("before", "dark")
			testbrowser.Eval[bool](page, "("+failure+", true)")
			page.Click("[value=light]")
			page.WaitFor(`document.querySelector(".toast")?.textContent === "The theme could not be saved. Try again."`)
			wantTheme(what, "dark")
		}
		page.Goto(app.BaseURL.String() + "/sign-in")
		testbrowser.Eval[bool](page, `(window.fetch = ((send) => (...sent) => send(...sent).finally(() => { window.answered = true; }))(fetch), true)`)
		page.Click("[value=light]")
		page.WaitFor("window.answered")
		wantTheme("kept", "light")
		check(t, "message", testbrowser.Eval[bool](page, `document.querySelector(".toast") !== null`), false)
		page.Goto(app.BaseURL.String() + "/sign-in")
		wantTheme("next page", "light")
	})
}
