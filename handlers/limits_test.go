package handlers_test

import (
	"bytes"
	"log/slog"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"strings"
	"testing"

	"latchkey/handlers"
	"latchkey/internal/testapp"
	"latchkey/internal/testdb"
	"latchkey/internal/testkit"
)

// limited lets so much fail a minute and address, which a header may say.
func limited(rate int) func(*testapp.AppOptions) {
	return func(o *testapp.AppOptions) {
		o.Settings.DeviceCookies = false // known browsers are not concerned
		o.Settings.SignInRate, o.TrustedProxies = rate, []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}
	}
}

// An address with too many failures must wait, on each of the three forms. Other addresses are not affected.
func TestRateLimitPerAddress(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		ann := app.SignIn("ann")
		guess := testapp.Form("name", "ann", "password", "wrong")
		app.Client().Post("/sign-in", guess).Want(422)
		ann.Post("/password", testapp.Form("current", "wrong", "password", testapp.Secret2, "confirmation", testapp.Secret2)).Want(422)
		app.Client().Post("/setup", testapp.Form("token", "guessed")).Want(404)
		app.Client().Post("/sign-in", testapp.Form()).Want(422)
		verified := app.Hashes.Verified()
		unchanged(t, app, "what was told to wait", func() {
			for _, path := range []string{"/sign-in", "/password", "/setup"} {
				page := ann.Post(path, guess).Want(429)
				check(t, "heading", page.Text("h1"), "Too many attempts")
				check(t, "to wait", page.Header.Get("Retry-After"), "30")
				hasNot(t, page, "wrong")
			}
			ann.Get("/me").Want(200)
			app.Client().Get("/sign-in").Want(200)
		})
		check(t, "passwords compared", app.Hashes.Verified(), verified)
		app.Client().Post("/sign-in", testapp.Form("name", "ann", "password", testapp.Secret), "X-Forwarded-For", "203.0.113.9").Want(303)
		app.Clock.Advance(30e9)
		app.Client().SignIn("ann", testapp.Secret).Want(303)
	}, limited(2))
}

// SuperAdmins act from their networks only, on every route; what a request says of its address counts only where a
// trusted hop says it.
func TestSuperAdminAddresses(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		office := []string{"X-Forwarded-For", "192.0.2.7"}
		root, ann := app.Client(), app.SignIn("ann")
		root.Post("/sign-in", testapp.Form("name", "root", "password", testapp.Secret), "X-Forwarded-For", "203.0.113.9").Want(422)
		root.Post("/sign-in", testapp.Form("name", "root", "password", testapp.Secret), office...).Want(303)
		root.Get("/", office...).Want(200)
		for _, elsewhere := range []string{"203.0.113.9", "garbage", "192.0.2.7, 203.0.113.9", "192.0.2.7:x", "192.0.2.7,", "203.0.113.9, fe80::1%eth0"} {
			root.Header.Set("X-Forwarded-For", elsewhere)
			ann.Header.Set("X-Forwarded-For", elsewhere)
			unchanged(t, app, "a SuperAdmin from "+strconv.Quote(elsewhere), func() {
				for _, route := range app.Routes {
					if group := groupOf(t, route); group == "anyone" {
						continue
					}
					got := answer(root, route, who.Ann.ID, testapp.Form("confirm", "ann"))
					if got.Has("main a") {
						t.Errorf("%s from %q links to a page that is 403 again", route, elsewhere)
					}
					if got.Status != 403 || route.Method != "HEAD" && !strings.Contains(got.Text("main"), "from certain networks only") || strings.Contains(got.Body, "root") {
						t.Errorf("%s from %q is answered %d: %s", route, elsewhere, got.Status, got.Summary())
					}
				}
				root.Get("/sign-in").Want(200)
			})
			ann.Get("/me").Want(200)
		}
		root.Header.Del("X-Forwarded-For")
		root.Get("/", office...).Want(200) // the session is as it was
	}, func(o *testapp.AppOptions) {
		o.TrustedProxies, o.Settings.SuperAdmins = prefixes("127.0.0.1/32"), prefixes("192.0.2.0/24", "127.0.0.0/8") // the proxy too
	})
}

// Outside the networks only machine endpoints answer.
func TestIPRestrictions(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		ann := app.Client()
		ann.Header.Set("X-Forwarded-For", "2001:db8:1::7")
		ann.SignIn("ann", testapp.Secret).Want(303)
		ann.Get("/me").Want(200)
		for _, elsewhere := range []string{"203.0.113.9", "garbage", "2001:db8:1::7, 203.0.113.9", "2001:db8:1::7,"} {
			ann.Header.Set("X-Forwarded-For", elsewhere)
			app.Clock.Advance(120e9) // so that a use would be noted
			unchanged(t, app, "somebody from "+strconv.Quote(elsewhere), func() {
				hasNot(t, ann.Get("/nothing").Want(404), "ann")
				for _, route := range app.Routes {
					got := answer(ann, route, who.Ann.ID, testapp.Form("name", "ann", "password", testapp.Secret))
					if strings.Contains(got.Body, "ann") {
						t.Errorf("%s from %q shows a name", route, elsewhere)
					}
					open := route.Path == "/healthz" || route.Path == "/readyz" || route.Path == "/static/:name" || route.Path == "/s/:token" || strings.HasPrefix(route.Path, "/.well-known/")
					if got.Status == 403 && got.Has("main a") {
						t.Errorf("%s from %q links to a page that is 403 again", route, elsewhere)
					}
					if open == (got.Status == 403) {
						t.Errorf("%s from %q is answered %d", route, elsewhere, got.Status)
					}
				}
			})
		}
	}, func(o *testapp.AppOptions) {
		o.TrustedProxies, o.Settings.Dashboard = prefixes("127.0.0.1/32"), prefixes("192.0.2.0/24", "2001:db8:1::/48", "127.0.0.0/8")
	})
}

