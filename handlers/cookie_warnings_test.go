package handlers_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"latchkey/handlers"
	"latchkey/internal/testapp"
	"latchkey/internal/testbrowser"
	"latchkey/internal/testdb"
	"latchkey/internal/testkit"
)

const overHTTP, noCookies = "This page was opened without encryption (http)", "Your browser does not store cookies from this site"

// A page that starts a session shows a warning if it was opened over http although the base URL is https: browsers would not send the
// session cookie.
func TestPageOpenedOverHTTPIsExplained(t *testing.T) {
	testkit.Parallel(t)
	app := testapp.NewApp(t, testdb.SQLite(t), func(o *testapp.AppOptions) { o.TrustedProxies = prefixes("10.0.0.1/32") })
	const secure, plain = "https://accounts.example.org", "http://accounts.example.org"
	for name, tc := range map[string]struct {
		base, peer string
		headers    []string
		said       bool
	}{
		"past the proxy":                         {secure, "192.168.1.7", nil, true},
		"by a proxy that says http":              {secure, "10.0.0.1", []string{"X-Forwarded-Proto", "http"}, true},
		"by a proxy that says https":             {secure, "10.0.0.1", []string{"X-Forwarded-Proto", "HTTPS"}, false},
		"by two proxies, the outer with TLS":     {secure, "10.0.0.1", []string{"X-Forwarded-Proto", "https, http"}, false},
		"by two proxies, the inner with TLS":     {secure, "10.0.0.1", []string{"X-Forwarded-Proto", "http,https"}, true},
		"by one that nobody trusts":              {secure, "10.0.0.2", []string{"X-Forwarded-Proto", "https"}, true},
		"by a proxy that says nothing":           {secure, "10.0.0.1", nil, true},
		"so, by a browser that knows it is safe": {secure, "10.0.0.1", []string{"Sec-Fetch-Site", "none", "Sec-Fetch-Mode", "navigate"}, false},
		"an http base URL":                       {plain, "192.168.1.7", nil, false},
	} {
		options := app.Pages
		options.Page.BaseURL = must[*url.URL](t)(url.Parse(tc.base))
		site := handlers.New(options)
		for _, step := range []struct{ method, path string }{{"GET", "/sign-in?next=%2Fme"}, {"POST", "/sign-in"}} {
			request := httptest.NewRequest(step.method, step.path, strings.NewReader("name=nobody&password=x"))
			request.Host, request.RemoteAddr = "accounts.example.org", tc.peer+":4711"
			request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			for i := 0; i+1 < len(tc.headers); i += 2 {
				request.Header.Set(tc.headers[i], tc.headers[i+1])
			}
			answer := httptest.NewRecorder()
			site.ServeHTTP(answer, request)
			said := strings.Contains(answer.Body.String(), overHTTP) && strings.Contains(answer.Body.String(), `href="`+secure+step.path+`"`)
			if said != tc.said {
				t.Errorf("%s, %s: said %t:\n%s", name, step.method, said, answer.Body)
			}
		}
	}
}

// A form of a page that was opened over http is refused, with a link to the page over https.
func TestFormSentFromHTTPIsRefused(t *testing.T) {
	testkit.Parallel(t)
	app := testapp.NewApp(t, testdb.SQLite(t))
	app.Company()
	options := app.Pages
	options.Page.BaseURL = must[*url.URL](t)(url.Parse("https://accounts.example.org"))
	request := httptest.NewRequest("POST", "/sign-in", strings.NewReader(testapp.Form("name", "root", "password", testapp.Secret).Encode()))
	request.Host = "accounts.example.org"
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Origin", "http://accounts.example.org")
	answer := httptest.NewRecorder()
	handlers.New(options).ServeHTTP(answer, request)
	check(t, "status", answer.Code, 403)
	if !strings.Contains(answer.Body.String(), `href="https://accounts.example.org"`) {
		t.Errorf("the page does not lead there:\n%s", answer.Body)
	}
}

// A browser that keeps no cookies gets a warning when it comes back from signing in without the session: at no other time, and not
// after a wrong password.
func TestMissingCookiesAreExplained(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, _ testapp.Company) {
		here := app.BaseURL.String()
		led := func(path string, headers ...string) *testapp.Reply {
			return app.Client().Get(path, headers...).Want(303).Follow().Want(200)
		}
		page := led("/accounts?state=expired", "Referer", here+"/sign-in?next=%2Faccounts")
		check(t, "shown", strings.Contains(page.Text("[role=alert]"), noCookies), true)
		check(t, "next page", page.Value("next"), "/accounts?state=expired")
		check(t, "shown after the set-up", strings.Contains(led("/", "Referer", here+"/setup?token=x").Text("main"), noCookies), true)
		for name, headers := range map[string][]string{
			"no page":          nil,
			"another page":     {"Referer", here + "/me"},
			"another site":     {"Referer", "https://evil.example/sign-in"},
			"a cookie is kept": {"Referer", here + "/sign-in", "Cookie", "latchkey=" + strings.Repeat("a", 43)},
			"odd":              {"Referer", ":%"},
		} {
			if page := led("/me", headers...); strings.Contains(page.Text("main"), noCookies) {
				t.Errorf("requests from %s get the warning about cookies", name)
			}
		}
		wrong := app.Client().Post("/sign-in", testapp.Form("name", "ann", "password", "wrong"), "Referer", here+"/sign-in").Want(422)
		check(t, "shown after a wrong password", strings.Contains(wrong.Text("main"), noCookies), false)
	})
}

// TestMissingCookiesAreExplainedInABrowser: Chromium sends the sign-in page as the Referer of its next request, but not when a link on
// that page is followed. The warning depends on both.
func TestMissingCookiesAreExplainedInABrowser(t *testing.T) {
	testkit.Parallel(t)
	app := testapp.NewApp(t, testdb.SQLite(t))
	app.Company()
	options := app.Pages
	var site http.Handler
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Header.Del("Cookie") // as a browser that keeps none
		site.ServeHTTP(w, r)
	}))
	defer server.Close()
	options.Page.BaseURL = must[*url.URL](t)(url.Parse(server.URL))
	site = handlers.New(options)
	page := testbrowser.Browser(t)
	page.Goto(server.URL + "/sign-in")
	page.Submit("a.brand")
	check(t, "shown after following a link", strings.Contains(page.Text("main"), noCookies), false)
	page.Fill("#name", "ann")
	page.Fill("#password", testapp.Secret)
	page.Submit("main button.primary")
	check(t, "shown after signing in", strings.Contains(page.Text("main"), noCookies), true)
	page.Submit("a.brand")
	check(t, "told upon a link after that", strings.Contains(page.Text("main"), noCookies), false)
}
