package handlers_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"latchkey/internal/testapp"
	"latchkey/internal/testbrowser"
	"latchkey/internal/testdb"
	"latchkey/models"
)

// elsewhere are ways to name another site as the target after a sign-in; here, all of them lead home.
func elsewhere(app *testapp.App) []string {
	return []string{
		"//evil.example", "///evil.example", "////evil.example", "//evil.example/me", "//evil.example@" + app.BaseURL.Host, "//" + app.BaseURL.Host + "@evil.example", "//", "//me",
		"/\\evil.example", "\\\\evil.example", "/\\/evil.example", "\\/evil.example", "/\\\\evil.example", "/me\\..\\\\evil.example", "//\\evil.example",
		"https://evil.example", "HTTPS://evil.example", "https:evil.example", "https:/evil.example", "https:///evil.example", "http:\\\\evil.example", "ftp://evil.example",
		"http://" + app.BaseURL.Host + "@evil.example/", "http://evil.example#@" + app.BaseURL.Host, app.BaseURL.String() + "/me", "http:/me", "http:me",
		"javascript:alert(1)", "JavaScript:alert(1)", "java\tscript:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd", "mailto:x@evil.example", "blob:x", "about:blank",
		"evil.example", "me", "./me", "../me", ".//evil.example", "?x", "#x", "@evil.example", ":80", "*",
		" /me", "\t/me", "\n/me", "\x0b/me", "\u00a0/me", "\ufeff/me", " //evil.example", "\t//evil.example",
		"/\t/evil.example", "/\n/evil.example", "/\r/evil.example", "\t/\t/evil.example", "/\r\nLocation: https://evil.example", "/\r\n\r\n<script>alert(1)</script>", "/me\r\nSet-Cookie: a=b",
		"/%2f/evil.example", "/%2Fevil.example", "//%65vil.example", "/%2f%2fevil.example", "%2f%2fevil.example", "/%5c%2fevil.example%zz", "/%zz", "/%",
		"/sign-in", "/sign-in?next=//evil.example", "/sign-in#x", "/setup", "/setup?token=x",
	}
}

// within lead to pages of this site, or to none, however odd they look.
var within = []string{
	"/%5cevil.example", "/%5c%5cevil.example", "/.//evil.example", "/..//evil.example", "/./\u002f/evil.example", "/;//evil.example", "/me/..//evil.example", "/me//evil.example", "/%2e%2e//evil.example",
	"/%09/evil.example", "/%0d%0aLocation:%20https://evil.example", "/\u2028", "/\u3000/evil.example", "/？//evil.example", "/。/evil.example", "/@evil.example", "/:80", "/me?next=//evil.example", "/me#//evil.example",
}

// TestOpenRedirect: whatever target a link to the sign-in form has, the sign-in redirects to this site. The test parses the
// address like a browser.
func TestOpenRedirect(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, _ testapp.Company) {
		var led []string
		for _, next := range slices.Concat(elsewhere(app), within) {
			page := app.Client().Get("/sign-in?" + url.Values{"next": {next}}.Encode()).Want(200)
			led = append(led, page.Value("next"))
			reply := page.Submit("/sign-in", "name", "root", "password", testapp.Secret, "next", next).Want(303)
			if to := reply.Header.Get("Location"); to != "/" && !slices.Contains(within, next) {
				t.Errorf("%q leads to %q, want /", next, to)
			}
			led = append(led, reply.Header.Get("Location"))
			if len(reply.Header.Values("Location")) != 1 || len(reply.Header.Values("Set-Cookie")) != 2 || reply.Has("script") {
				t.Errorf("%q wrote headers or a page of its own: %v", next, reply.Header["Set-Cookie"])
			}
		}
		for _, path := range []string{"//evil.example", "//evil.example/%2f..", "///evil.example/", "/\\evil.example", "/%5cevil.example", "//evil.example/me", "/.//evil.example"} {
			led = append(led, app.Client().Get(path).Header.Get("Location"))
		}
		staysHere(t, app, led)
	})
}

