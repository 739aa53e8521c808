package main

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"latchkey/i18n"
	"latchkey/internal/testkit"
	"latchkey/models"
)

// fetch requests a page without cookies.
func (p *program) fetch(path string) (status int, page *goquery.Document) {
	p.t.Helper()
	request, err := http.NewRequestWithContext(p.t.Context(), http.MethodGet, "http://127.0.0.1:"+p.port+path, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		p.t.Fatal(err)
	}
	defer response.Body.Close()
	if page, err = goquery.NewDocumentFromReader(response.Body); err != nil {
		p.t.Fatal(err)
	}
	return response.StatusCode, page
}

// The development pages show the mails that the program would send, in every language and state, and one of each with a brand.
func TestDevelopmentPages(t *testing.T) {
	testkit.Parallel(t)
	for _, args := range [][]string{{"--dev"}, {"demo", "--dev"}} {
		p := newProgram(t, models.SQLite, args...)
		p.env["LATCHKEY_HELP"] = "the desk on the second floor"
		p.start("127.0.0.1:0")
		if status, _ := p.fetch("/dev/pages/sign-in"); status != 200 {
			t.Errorf("%q: the sign-in page's sample is answered %d", args, status)
		}
		_, list := p.fetch("/dev/mails")
		links := list.Find(".samples a")
		if want := (47 + 12) * len(i18n.Locales); links.Length() != want {
			t.Errorf("%q: there are %d mails, want %d", args, links.Length(), want)
		}
		for _, link := range links.EachIter() {
			path := link.AttrOr("href", "")
			status, page := p.fetch(path)
			if text := page.Find("pre").Text(); status != 200 || page.Find(".mailbox h2").Text() == "" || !strings.Contains(text, "second floor") {
				t.Errorf("%q: %s is answered %d, %q", args, path, status, text)
			}
			if status, html := p.fetch(path + "/html"); status != 200 || html.Find("a").Length() == 0 {
				t.Errorf("%q: the HTML of %s is answered %d", args, path, status)
			}
		}
		p.stop()
	}
}

// Only the command line asks for them, and only that of a command that serves.
func TestDevelopmentPagesHaveNoSetting(t *testing.T) {
	testkit.Parallel(t)
	p := newProgram(t, models.SQLite)
	p.env["LATCHKEY_DEV"], p.env["DEV"] = "true", "true"
	p.start("127.0.0.1:0")
	for _, path := range []string{"/dev/pages", "/dev/mails"} {
		if status, _ := p.fetch(path); status != 404 {
			t.Errorf("%s is answered %d", path, status)
		}
	}
	p.refuses("unknown flag: --dev", "", "migrate", "--dev")
}

var warning = regexp.MustCompile(`level=WARN msg="the development pages are open to everybody" address=(http://localhost:\d+/dev/pages)`)

// A warning in the log shows that the samples are served.
func TestDevelopmentPagesAreLogged(t *testing.T) {
	testkit.Parallel(t)
	p := newProgram(t, models.SQLite, "--dev", "--listen", "127.0.0.1:0")
	p.env["LATCHKEY_LOG_LEVEL"] = "info"
	p.log(warning)
}
