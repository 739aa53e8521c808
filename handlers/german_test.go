package handlers_test

import (
	"strings"
	"testing"
	"time"

	"latchkey/accounts"
	"latchkey/i18n"
	"latchkey/internal/testapp"
	"latchkey/internal/testdb"
	"latchkey/internal/testkit"
	"latchkey/models"
	"latchkey/password"
)

// german is a browser that asks for German. A message that has no German fails the test, see [testapp.NewApp].
type german struct{ *testapp.Client }

func inGerman(app *testapp.App) german {
	browser := app.Client()
	browser.Header.Set("Accept-Language", "de-AT, de;q=0.9, en;q=0.8")
	return german{browser}
}

func (g german) signIn(name string) german {
	g.App.Helper()
	g.SignIn(name, testapp.Secret).Want(303)
	return g
}

// page checks that an answer with a page is a German one.
func (g german) page(reply *testapp.Reply) *testapp.Reply {
	g.App.Helper()
	if reply.Has("main") && reply.Find("html").AttrOr("lang", "") != "de" {
		g.App.Errorf("a page in another language: %s", reply.Summary())
	}
	return reply
}

// posts sends a form and checks the problems on the page.
func (g german) posts(path, wants string, form ...string) {
	g.App.Helper()
	page := g.page(g.Post(path, testapp.Form(form...)))
	if !strings.Contains(page.Text("main"), wants) {
		g.App.Errorf("%s %v is answered %d without %q: %s", path, form, page.Status, wants, page.Text("main"))
	}
}

// everyState returns a company with an account in every state, and a mail in every state.
func everyState(t *testing.T) (*testapp.App, testapp.Company) {
	t.Helper()
	policies := password.Default()
	policies.Technical.MaxLoginAttempts, policies.Technical.BlockingTimeInMin, policies.Technical.AllowedRegex = 3, 0, ".*"
	app := testapp.NewApp(t, testdb.SQLite(t), func(o *testapp.AppOptions) { o.Policies, o.Help = policies, "4711" })
	app.Seed(models.Customer, "lapsed", testapp.OneTime)
	app.Seed(models.Customer, "expired")
	app.Clock.Advance(60 * 24 * time.Hour)
	app.Sweep()
	app.Clock.Advance(5 * 24 * time.Hour)
	app.Sweep()
	who := app.Company()
	for _, name := range []string{"blocked", "off", "gone"} {
		app.Seed(models.Customer, name, testapp.Of(who.Acme))
	}
	app.Seed(models.Customer, "waiting", testapp.OneTime, testapp.Of(who.Acme))
	app.Seed(models.Customer, "machine", testapp.Technical, testapp.Of(who.Acme))
	app.Seed(models.Organization, "foreman", testapp.OneTime)
	blacklist(app, "blocked")
	blacklist(app, "expired")
	app.Client().SignIn("machine", testapp.Secret).Want(422)
	states := models.MailStates()
	app.Settle(func(m *models.Mail) { m.State, states = states[0], append(states[1:], states[0]) })
	return app, who
}

// A visitor who prefers German gets German on every page of the site.
func TestEveryPageInGerman(t *testing.T) {
	testkit.Parallel(t)
	app, _ := everyState(t)
	root := inGerman(app).signIn("root")
	ids := append(idsOf(root.Get("/accounts")), idsOf(root.Get("/mail"))...)
	if text := root.page(root.Get("/policy")).Text(".warnings"); !strings.Contains(text, "Ein gesperrtes Konto bleibt gesperrt") {
		t.Errorf("the policy's warning: %q", text)
	}
	queries := []string{
		"", "?q=nobody", "?q=nobody&state=expired&kind=customer", "?expiring=1", "?expiring=7", "?expiring=x&state=x&kind=x&sort=x&after=x",
		"?state=x", "?action=x", "?kind=customer", "?kind=organization", "?kind=superadmin", "?kind=x", "?signed-out=1", "?no-cookies=1",
	}
	for _, browser := range []german{root, inGerman(app).signIn("acme"), inGerman(app).signIn("ann"), inGerman(app).signIn("foreman"), inGerman(app)} {
		for _, route := range app.Routes {
			for _, id := range append(ids, "nobody") {
				for _, query := range queries {
					path := strings.Replace(route.Path, ":id", id, 1)
					if route.Method == "GET" && (path == route.Path) == (id == "nobody") && (path == route.Path || query == "") {
						browser.page(browser.Get(path + query))
					}
				}
			}
		}
		browser.page(browser.Get("/nowhere"))
		browser.page(browser.Get("/sign-in?signed-out=1"))
		browser.page(browser.Post("/policy", nil))
		browser.page(browser.Post("/accounts/generate-password", testapp.Form("name", "\x00")))
		browser.page(browser.Post("/sign-out", testapp.Form("name", strings.Repeat("x", 70000))))
		browser.page(browser.Do(browser.Request("POST", "/sign-out", strings.NewReader("text"), "Content-Type", "text/plain")))
		browser.page(browser.Post("/sign-out", nil, "Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"))
	}
}

func idsOf(list *testapp.Reply) (ids []string) {
	for _, row := range list.Find("tr[data-id]").EachIter() {
		ids = append(ids, row.AttrOr("data-id", ""))
	}
	return ids
}