// staysHere fails the test where an address leads to another site, by the rules of Go or of a browser.
func staysHere(t *testing.T, app *testapp.App, addresses []string) {
	t.Helper()
	for _, address := range addresses {
		to, err := url.Parse(address)
		if err != nil || app.BaseURL.ResolveReference(to).Host != app.BaseURL.Host || strings.HasPrefix(address, "//") {
			t.Errorf("%q leads elsewhere", address)
		}
	}
	list := must[[]byte](t)(json.Marshal(addresses))
	page := testbrowser.Browser(t)
	page.Goto(app.BaseURL.String() + "/sign-in")
	for i, origin := range testbrowser.Eval[[]string](page, fmt.Sprintf(`%s.map(address => new URL(address, location.href).origin)`, list)) {
		if origin != app.BaseURL.String() {
			t.Errorf("%q leads a browser to %s", addresses[i], origin)
		}
	}
}

// The same applies after a required password change.
func TestOpenRedirectAfterTheReset(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, _ testapp.Company) {
		for i, next := range []string{"//evil.example", "/\\evil.example", "https://evil.example", "/\t/evil.example", "/%2f/evil.example", "/me?x=1"} {
			name := fmt.Sprintf("new%d", i)
			app.Seed(models.Customer, name, testapp.OneTime)
			browser := app.Client()
			page := browser.Post("/sign-in", testapp.Form("name", name, "password", testapp.Secret, "next", next)).WantRedirect("/password").Follow().Want(200)
			page.Submit("/password", "password", testapp.Secret2, "confirmation", testapp.Secret2).WantRedirect(map[bool]string{true: next, false: "/me"}[next == "/me?x=1"])
		}
	})
}

func TestSignInReturnsToRequestedPage(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, _ testapp.Company) {
		browser := app.Client()
		form := browser.Get("/accounts?state=expired&q=a+b").Want(303).Follow().Want(200)
		again := form.Submit("/sign-in", "name", "root", "password", "wrong").Want(422)
		again.Submit("/sign-in", "name", "root", "password", testapp.Secret).WantRedirect("/accounts?state=expired&q=a+b")
		for _, next := range []string{"/me", "/accounts?q=%2F%2Fevil.example", "/audit?action=signed-in", "/mail/00000000-0000-7000-8000-000000000001"} {
			app.Client().Get("/sign-in?"+url.Values{"next": {next}}.Encode()).
				Submit("/sign-in", "name", "root", "password", testapp.Secret).WantRedirect(next)
		}
	})
}

// TestSignInReturnsToAllowedPagesOnly: whatever page was requested, the sign-in leads to a page that the account may open, or to
// its start page.
func TestSignInReturnsToAllowedPagesOnly(t *testing.T) {
	app := testapp.NewApp(t, testdb.SQLite(t))
	who := app.Company()
	for _, name := range []string{"root", "acme", "ann"} {
		for _, route := range app.Routes {
			if route.Method != http.MethodGet {
				continue
			}
			next := strings.NewReplacer(":id", who.Ann.ID, ":number", "1", ":name", "x").Replace(route.Path)
			browser := app.Client()
			to := browser.Post("/sign-in", testapp.Form("name", name, "password", testapp.Secret, "next", next)).Want(303).Header.Get("Location")
			if page := browser.Get(to); page.Status == http.StatusForbidden || page.Status == http.StatusMethodNotAllowed {
				t.Errorf("%s is led from %s to %s: %d", name, next, to, page.Status)
			}
		}
	}
	acme := testapp.Form("name", "acme", "password", testapp.Secret)
	for next, want := range map[string]string{
		"/policy/preview": "/", "/policy/versions/1": "/", "/policy": "/policy", "/mail": "/", "/mail/templates": "/", "/audit?action=edited": "/audit?action=edited",
		"/accounts/" + who.Ann.ID + "/move": "/", "/nothing": "/", "/healthz": "/",
	} {
		acme.Set("next", next)
		app.Client().Post("/sign-in", acme).WantRedirect(want)
	}
}