// A private peer that forwards for others and is not trusted is reported once in the log and on a SuperAdmin's
// overview: behind it everybody counts as one address.
func TestUntrustedProxyIsReported(t *testing.T) {
	testkit.Parallel(t)
	for name, tc := range map[string]struct {
		trusted []netip.Prefix
		header  string
		told    bool
	}{
		"nobody trusted": {nil, "203.0.113.9", true}, "another trusted": {prefixes("10.0.0.0/8"), "203.0.113.9", true},
		"trusted": {prefixes("127.0.0.0/8"), "203.0.113.9", false}, "forwards nothing": {nil, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			app := testapp.NewApp(t, testdb.SQLite(t), func(o *testapp.AppOptions) {
				o.TrustedProxies, o.Log = tc.trusted, slog.New(slog.NewTextHandler(&log, nil))
			})
			app.Company()
			root, acme := app.SignIn("root"), app.SignIn("acme")
			for range 5 {
				app.Client().Get("/sign-in", "X-Forwarded-For", tc.header).Want(200)
			}
			const words = "Requests come through 127.0.0.1, whose X-Forwarded-For header is not trusted"
			check(t, "told on the overview", strings.Contains(root.Get("/").Text("main"), words), tc.told)
			check(t, "told to an organization", strings.Contains(acme.Get("/").Text("main"), words), false)
			times := map[bool]int{true: 1}[tc.told]
			check(t, "lines in the log", strings.Count(log.String(), "LATCHKEY_TRUSTED_PROXIES"), times)
			app.Clock.Advance(3600e9)
			app.Client().Get("/healthz", "X-Forwarded-For", tc.header).Want(200)
			check(t, "lines after an hour", strings.Count(log.String(), "LATCHKEY_TRUSTED_PROXIES"), 2*times)
			app.Clock.Advance(25 * 3600e9)
			check(t, "told a day later", strings.Contains(app.SignIn("root").Get("/").Text("main"), words), false)
		})
	}
}

// Only a proxy with most of the traffic is reported. A single client that sends X-Forwarded-For is not, however often.
func TestClientIsNotReportedAsProxy(t *testing.T) {
	testkit.Parallel(t)
	const proxy, client, colleague, visitor = "10.20.0.4", "192.168.1.66", "192.168.1.10", "203.0.113.5"
	type traffic struct {
		peer      string
		requests  int
		forwarded bool
	}
	for name, tc := range map[string]struct {
		came []traffic
		want string
	}{
		"all through the proxy":                  {[]traffic{{proxy, 100, true}}, proxy},
		"and health checks that go past it":      {[]traffic{{"/healthz", 500, false}, {proxy, 100, true}}, proxy},
		"and requests of the proxy itself":       {[]traffic{{proxy, 30, false}, {proxy, 100, true}}, proxy},
		"through two proxies":                    {[]traffic{{proxy, 100, true}, {"10.20.0.5", 90, true}, {colleague, 3, false}}, proxy},
		"few requests":                           {[]traffic{{proxy, 4, true}}, ""},
		"one client among others":                {[]traffic{{colleague, 100, false}, {client, 50, true}}, ""},
		"one client, loud, among few":            {[]traffic{{colleague, 5, false}, {client, 10_000, true}}, ""},
		"one client, loud, and one from outside": {[]traffic{{visitor, 5, false}, {client, 10_000, true}}, ""},
		"one address, mostly without the header": {[]traffic{{client, 100, false}, {client, 50, true}}, ""},
		"a client from outside":                  {[]traffic{{visitor, 100, true}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			app := testapp.NewApp(t, testdb.SQLite(t))
			app.Company()
			options := app.Pages
			options.Page.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelWarn}))
			site := handlers.New(options)
			for _, from := range tc.came {
				for range from.requests {
					path, peer := "/sign-in", from.peer
					if strings.HasPrefix(peer, "/") {
						path, peer = peer, "127.0.0.1"
					}
					request := httptest.NewRequest("HEAD", path, nil)
					request.Host, request.RemoteAddr = app.BaseURL.Host, peer+":4711"
					if from.forwarded {
						request.Header.Set("X-Forwarded-For", "198.51.100.7")
					}
					site.ServeHTTP(httptest.NewRecorder(), request)
				}
			}
			told := ""
			if _, after, found := strings.Cut(strings.TrimSpace(log.String()), "peer="); found {
				told = after
			}
			check(t, "told of in the log", told, tc.want)
		})
	}
}
