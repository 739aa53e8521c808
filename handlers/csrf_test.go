package handlers_test

import (
	"net/url"
	"strings"
	"testing"

	"latchkey/internal/testapp"
)

// forgeries returns the headers of requests that another site's page sends.
func forgeries(app *testapp.App) [][]string {
	return [][]string{
		{"Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"}, {"Sec-Fetch-Site", "cross-site", "Origin", "null"},
		{"Sec-Fetch-Site", "same-site", "Origin", "http://other." + app.BaseURL.Host}, {"Sec-Fetch-Site", "same-site", "Origin", "null"},
		{"Sec-Fetch-Site", "cross-site", "Origin", ""}, {"Sec-Fetch-Site", "same-site", "Origin", ""},
		{"Sec-Fetch-Site", "", "Origin", "https://" + app.BaseURL.Host}, // the pages are served over http here
		{"Sec-Fetch-Site", "", "Origin", "https://evil.example"}, {"Sec-Fetch-Site", "", "Origin", "null"},
		{"Sec-Fetch-Site", "", "Origin", app.BaseURL.String() + ".evil.example"}, {"Sec-Fetch-Site", "strange", "Origin", ""},
	}
}

// A form from another site's page never changes anything, on any route.
func TestCSRFRejectsForgedRequests(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		blacklist(app, "bob")
		session := sessionOf(t, app.SignIn("ann"))
		root := app.SignIn("root")
		form := testapp.Form("name", "ann", "password", testapp.Secret2, "confirmation", testapp.Secret2, "current", testapp.Secret, "kind", "customer",
			"email", "new@example.com", "password_mode", "typed", "confirm", "ann", "organization", who.Bond.ID, "locale", "en", "token", "x")
		compared := app.Hashes.Verified()
		unchanged(t, app, "a forged request", func() {
			for _, route := range app.Routes {
				if changes(route) {
					forge(t, root, route, ids(who.Ann.ID).with(":session", session), form)
				}
			}
		})
		check(t, "passwords compared", app.Hashes.Verified()-compared, 0)
	})
}

func forge(t *testing.T, browser *testapp.Client, route testapp.Route, in standIns, form url.Values) {
	t.Helper()
	for _, path := range in.paths(t, route) {
		for _, headers := range forgeries(browser.App) {
			request := browser.Request(route.Method, path, strings.NewReader(form.Encode()), append(headers, "Content-Type", "application/x-www-form-urlencoded")...)
			page := browser.Do(request)
			if page.Status != 403 || page.Text("h1") != "You don't have access to this page" || page.Cookie != nil {
				t.Errorf("%s with %q is answered %d, %s", route, headers, page.Status, page.Summary())
			}
		}
	}
}

// The set-up is open to clients that have its address, but not to another site's page.
func TestCSRFProtectsSetUp(t *testing.T) {
	each(t, func(t *testing.T, app *testapp.App) {
		form := testapp.Form("token", setupToken(t, app), "name", "eve", "email", "eve@example.com", "password", testapp.Secret, "confirmation", testapp.Secret)
		unchanged(t, app, "a forged set-up", func() {
			forge(t, app.Client(), testapp.Route{Method: "POST", Path: "/setup"}, nil, form)
		})
		app.Client().Post("/setup", form).Want(303)
	})
}

// GET changes nothing, for any visitor and with any headers.
func TestNoGETChangesAnything(t *testing.T) {
	companyOnBoth(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		session := sessionOf(t, app.SignIn("bob"))
		blacklist(app, "bob")
		mail := app.Sweep()[0].ID
		for name, browser := range visitors(app) {
			browser()
			unchanged(t, app, "looking as "+name, func() {
				for _, route := range app.Routes {
					for _, path := range ids(who.Bob.ID, who.Ann.ID, mail).with(":session", session).paths(t, route) {
						look(t, browser(), "GET", path)
						look(t, browser(), "HEAD", path)
					}
				}
			})
		}
	})
}

// look asks for an address with all that a form could say, also for those that only take forms.
func look(t *testing.T, browser *testapp.Client, method, path string) {
	t.Helper()
	const query = "?name=x&password=" + testapp.Secret + "&confirm=bob&kind=customer&email=a@example.com&token=x&locale=de&_method=POST"
	for _, address := range []string{path, path + query} {
		got := browser.Do(browser.Request(method, address, nil, "X-HTTP-Method-Override", "POST"))
		if got.Status >= 500 {
			t.Errorf("%s %s is answered %d", method, address, got.Status)
		}
	}
}

// Routes that change something accept only forms.
func TestFormAddressesRejectGET(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		root, pages := app.SignIn("root"), map[string]bool{}
		for _, route := range app.Routes {
			pages[route.Path] = pages[route.Path] || !changes(route)
		}
		for _, route := range app.Routes {
			if page := root.Get(ids(who.Ann.ID).paths(t, route)[0]); !pages[route.Path] && page.Status != 405 && page.Status != 404 {
				t.Errorf("%s as a page is answered %d", route.Path, page.Status)
			}
		}
	})
}

func TestWrongMethodsAndUnknownAddresses(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		root := app.SignIn("root")
		unchanged(t, app, "a wrong method", func() {
			for _, path := range []string{"/", "/me", "/accounts", "/accounts/" + who.Ann.ID, "/mail", "/password", "/sign-in", "/policy", "/healthz"} {
				for _, method := range []string{"PUT", "PATCH", "DELETE"} {
					page := root.Do(root.Request(method, path, nil)).Want(405)
					check(t, method+" "+path, page.Text("h1"), "Not possible here")
					if !strings.Contains(page.Header.Get("Allow"), "GET") {
						t.Errorf("%s allows %q", path, page.Header.Get("Allow"))
					}
				}
			}
			for _, path := range []string{"/nothing", "/accounts/x", "/accounts/" + who.Ann.ID + "/nothing", "/ACCOUNTS", "/me/", "/dev/pages", "/debug/pprof/", "/setup"} {
				page := root.Get(path).Want(404)
				check(t, path, page.Text("h1"), "Page not found")
				if page.Find("main a[href]").Length() == 0 || !strings.Contains(page.Text("#request-id"), page.Header.Get("X-Request-Id")) {
					t.Errorf("%s: no way on, or no request id: %s", path, page.Text("main"))
				}
			}
			root.Post("/policy", nil).Want(405)
		})
	})
}
