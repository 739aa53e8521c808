package handlers_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"latchkey/handlers"
	"latchkey/internal/testapp"
	"latchkey/internal/testdb"
	"latchkey/internal/testkit"
)

// The site answers under the host of its base URL and, while that is http on a loopback name, under all names of this machine
// with the port that it listens on. Under every other host it answers 421.
func TestUnknownHostIsMisdirected(t *testing.T) {
	testkit.Parallel(t)
	app := testapp.NewApp(t, testdb.SQLite(t))
	const public, ported, plain, local, local6, other = "https://accounts.example.org", "https://accounts.example.org:8443", "http://accounts.example.org",
		"http://localhost:8080", "http://[::1]:8080", "http://localhost:9000"
	for _, tc := range []struct {
		base           string
		known, unknown []string
	}{
		{public, []string{"accounts.example.org", "accounts.example.org:443", "ACCOUNTS.Example.ORG", "accounts.example.org.", "accounts.example.org.:443", "accounts.example.org:"}, []string{
			"", "evil.example", "accounts.example.org:80", "accounts.example.org:8080", "accounts.example.org:8443", "www.accounts.example.org", "example.org",
			"accounts.example.org.evil.example", "accounts.example.org..", "evil.example:443", "xaccounts.example.org", "localhost", "localhost:8080", "127.0.0.1:8080",
			"[::1]:8080", "127.0.0.1", "accounts.example.org:0443", "accounts.example.org:x", ":443", ":", ".", "[accounts.example.org]:443x",
			strings.Repeat("a", 10_000) + ".example.org",
		}},
		{ported, []string{"accounts.example.org:8443", "Accounts.example.org.:8443"}, []string{"accounts.example.org", "accounts.example.org:443", "accounts.example.org:8080", "localhost:8443"}},
		{plain, []string{"accounts.example.org", "accounts.example.org:80", "accounts.example.org:8080"}, []string{
			"accounts.example.org:443", "accounts.example.org:8081", "localhost:8080", "127.0.0.1:8080", "[::1]:8080",
		}},
		{local, []string{"localhost:8080", "LOCALHOST:8080", "localhost.:8080", "127.0.0.1:8080", "[::1]:8080", "[0:0:0:0:0:0:0:1]:8080"}, []string{
			"localhost", "127.0.0.1", "[::1]", "localhost:9000", "127.0.0.1:80", "127.0.0.2:8080", "0.0.0.0:8080", "[::]:8080", "192.168.1.5:8080", "evil.example:8080",
			"localhost.evil.example:8080", "evil.localhost:8080", "127.0.0.1.evil.example:8080", "2130706433:8080", "0x7f.1:8080",
		}},
		{local6, []string{"[::1]:8080", "localhost:8080", "127.0.0.1:8080"}, []string{"[::2]:8080", "[::1]:8081"}},
		{other, []string{"localhost:9000", "localhost:8080", "127.0.0.1:8080", "[::1]:8080"}, []string{"localhost", "evil.example:9000"}}, // a published port of a container
	} {
		options := app.Pages
		options.Page.BaseURL, options.Page.ListenPort = must[*url.URL](t)(url.Parse(tc.base)), "8080"
		site := handlers.New(options)
		for want, hosts := range map[int][]string{http.StatusOK: tc.known, http.StatusMisdirectedRequest: tc.unknown} {
			for _, host := range hosts {
				if got := askUnder(site, host, "GET", "/sign-in"); got.Code != want {
					t.Errorf("base URL %s, host %.60q: status %d, want %d", tc.base, host, got.Code, want)
				}
			}
		}
	}
}

// askUnder asks a site without a server under a host. Headers are names and values in turn.
func askUnder(site http.Handler, host, method, path string, headers ...string) *httptest.ResponseRecorder {
	request := httptest.NewRequest(method, path, nil)
	request.Host = host
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Add(headers[i], headers[i+1])
	}
	answer := httptest.NewRecorder()
	site.ServeHTTP(answer, request)
	return answer
}

