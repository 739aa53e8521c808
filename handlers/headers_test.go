package handlers_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"maps"
	"mime"
	"strconv"
	"strings"
	"testing"

	"latchkey/internal/testapp"
	"latchkey/internal/testdb"
	"latchkey/internal/testkit"
)

// Every answer to every client has the security headers: pages, forms, redirects, files and errors.
func TestHeaders(t *testing.T) {
	testkit.Parallel(t)
	for _, https := range []bool{false, true} {
		app := testapp.NewApp(t, testdb.SQLite(t), func(o *testapp.AppOptions) { o.HTTPS = https })
		who := app.Company()
		blacklist(app, "bob")
		in := ids(who.Ann.ID, app.Sweep()[0].ID)
		everybody, seen := visitors(app), map[int]bool{}
		for name, browser := range everybody {
			for what, got := range answersOf(t, browser, in) {
				wantHeaders(t, name+", "+what, got, https)
				seen[got.Status] = true
			}
			wantHeaders(t, "style sheet", browser().Get(app.Assets.URL("app.css")).Want(200), https)
		}
		for _, status := range []int{200, 303, 400, 401, 403, 404, 405, 413, 415, 422} {
			check(t, "an answer "+strconv.Itoa(status), seen[status], true)
		}
		wantHeadersWhileAway(t, app, everybody, https)
	}
}

// answersOf collects a visitor's answers from all routes, and an error page for each kind of mistake.
func answersOf(t *testing.T, browser func() *testapp.Client, in standIns) map[string]*testapp.Reply {
	t.Helper()
	all := map[string]*testapp.Reply{}
	for _, route := range browser().App.Routes {
		for _, path := range in.paths(t, route) {
			all[route.Method+" "+path] = ask(browser(), route, path, testapp.Form("kind", "customer", "password_mode", "x"))
		}
	}
	maps.Copy(all, mistakesOf(browser()))
	return all
}

func mistakesOf(browser *testapp.Client) map[string]*testapp.Reply {
	form := "application/x-www-form-urlencoded"
	return map[string]*testapp.Reply{
		"NUL": browser.Get("/accounts?q=%00"), "an unknown order": browser.Get("/accounts?sort=x"), "no page": browser.Get("/nothing"),
		"forged": browser.Post("/sign-out", nil, "Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"),
		"PUT":    browser.Do(browser.Request("PUT", "/me", nil)), "OPTIONS": browser.Do(browser.Request("OPTIONS", "/me", nil)),
		"too much":      browser.Do(browser.Request("POST", "/sign-in", strings.NewReader(strings.Repeat("a", 1<<20)), "Content-Type", form)),
		"JSON":          browser.Do(browser.Request("POST", "/sign-in", strings.NewReader("{}"), "Content-Type", "application/json")),
		"no page, JSON": browser.Get("/nothing", "Accept", "application/json"), "no file": browser.Get("/static/nothing.css"),
		"packed": browser.Get("/sign-in", "Accept-Encoding", "gzip"),
	}
}

// wantHeadersWhileAway asks for everything once more while there is no database.
func wantHeadersWhileAway(t *testing.T, app *testapp.App, everybody map[string]func() *testapp.Client, https bool) {
	t.Helper()
	if err := app.DB.Close(); err != nil {
		t.Fatal(err)
	}
	for name, browser := range everybody {
		broken := 0
		for what, got := range answersOf(t, browser, ids(app.Accounts.NewID())) {
			wantHeaders(t, name+" without a database, "+what, got, https)
			if got.Status >= 500 {
				broken++
			}
		}
		check(t, name+" is told so", broken > 0 && (name == "guest" || broken > 20), true)
	}
}

