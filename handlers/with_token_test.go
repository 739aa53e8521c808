package handlers_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"latchkey/accounts/core"
	"latchkey/handlers"
	"latchkey/handlers/page"
	"latchkey/internal/testapp"
	"latchkey/internal/testdb"
	"latchkey/internal/testkit"
)

// tokenRoutes adds routes with tokens of their own: a page, a form, and what fails in each way.
func tokenRoutes(o *testapp.AppOptions) {
	o.Extend = func(site *handlers.App) {
		answers := map[string]func(echo.Context) error{
			"page":   func(c echo.Context) error { return c.String(http.StatusOK, fmt.Sprint(page.Visitor(c) != nil)) },
			"wrong":  func(echo.Context) error { return core.ErrLink },
			"broken": func(echo.Context) error { return errors.New("it broke") },
			"panics": func(echo.Context) error { panic("out of order") },
		}
		for name, do := range answers {
			site.Add(page.Get("/t/"+name+"/:token", page.WithToken, do), page.Post("/t/"+name+"/:token", page.WithToken, do))
		}
		site.Add(page.Get("/t/open/:token", page.WithToken, answers["page"]).FromAnywhere())
	}
}

// TestTokenOfAPathIsNeverLogged asks for links with a token in every way, at the most talkative level.
func TestTokenOfAPathIsNeverLogged(t *testing.T) {
	testkit.Parallel(t)
	var log bytes.Buffer
	app := testapp.NewApp(t, testdb.SQLite(t), tokenRoutes, func(o *testapp.AppOptions) {
		o.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug - 10}))
	})
	app.Company()
	token, _ := core.New(nil, app.Clock.Now, nil, nil, core.Rules{}).Token()
	for _, browser := range []*testapp.Client{app.Client(), app.SignIn("ann")} {
		for _, path := range []string{
			"/t/page/" + token, "/t/wrong/" + token, "/t/broken/" + token, "/t/panics/" + token, "/t/page/" + token + "/", "/t/page/x" + token + ".",
			"/t/page/" + token + "/" + token, "/T/page/" + token, "//t/page/" + token, "/" + token, "/t/" + token, "/t/page/" + token + "?a=" + token,
		} {
			for _, method := range []string{"GET", "HEAD", "POST", "PUT", "OPTIONS"} {
				reply := browser.Do(browser.Request(method, path, nil))
				check(t, method+" "+path+": noindex", reply.Header.Get("X-Robots-Tag"), "noindex")
				check(t, method+" "+path+": referrer", reply.Header.Get("Referrer-Policy"), "strict-origin")
				check(t, method+" "+path+": cache", reply.Header.Get("Cache-Control"), "no-store")
			}
		}
		for _, path := range []string{"/", "/sign-in", "/nothing", "/sign-in?next=/t/page/" + token} {
			browser.Get(path, "Referer", app.BaseURL.String()+"/t/page/"+token)
		}
	}
	if strings.Contains(log.String(), token[:len(token)-4]) {
		t.Errorf("logged:\n%s", log.String())
	}
	for _, want := range []string{"path=/t/page/:token", "path=/t/broken/:token", "msg=panic", "path=/T/page/…"} {
		check(t, want+" was logged", strings.Contains(log.String(), want), true)
	}
}

// A route with a token uses no session, and its link opens nothing outside the networks of the dashboard unless it says so.
func TestRoutesWithATokenUseNoSession(t *testing.T) {
	testkit.Parallel(t)
	app := testapp.NewApp(t, testdb.SQLite(t), tokenRoutes)
	app.Company()
	check(t, "a visitor is known", app.SignIn("ann").Get("/t/page/x").Want(200).Body, "false")
	for name, browser := range map[string]*testapp.Client{"guest": app.Client(), "ann": app.SignIn("ann")} {
		reply := browser.Get("/t/wrong/x").Want(404)
		check(t, name+": title", reply.Text("h1"), "This link is not valid")
		check(t, name+": way on", reply.Text("main .actions"), "Sign in")
	}
	outside := testapp.NewApp(t, testdb.SQLite(t), tokenRoutes, func(o *testapp.AppOptions) {
		o.Settings.Dashboard = prefixes("192.0.2.0/24")
	})
	outside.Client().Get("/t/page/x").Want(403)
	outside.Client().Get("/t/open/x").Want(200)
}
