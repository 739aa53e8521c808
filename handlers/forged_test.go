package handlers_test

import (
	"strings"
	"testing"

	"latchkey/internal/testkit"
)

// Another site's page can send whatever form it likes: nothing happens.
func TestForgedRequests(t *testing.T) {
	company(t, func(t *testing.T, app *testkit.App, who testkit.Company) {
		token := setupToken(t, app)
		blacklist(app, "bob")
		root := app.SignIn("root")
		form := testkit.Form("name", "ann", "password", testkit.Secret2, "confirmation", testkit.Secret2, "current", testkit.Secret, "kind", "customer",
			"email", "new@example.com", "password_mode", "typed", "confirm", "ann", "organization", who.Bond.ID, "locale", "en", "token", token)
		unchanged(t, app, "a forged request", func() {
			for _, route := range app.Routes {
				if route.Method != "POST" {
					continue
				}
				for _, headers := range [][]string{
					{"Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"},
					{"Sec-Fetch-Site", "same-site", "Origin", "http://other." + app.BaseURL.Host},
					{"Sec-Fetch-Site", "cross-site", "Origin", ""}, {"Sec-Fetch-Site", "same-site", "Origin", "null"},
					{"Sec-Fetch-Site", "", "Origin", "https://evil.example"}, {"Sec-Fetch-Site", "", "Origin", "null"},
					{"Sec-Fetch-Site", "", "Origin", app.BaseURL.String() + ".evil.example"}, {"Sec-Fetch-Site", "strange", "Origin", ""},
				} {
					page := root.Post(strings.ReplaceAll(route.Path, ":id", who.Ann.ID), form, headers...)
					if page.Status != 403 || page.Text("h1") != "This is not for you" || page.Cookie != nil {
						t.Errorf("%s with %q is answered %d, %s", route, headers, page.Status, page.Summary())
					}
				}
			}
		})
		check(t, "passwords compared", app.Hashes.Verified(), 11) // ten of bob's, one of root's
	})
}

// Looking changes nothing.
func TestNoGETChangesAnything(t *testing.T) {
	company(t, func(t *testing.T, app *testkit.App, who testkit.Company) {
		setupToken(t, app)
		blacklist(app, "bob")
		mail := app.Sweep()[0].ID
		for name, browser := range visitors(app) {
			browser()
			unchanged(t, app, "looking as "+name, func() {
				for _, route := range app.Routes {
					if route.Method == "POST" {
						continue
					}
					for _, id := range []string{who.Bob.ID, who.Ann.ID, mail} {
						path := strings.ReplaceAll(strings.ReplaceAll(route.Path, ":id", id), ":name", "x")
						const query = "?name=x&password=" + testkit.Secret + "&confirm=bob&kind=customer&email=a@example.com&token=x&locale=de&_method=POST"
						for _, address := range []string{path, path + query} {
							if got := browser().Do(browser().Request(route.Method, address, nil, "X-HTTP-Method-Override", "POST")); got.Status >= 500 {
								t.Errorf("%s %s is answered %d", route.Method, address, got.Status)
							}
						}
					}
				}
				for _, act := range acts() {
					browser().Get("/accounts/" + who.Ann.ID + "/" + act).Want(405)
				}
			})
		}
	})
}

func TestWrongMethodsAndUnknownAddresses(t *testing.T) {
	company(t, func(t *testing.T, app *testkit.App, who testkit.Company) {
		root := app.SignIn("root")
		unchanged(t, app, "a wrong method", func() {
			for _, path := range []string{"/", "/me", "/accounts", "/accounts/" + who.Ann.ID, "/mail", "/password", "/sign-in", "/policy", "/healthz"} {
				for _, method := range []string{"PUT", "PATCH", "DELETE"} {
					page := root.Do(root.Request(method, path, nil)).Want(405)
					check(t, method+" "+path, page.Text("h1"), "This cannot be done here")
					if !strings.Contains(page.Header.Get("Allow"), "GET") {
						t.Errorf("%s allows %q", path, page.Header.Get("Allow"))
					}
				}
			}
			for _, path := range []string{"/nothing", "/accounts/x", "/accounts/" + who.Ann.ID + "/nothing", "/ACCOUNTS", "/me/", "/dev/pages", "/debug/pprof/", "/setup"} {
				page := root.Get(path).Want(404)
				check(t, path, page.Text("h1"), "There is no such page")
				if page.Find("main a[href]").Length() == 0 || !strings.Contains(page.Text("main .hint"), page.Header.Get("X-Request-Id")) {
					t.Errorf("%s: no way on, or no request id: %s", path, page.Text("main"))
				}
			}
			root.Post("/policy", nil).Want(405)
		})
	})
}