// Under a foreign host every route answers 421 to every visitor, also if the database is unavailable, and shows nothing of the site
// except its base URL. Only health checks are answered, since they use the IP address.
func TestForeignHostChangesNothing(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		in := ids(who.Ann.ID)
		for name, browser := range visitors(app) {
			cookies := "latchkey=" + browser().Session() + "; latchkey-device=" + browser().Device()
			unchanged(t, app, name+" under a foreign host", func() {
				for _, route := range app.Routes {
					if route.Path == "/healthz" || route.Path == "/readyz" {
						continue
					}
					for _, path := range in.paths(t, route) {
						request := browser().Request(route.Method, path, nil, "Cookie", cookies, "Origin", app.BaseURL.String(),
							"X-Forwarded-Host", app.BaseURL.Host, "Forwarded", "host="+app.BaseURL.Host, "X-Forwarded-Server", app.BaseURL.Host)
						request.Host = "rebound.example"
						got := browser().Do(request)
						if got.Status != 421 || got.Cookie != nil || got.Header.Get("Location") != "" {
							t.Errorf("%s for %s: %d %v", route, name, got.Status, got.Header)
						}
						wantHeaders(t, route.String(), got, false)
						hasNot(t, got, name+"<", who.Ann.ID, "/static/")
					}
				}
			})
		}
		options := app.Pages
		options.Ready = func(context.Context) error { return errors.New("away") }
		site := handlers.New(options)
		check(t, "/healthz by address", askUnder(site, "10.1.2.3:8080", "GET", "/healthz").Code, 200)
		check(t, "/healthz without a host", askUnder(site, "", "HEAD", "/healthz").Code, 200)
		check(t, "/readyz by address", askUnder(site, "10.1.2.3:8080", "GET", "/readyz").Code, 503)
		check(t, "no page", askUnder(site, "rebound.example", "GET", "/healthz/more").Code, 421)
		check(t, "a method that no page takes", askUnder(site, "rebound.example", "DELETE", "/sign-in").Code, 421)
		if err := app.DB.Close(); err != nil {
			t.Fatal(err)
		}
		check(t, "without a database", askUnder(site, "rebound.example", "GET", "/sign-in", "Cookie", "latchkey="+strings.Repeat("a", 43)).Code, 421)
	}, func(o *testapp.AppOptions) { o.TrustedProxies = prefixes("127.0.0.1/32") })
}

// The page for an unknown host shows the base URL, the received host, and the line for the proxy.
func TestMisdirectedPage(t *testing.T) {
	testkit.Parallel(t)
	app := testapp.NewApp(t, testdb.SQLite(t))
	for base, line := range map[string]string{
		"https://accounts.example.org":      "proxy_set_header Host $host;",
		"https://accounts.example.org:8443": "proxy_set_header Host $host:8443;",
	} {
		options := app.Pages
		options.Page.BaseURL = must[*url.URL](t)(url.Parse(base))
		site := handlers.New(options)
		for _, language := range []string{"en", "de"} {
			got := askUnder(site, "127.0.0.1:8080", "GET", "/accounts", "Accept-Language", language)
			for _, want := range []string{`href="` + base + `"`, "<code>127.0.0.1:8080</code>", line, "ProxyPreserveHost On", `lang="` + language + `"`} {
				if !strings.Contains(got.Body.String(), want) {
					t.Errorf("the page has no %s:\n%s", want, got.Body)
				}
			}
			check(t, "HSTS for another host", got.Header().Get("Strict-Transport-Security"), "")
		}
		for host, want := range map[string]string{
			"<script>alert(1)</script>": "&lt;script&gt;alert(1)&lt;/script&gt;", "evil\u202e.example": `evil\u202e.example`, "a\x00b": `a\x00b`,
			strings.Repeat("x", 40_000): "<code>" + strings.Repeat("x", 255) + `\u2026</code>`,
		} {
			if got := askUnder(site, host, "GET", "/").Body.String(); !strings.Contains(got, want) || len(got) > 4000 {
				t.Errorf("%.50q is not shown as %.50q:\n%.4000s", host, want, got)
			}
		}
		var answer map[string]string
		if err := json.Unmarshal(askUnder(site, "evil.example", "POST", "/accounts", "Accept", "application/json").Body.Bytes(), &answer); err != nil {
			t.Fatal(err)
		}
		check(t, "as JSON", answer["error"], "Misdirected Request")
	}
}

// TestHostInRequestLine: an absolute request target takes precedence over the Host header (RFC 9112, section 3.2.2); HTTP/1.0
// requires neither.
func TestHostInRequestLine(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, _ testapp.Company) {
		base := app.BaseURL.Host
		for request, want := range map[string]int{
			"GET http://evil.example/sign-in HTTP/1.1\r\nHost: " + base:      421,
			"GET http://" + base + "/sign-in HTTP/1.1\r\nHost: evil.example": 200,
			"GET http://evil.example/healthz HTTP/1.1\r\nHost: evil.example": 200,
			"GET /sign-in HTTP/1.0": 421,
			"GET /healthz HTTP/1.0": 200,
			"GET /sign-in HTTP/1.1": 400, // net/http
			"GET /sign-in HTTP/1.1\r\nHost: " + base + "\r\nHost: evil.example":        400,
			"GET /sign-in HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: " + base: 421,
		} {
			check(t, request, raw(t, app, request+"\r\nConnection: close\r\n\r\n"), want)
		}
	})
}
