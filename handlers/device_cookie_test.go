package handlers_test

import (
	"net/http"
	"strings"
	"testing"

	"latchkey/internal/testapp"
	"latchkey/internal/testdb"
	"latchkey/internal/testkit"
	"latchkey/models"
)

// deviceCookie returns the one that an answer set; nil = none.
func deviceCookie(reply *testapp.Reply) *http.Cookie {
	for _, cookie := range (&http.Response{Header: reply.Header}).Cookies() {
		if strings.HasSuffix(cookie.Name, "latchkey-device") {
			return cookie
		}
	}
	return nil
}

// The device cookie is protected like the session cookie, and lasts a year.
func TestDeviceCookie(t *testing.T) {
	testkit.Parallel(t)
	for https, name := range map[bool]string{false: "latchkey-device", true: "__Host-latchkey-device"} {
		app := testapp.NewApp(t, testdb.SQLite(t), func(o *testapp.AppOptions) { o.HTTPS = https })
		app.Company()
		browser := app.Client()
		cookie := deviceCookie(browser.SignIn("ann", testapp.Secret).Want(303))
		if cookie == nil || cookie.Name != name || cookie.MaxAge != 365*24*3600 || !cookie.HttpOnly || cookie.Secure != https ||
			cookie.SameSite != http.SameSiteLaxMode || cookie.Path != "/" || cookie.Domain != "" || len(cookie.Value) != 43 {
			t.Errorf("https %t: %+v", https, cookie)
		}
		again := browser.Post("/sign-in", testapp.Form("name", "ann", "password", testapp.Secret)).Want(303)
		if kept := deviceCookie(again); kept == nil || kept.Value != cookie.Value {
			t.Errorf("a known browser was given %+v", kept)
		}
		if failed := app.Client().SignIn("ann", "wrong").Want(422); deviceCookie(failed) != nil {
			t.Error("a failed sign-in gave a token")
		}
	}
}

// A browser in which several people sign in is trusted for each of them; the cookie has a bounded length, and other content is
// ignored.
func TestDeviceCookieOfSeveralAccounts(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		browser := app.Client()
		var last *http.Cookie
		for _, name := range []string{"ann", "bob", "acme", "root", "c1", "c2", "c3", "c4", "c5", "c6", "c7"} {
			if strings.HasPrefix(name, "c") {
				app.Seed(models.Customer, name)
			}
			last = deviceCookie(browser.Post("/sign-in", testapp.Form("name", name, "password", testapp.Secret)).Want(303))
		}
		tokens := strings.Split(last.Value, ".")
		check(t, "tokens", len(tokens), 10)
		for cookie, strangers := range map[string]int{
			last.Name + "=" + last.Value:                              0, // bob's is among them
			last.Name + "=" + last.Value + "; " + last.Name + "=x":    1, // two: it is unknown which is ours
			last.Name + "=" + strings.Join(tokens[:8], "."):           1, // without bob's, the last but one of them
			last.Name + "=" + strings.Repeat("x.", 2000):              1,
			last.Name + "=" + strings.Join(tokens, "."+tokens[0][:9]): 1,
			last.Name + "=" + "....." + tokens[9] + "..":              0,
		} {
			app.Tamper(who.Bob.ID, func(a *models.Account) { a.FailedAttempts = 0 })
			app.Client().Post("/sign-in", testapp.Form("name", "bob", "password", "wrong"), "Cookie", cookie).Want(422)
			check(t, "strangers' failures with "+cookie, app.Account(who.Bob.ID).FailedAttempts, strangers)
		}
	})
}

// If unknown browsers have blocked an account, its owner can still sign in with a trusted browser. The account's page shows this.
func TestTrustedBrowserSignsInDuringBlock(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		owner := app.SignIn("ann")
		blacklist(app, "ann")
		app.Client().SignIn("ann", testapp.Secret).Want(422)
		owner.Get("/me").Submit("/sign-out").Want(303)
		owner.SignIn("ann", testapp.Secret).WantRedirect("/me")
		for range 10 {
			owner.Post("/sign-in", testapp.Form("name", "ann", "password", "wrong")).Want(422)
		}
		root, path := app.SignIn("root"), "/accounts/"+who.Ann.ID
		page := root.Get(path).Want(200)
		check(t, "state", page.Text(".heading .badge"), "Blocked")
		if facts := page.Text("main"); !strings.Contains(facts, "Trusted browsers1, no attempts left") {
			t.Errorf("the page says %s", facts)
		}
		if events := page.Text("main"); !strings.Contains(events, "Trusted browsers have no attempts left") || !strings.Contains(events, "Trusted browser · Wrong password") {
			t.Errorf("the line of time says %s", events)
		}
		root.Get(path).Submit(path + "/unblock").WantRedirect(path)
		if page := root.Get(path); page.Has(`form[action$="/unblock"]`) || strings.Contains(page.Text(".facts"), "no attempts left") {
			t.Error("there is still something to unblock")
		}
		owner.Post("/sign-in", testapp.Form("name", "ann", "password", testapp.Secret)).WantRedirect("/me")
	})
}
