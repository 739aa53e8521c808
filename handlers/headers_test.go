package handlers_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"

	"latchkey/internal/testkit"
)

// Every answer has the headers that keep a browser from being used against its owner: pages, forms, files and errors.
func TestHeaders(t *testing.T) {
	for _, https := range []bool{false, true} {
		app := testkit.NewApp(t, testkit.SQLite(t), func(o *testkit.AppOptions) { o.HTTPS = https })
		who := app.Company()
		for name, browser := range visitors(app) {
			for _, route := range app.Routes {
				got := answer(browser(), route, who.Ann.ID, testkit.Form("kind", "customer", "password_mode", "x"))
				wantHeaders(t, name+", "+route.String(), got, https)
			}
		}
		root := app.SignIn("root")
		wantHeaders(t, "style sheet", root.Get(app.Assets.URL("app.css")), https)
		for what, got := range errorsOf(root) {
			wantHeaders(t, what, got, https)
		}
	}
}

// errorsOf are answers of every kind that something went wrong.
func errorsOf(root *testkit.Client) map[string]*testkit.Reply {
	form := "application/x-www-form-urlencoded"
	return map[string]*testkit.Reply{
		"400": root.Get("/accounts?q=%00").Want(400), "401": root.App.Client().Post("/sign-out", nil).Want(401),
		"403": root.Post("/sign-out", nil, "Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example").Want(403), "404": root.Get("/nothing").Want(404),
		"405": root.Do(root.Request("PUT", "/me", nil)).Want(405), "422": root.Get("/accounts?sort=x").Want(422),
		"413":       root.Do(root.Request("POST", "/sign-in", strings.NewReader(strings.Repeat("a", 1<<20)), "Content-Type", form)).Want(413),
		"415":       root.Do(root.Request("POST", "/sign-in", strings.NewReader("{}"), "Content-Type", "application/json")).Want(415),
		"404, JSON": root.Get("/nothing", "Accept", "application/json").Want(404),
	}
}

func wantHeaders(t *testing.T, what string, got *testkit.Reply, https bool) {
	t.Helper()
	want := map[string]string{
		"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin",
		"Cache-Control": "no-store", "X-Frame-Options": "DENY", "Strict-Transport-Security": "", "Server": "", "X-Powered-By": "",
		"Access-Control-Allow-Origin": "",
	}
	if https {
		want["Strict-Transport-Security"] = "max-age=31536000"
	}
	if what == "style sheet" {
		want["Cache-Control"] = "public, max-age=31536000, immutable"
	}
	for name, value := range want {
		check(t, what+": "+name, got.Header.Get(name), value)
	}
	csp := got.Header.Get("Content-Security-Policy")
	for _, part := range []string{"default-src 'none';", "form-action 'self';", "frame-ancestors 'none';", "base-uri 'none'"} {
		if !strings.Contains(csp, part) {
			t.Errorf("%s: the policy %q lacks %s", what, csp, part)
		}
	}
	if strings.Contains(csp, "unsafe") || strings.Contains(csp, "*") || len(got.Header.Get("X-Request-Id")) != 36 {
		t.Errorf("%s: policy %q, request %q", what, csp, got.Header.Get("X-Request-Id"))
	}
	if got.Cookie != nil && (!got.Cookie.HttpOnly || got.Cookie.Secure != https) {
		t.Errorf("%s: cookie %s", what, got.Cookie.Raw)
	}
}

// What went wrong inside stays inside, and is found in the log by the page's request id.
func TestInternalErrorsTellNothing(t *testing.T) {
	var log bytes.Buffer
	app := testkit.NewApp(t, testkit.SQLite(t), func(o *testkit.AppOptions) {
		o.Log = slog.New(slog.NewTextHandler(&log, nil))
		o.Ready = func(context.Context) error { panic("canary in a panic") }
	})
	page := app.Client().Get("/readyz").Want(500)
	check(t, "heading", page.Text("h1"), "Something went wrong here")
	hasNot(t, page, "canary", "goroutine", ".go:")
	wantHeaders(t, "500", page, false)
	id := page.Header.Get("X-Request-Id")
	if !strings.Contains(page.Text("main"), id) || !strings.Contains(log.String(), "canary") || !strings.Contains(log.String(), id) {
		t.Errorf("the page %q and the log do not meet in request %s", page.Text("main"), id)
	}
}

// Nothing secret comes into the log, whatever is done with it.
func TestSecretsStayOutOfTheLog(t *testing.T) {
	var log bytes.Buffer
	app := testkit.NewApp(t, testkit.SQLite(t), func(o *testkit.AppOptions) {
		o.Log = slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	token := setupToken(t, app)
	root := app.Client()
	root.Get("/setup?token="+token).Submit("/setup", "name", "root", "email", "root@example.com", "password", "Canary-one-1", "confirmation", "Canary-one-1").Want(303)
	generated := wantShownOnce(t, root.Get("/accounts/new").Submit("/accounts", "name", "new", "email", "new@example.com"))
	root.Get("/accounts/new").Submit("/accounts", "name", "n", "email", "x", "password_mode", "typed", "password", "Canary-two-2").Want(422)
	root.Get("/sign-in?password=Canary-three-3&token=Canary-four-4")
	app.Client().SignIn("root", "Canary-five-5").Want(422)
	browser := app.Client()
	browser.SignIn("new", generated).Follow().Submit("/password", "password", "Canary-six-6", "confirmation", "Canary-six-6").Want(303)
	if !strings.Contains(log.String(), `"path":"/setup"`) {
		t.Fatal("nothing was logged")
	}
	for _, secret := range []string{"Canary", token, generated, root.Session(), browser.Session()} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("%q stands in the log", secret)
		}
		for _, line := range app.DB.Dump(t) {
			if strings.Contains(line, secret) {
				t.Errorf("%q stands in the database: %s", secret, line)
			}
		}
	}
}