// Problems of forms and messages about changes are in German.
func TestEveryMessageInGerman(t *testing.T) {
	testkit.Parallel(t)
	app, who := everyState(t)
	guest, root := inGerman(app), inGerman(app).signIn("root")
	guest.posts("/sign-in", "Name oder Passwort ist nicht richtig", "name", "ann", "password", "wrong")
	guest.posts("/sign-in", "Geben Sie Ihren Kontonamen", "name", "", "password", "")
	guest.posts("/sign-in", "Steuerzeichen", "name", "ann", "password", "a\tb")
	guest.posts("/accounts", "Ihre Sitzung ist beendet")
	root.posts("/accounts", "höchstens 64 Zeichen", "kind", "customer", "name", strings.Repeat("x", 65), "email", "x", "organization", "x", "locale", "x")
	root.posts("/accounts", "mindestens 1 Großbuchstaben", "kind", "customer", "name", "ann", "email", "ann@example.com", "password_mode", "typed", "password", "aa")
	root.posts("/accounts", "darf den Kontonamen nicht", "kind", "superadmin", "name", "mia", "email", "mia@x.example", "technical", "true", "password_mode", "typed", "password", "Mia-mia-1!")
	for _, name := range []string{"", "a b", "a!", "ﬁ", "аa", "x@y.example"} {
		root.posts("/accounts", "Name", "kind", "customer", "name", name, "email", "ä@x.example", "password_mode", "generated")
	}
	for _, email := range []string{"", "a@-", strings.Repeat("a", 65) + "@x.example"} {
		root.posts("/accounts", "E-Mail-Adresse", "kind", "customer", "name", "mia", "email", email, "password_mode", "generated")
	}
	ann, own := "/accounts/"+who.Ann.ID, "/accounts/"+who.Root.ID
	root.posts(ann+"/delete", "so ein, wie er hier steht", "confirm", "bob")
	root.posts("/accounts/"+who.Bob.ID+"/unblock", "nicht mehr gesperrt")
	root.posts(ann+"/move", "Diese Organisation gibt es nicht", "organization", "x")
	root.posts(ann+"/edit", "Diese Sprache gibt es nicht", "email", "ann@example.com", "locale", "x")
	root.posts(ann+"/password", "Steuerzeichen", "password_mode", "typed", "password", "a\tb")
	root.posts(own+"/disable", "Das ist Ihr eigenes Konto")
	root.posts("/accounts/"+who.Acme.ID+"/delete", "hat noch Kunden", "confirm", "acme")
	root.posts("/accounts/"+models.DefaultOrganizationID+"/disable", "Default gibt es immer")
	root.posts("/password", "stimmen nicht überein", "current", testapp.Secret, "password", "Aa1!aaaa", "confirmation", "b")
	root.posts("/password", "aktuelle Passwort ist falsch", "current", "wrong", "password", testapp.Secret2, "confirmation", testapp.Secret2)
	root.posts("/password", "von den letzten 3 Passwörtern unterscheiden", "current", testapp.Secret, "password", testapp.Secret, "confirmation", testapp.Secret)
	root.posts("/password/suggest", "Passwort")
	root.posts("/me/edit", "Diese Sprache gibt es nicht", "locale", "x")
	for _, done := range []struct{ path, says string }{
		{ann + "/require-change", "Für das Konto muss"}, {ann + "/disable", "Das Konto ist deaktiviert"}, {ann + "/enable", "aktiviert"},
		{ann + "/end-sessions", "Alle Sitzungen des Kontos"}, {"/me/sessions/end-others", "Alle Ihre anderen Sitzungen"},
	} {
		page := root.page(root.Post(done.path, nil).Follow())
		check(t, done.path, strings.Contains(page.Text("[role=status]"), done.says), true)
	}
	reset := testapp.Form("password_mode", "generated", "one_time", "true", "submission", app.Accounts.NewID())
	check(t, "reset", root.page(root.Post(ann+"/password", reset).Want(200)).Text(".once .sub"), "Neues Passwort")
	app.Clock.Advance(accounts.AnswerLife)
	check(t, "reset again", root.page(root.Post(ann+"/password", reset).Want(200)).Text("h1"), "Schon erledigt")
}

// An account's own language wins over the browser's, at once and on the next page.
func TestAccountLanguageWins(t *testing.T) {
	testkit.Parallel(t)
	app := testapp.NewApp(t, testdb.SQLite(t))
	app.Company()
	lang := func(browser *testapp.Client) string {
		return browser.Get("/me").Want(200).Find("html").AttrOr("lang", "")
	}
	for header, want := range map[string]string{"": "en", "de-AT": "de", "fr, de;q=0.5": "de", "fr": "en", "en-GB, de": "en"} {
		browser := app.SignIn("ann")
		browser.Header.Set("Accept-Language", header)
		check(t, header, lang(browser), want)
	}
	for locale, other := range map[string]string{"de": "en", "en": "de"} {
		browser := app.SignIn("bob")
		browser.Header.Set("Accept-Language", other)
		browser.Get("/me").Submit("/me/edit", "locale", locale).WantRedirect("/me")
		check(t, locale, lang(browser), locale)
	}
	page := app.SignIn("root").Get("/accounts/new").Want(200)
	check(t, "no language", page.Text(`[name=locale] option[value=""]`), "Browser default")
	check(t, "languages", page.Find("[name=locale] option").Length(), 1+len(i18n.Locales))
}

// An account can have every available language.
func TestAccountsAcceptEveryLanguage(t *testing.T) {
	testkit.Parallel(t)
	app := testapp.NewApp(t, testdb.SQLite(t))
	who := app.Company()
	browser := app.SignIn("ann")
	for _, locale := range i18n.Locales {
		browser.Post("/me/edit", testapp.Form("locale", locale)).Want(303)
		check(t, "language", app.Account(who.Ann.ID).Locale, locale)
	}
}
