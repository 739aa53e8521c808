package handlers_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"latchkey/i18n"
	"latchkey/internal/testapp"
	"latchkey/internal/testdb"
	"latchkey/internal/testkit"
	"latchkey/models"
	"latchkey/views/samples"
)

// dev starts the program with the development pages.
func dev(t *testing.T) *testapp.App {
	t.Helper()
	return testapp.NewApp(t, testdb.SQLite(t), func(o *testapp.AppOptions) { o.Dev = true })
}

var devPaths = []string{
	"/dev", "/dev/", "/dev/pages", "/dev/pages/", "/dev/pages/sign-in", "/dev/mails", "/dev/mails/en-aom-accountBlacklisted-1",
	"/dev/mails/en-aom-accountBlacklisted-1/html", "/dev/pages?lang=en",
}

// In production the development pages do not exist.
func TestDevelopmentPagesDoNotExist(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, _ testapp.Company) {
		for _, route := range app.Routes {
			if strings.HasPrefix(route.Path, "/dev") {
				t.Errorf("%s is there", route)
			}
		}
		for _, browser := range []*testapp.Client{app.Client(), app.SignIn("ann"), app.SignIn("acme"), app.SignIn("root")} {
			for _, path := range devPaths {
				for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"} {
					want := browser.Do(browser.Request(method, "/nothing", nil))
					got := browser.Do(browser.Request(method, path, nil))
					if got.Status != 404 || bare(got) != bare(want) {
						t.Errorf("%s %s is answered %d %s, an unknown address %d", method, path, got.Status, got.Summary(), want.Status)
					}
				}
			}
		}
	})
}

func TestDevelopmentPagesAreForAnyone(t *testing.T) {
	testkit.Parallel(t)
	app := dev(t)
	app.Company()
	known := map[string]bool{}
	for _, route := range app.Routes {
		if strings.HasPrefix(route.Path, "/dev") {
			known[route.String()] = true
		} else {
			groupOf(t, route)
		}
	}
	for _, path := range []string{"/dev/pages", "/dev/pages/:name", "/dev/mails", "/dev/mails/:name", "/dev/mails/:name/html"} {
		if !known["GET "+path] || !known["HEAD "+path] {
			t.Errorf("%s is missing", path)
		}
	}
	check(t, "routes", len(known), 10)
	for name, browser := range visitors(app) {
		for _, path := range []string{"/dev/pages", "/dev/mails"} {
			check(t, path+" for "+name, browser().Get(path).Status, 200)
			check(t, path+" posted by "+name, browser().Post(path, nil).Status, 405)
		}
		for _, path := range []string{"/dev/pages/nothing", "/dev/mails/nothing", "/dev/mails/nothing/html"} {
			check(t, path+" for "+name, browser().Get(path).Status, 404)
		}
	}
}

// The samples share a program, which plays the demo once for them.
func TestSamples(t *testing.T) {
	testkit.Parallel(t)
	app := dev(t)
	for name, test := range map[string]func(*testing.T, *testapp.Client){
		"each renders": eachRenders, "in the requested language": inTheRequestedLanguage, "of every state": ofEveryState, "of errors": ofErrors,
	} {
		t.Run(name, func(t *testing.T) { test(t, app.Client()) })
	}
	t.Run("without a database", func(t *testing.T) { withoutDatabase(t, app) })
}

// eachRenders: every link of both lists leads to a sample. The client looks whether they are well-formed.
func eachRenders(t *testing.T, browser *testapp.Client) {
	t.Helper()
	for list, fewest := range map[string]int{"/dev/pages": 100, "/dev/mails": 6 * len(i18n.Locales)} {
		links := sampleLinks(browser.Get(list).Want(200))
		if len(links) < fewest {
			t.Errorf("%s has only %q", list, links)
		}
		for _, link := range links {
			page := browser.Get(link).Want(200)
			check(t, link, page.Header.Get("Content-Type"), "text/html; charset=UTF-8")
			wantHeaders(t, link, page, false)
			for _, frame := range page.Find("iframe").EachIter() {
				if strings.HasPrefix(frame.AttrOr("src", ""), "/dev/") { // else it is the real program's
					wantMailFrame(t, browser, link, frame)
				}
			}
		}
	}
}

// sampleLinks returns the links of a list of samples.
func sampleLinks(list *testapp.Reply) (links []string) {
	for _, link := range list.Find(".samples a").EachIter() {
		links = append(links, link.AttrOr("href", ""))
	}
	return links
}

// wantMailFrame looks into a mail's frame: nothing in it may run, and only this site may show it.
func wantMailFrame(t *testing.T, browser *testapp.Client, link string, frame *goquery.Selection) {
	t.Helper()
	if sandbox, ok := frame.Attr("sandbox"); !ok || sandbox != "" {
		t.Errorf("%s: the frame's sandbox is %q, %t", link, sandbox, ok)
	}
	html := browser.Get(frame.AttrOr("src", "")).Want(200)
	csp := html.Header.Get("Content-Security-Policy")
	if !strings.Contains(csp, "sandbox;") || !strings.Contains(csp, "frame-ancestors 'self'") || html.Header.Get("X-Frame-Options") != "SAMEORIGIN" {
		t.Errorf("%s: the frame's policy is %q", link, csp)
	}
	if !strings.HasPrefix(html.Body, "<p>aom-") && !strings.HasPrefix(html.Body, "<p>latchkey-") {
		t.Errorf("%s shows %q", link, html.Body)
	}
}