func wantHeaders(t *testing.T, what string, got *testapp.Reply, https bool) {
	t.Helper()
	want := map[string]string{
		"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
		"Cache-Control": "no-store", "X-Frame-Options": "DENY", "Strict-Transport-Security": "", "Server": "", "X-Powered-By": "",
		"Access-Control-Allow-Origin": "",
	}
	if strings.Contains(what, "no page") || strings.Contains(what, "/:token") || strings.Contains(what, strings.Repeat("A", 43)) { // which may be links with a token
		want["Referrer-Policy"] = "strict-origin"
	}
	if https {
		want["Strict-Transport-Security"] = "max-age=31536000"
	}
	if what == "style sheet" {
		want["Cache-Control"] = "public, max-age=31536000, immutable"
	}
	csp := got.Header.Get("Content-Security-Policy")
	mail := got.Status == 200 && strings.HasSuffix(what, "/html") // which its page shows in a frame that can do nothing
	if mail {
		want["X-Frame-Options"] = "SAMEORIGIN"
		check(t, what+": policy", csp, "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'self'; form-action 'none'; base-uri 'none'")
	}
	for name, value := range want {
		check(t, what+": "+name, got.Header.Get(name), value)
	}
	if !mail {
		wantPolicy(t, what, csp)
	}
	wantContentType(t, what, got)
	if len(got.Header.Get("X-Request-Id")) != 36 {
		t.Errorf("%s: request %q", what, got.Header.Get("X-Request-Id"))
	}
	if got.Cookie != nil && (!got.Cookie.HttpOnly || got.Cookie.Secure != https) {
		t.Errorf("%s: cookie %s", what, got.Cookie.Raw)
	}
}

// wantContentType wants a body to be named for what it is, and text to name its charset.
func wantContentType(t *testing.T, what string, got *testapp.Reply) {
	t.Helper()
	kind, parameters, err := mime.ParseMediaType(got.Header.Get("Content-Type"))
	switch {
	case got.Body == "":
		return
	case err != nil:
		t.Errorf("%s: type %q: %v", what, got.Header.Get("Content-Type"), err)
	case got.Header.Get("Content-Encoding") != "", strings.HasPrefix(strings.ToLower(got.Body), "<!doctype html"):
		check(t, what+": type", kind, "text/html")
	case json.Valid([]byte(got.Body)):
		check(t, what+": type", kind, "application/json")
	case what == "style sheet":
		check(t, what+": type", kind, "text/css")
	default:
		check(t, what+": type", kind, "text/plain")
	}
	if strings.HasPrefix(kind, "text/") {
		check(t, what+": charset", strings.ToLower(parameters["charset"]), "utf-8")
	}
}

func wantPolicy(t *testing.T, what, csp string) {
	t.Helper()
	for _, part := range []string{"default-src 'none';", "form-action 'self';", "frame-ancestors 'none';", "base-uri 'none'", "require-trusted-types-for 'script'"} {
		if !strings.Contains(csp, part) {
			t.Errorf("%s: the policy %q lacks %s", what, csp, part)
		}
	}
	if strings.Contains(csp, "unsafe") || strings.Contains(csp, "*") {
		t.Errorf("%s: policy %q", what, csp)
	}
}

// Internal errors are not shown. They are in the log with the request id of the page.
func TestInternalErrorsRevealNothing(t *testing.T) {
	testkit.Parallel(t)
	var log bytes.Buffer
	app := testapp.NewApp(t, testdb.SQLite(t), func(o *testapp.AppOptions) {
		o.Log = slog.New(slog.NewTextHandler(&log, nil))
		o.Ready = func(context.Context) error { panic("canary in a panic") }
	})
	page := app.Client().Get("/readyz").Want(500)
	check(t, "heading", page.Text("h1"), "Something went wrong")
	hasNot(t, page, "canary", "goroutine", ".go:")
	wantHeaders(t, "500", page, false)
	id := page.Header.Get("X-Request-Id")
	if !strings.Contains(page.Text("main"), id) || !strings.Contains(log.String(), "canary") || !strings.Contains(log.String(), id) {
		t.Errorf("the page %q and the log do not meet in request %s", page.Text("main"), id)
	}
}