func inTheRequestedLanguage(t *testing.T, browser *testapp.Client) {
	t.Helper()
	for _, locale := range i18n.Locales {
		for _, tc := range []struct{ path, accept string }{
			{"/dev/pages/sign-in", locale}, {"/dev/pages/sign-in?lang=" + locale, "en"}, {"/dev/pages/sign-in?lang=" + locale, "de"}, {"/dev/pages?lang=" + locale, "tlh"},
		} {
			check(t, tc.path, browser.Get(tc.path, "Accept-Language", tc.accept).Want(200).Find("html").AttrOr("lang", ""), locale)
		}
		for _, list := range []string{"/dev/pages", "/dev/mails"} {
			for _, link := range sampleLinks(browser.Get(list + "?lang=" + locale)) {
				if !strings.HasSuffix(link, "?lang="+locale) {
					t.Errorf("%s forgets the language", link)
				}
			}
		}
	}
	check(t, "an unknown language", browser.Get("/dev/pages/sign-in?lang=tlh").Want(200).Find("html").AttrOr("lang", ""), i18n.Locales[0])
	mail := browser.Get("/dev/mails/en-aom-accountBlacklisted-2").Want(200)
	check(t, "subject", mail.Text(".mailbox h2 [lang]"), "over mail in en")
	check(t, "text", mail.Text("#mail-text"), "<plain>")
}

// ofEveryState: each state of an account is shown on an account's page, not only in a list.
func ofEveryState(t *testing.T, browser *testapp.Client) {
	t.Helper()
	var headings strings.Builder
	for _, sample := range samples.All() {
		if sample.Page == "Account" || sample.Page == "One mail" {
			for _, heading := range browser.Get("/dev/pages/" + sample.Slug).Want(200).Find(".heading .badge").EachIter() {
				headings.WriteString(heading.AttrOr("class", "") + "\n")
			}
		}
	}
	var marks []string
	for _, state := range models.States() {
		marks = append(marks, "is-"+string(state))
	}
	for _, state := range models.MailStates() {
		marks = append(marks, "is-mail-"+string(state))
	}
	for _, mark := range marks {
		if !strings.Contains(headings.String(), "badge "+mark+"\n") {
			t.Errorf("no page shows %s", mark)
		}
	}
}

// Every page that a route shows has a sample. The router itself says which route a request of a sample takes.
func TestEveryPageHasASample(t *testing.T) {
	testkit.Parallel(t)
	app := testapp.NewApp(t, testdb.SQLite(t))
	reached := map[string]bool{}
	for _, sample := range samples.All() {
		for _, request := range sample.Requests {
			path, _, _ := strings.Cut(request.URL, "?")
			for _, route := range app.Routes {
				pattern := "^" + regexp.MustCompile(`:[a-z]+`).ReplaceAllString(route.Path, "[^/]+") + "$"
				if route.Method == request.Method && regexp.MustCompile(pattern).MatchString(path) {
					reached[route.Path] = true
				}
			}
		}
	}
	noPages := []string{"/healthz", "/readyz", "/static/:name", "/.well-known/change-password", "/.well-known/security.txt", "/mail/:id/html", "/accounts/organizations"}
	for _, route := range app.Routes {
		if route.Method == "GET" && !reached[route.Path] && !slices.Contains(noPages, route.Path) {
			t.Errorf("%s has no sample", route.Path)
		}
	}
}

// withoutDatabase: samples have databases of their own, and work even if the program's is away, for every visitor.
func withoutDatabase(t *testing.T, app *testapp.App) {
	t.Helper()
	app.Company()
	root := app.SignIn("root")
	if err := app.DB.Close(); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/dev/pages", "/dev/pages/accounts", "/dev/pages/error-503", "/dev/mails", "/dev/mails/en-aom-accountBlacklisted-1", "/dev/mails/en-aom-accountBlacklisted-1/html"} {
		root.Get(path).Want(200)
	}
	check(t, "a page that needs it", root.Get("/accounts").Status, 500)
}

// ofErrors: every error page has a sample, which shows the real status.
func ofErrors(t *testing.T, browser *testapp.Client) {
	t.Helper()
	for _, status := range []string{"400", "401", "403", "404", "405", "413", "415", "422", "429", "500", "503"} {
		for _, path := range []string{"/dev/pages/error-" + status, "/dev/pages/error-" + status + "-signed-in"} {
			page := browser.Get(path).Want(200)
			if page.Text("main p") != status || page.Text("main h1 + p") == "" || page.Text("#request-id") == "" {
				t.Errorf("%s shows %q", path, page.Text("main"))
			}
		}
	}
}
