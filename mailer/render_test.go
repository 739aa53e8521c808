package mailer

import (
	"errors"
	"flag"
	"net/mail"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/PuerkitoBio/goquery"

	"latchkey/i18n"
	"latchkey/internal/testkit"
	"latchkey/models"
)

var update = flag.Bool("update", false, "write the golden files anew")

// every visits all mails in all states and languages, rendered.
func every(t *testing.T, m *Mailer, visit func(t *testing.T, file string, row models.Mail, words Rendered)) {
	t.Helper()
	for _, locale := range i18n.Locales {
		for _, name := range models.MailTemplates() {
			for i, sample := range Samples(name, testkit.Start) {
				row := sample.Mail
				row.Locale = locale
				file := filepath.Join(locale, name+"-"+strconv.Itoa(i+1))
				t.Run(file, func(t *testing.T) {
					words, err := m.Render(row, sampleToken)
					if err != nil {
						t.Fatal(err)
					}
					visit(t, file, row, words)
				})
			}
		}
	}
}

func TestMailsMatchTheirGoldenFiles(t *testing.T) {
	every(t, newMailer(t, nil), func(t *testing.T, file string, _ models.Mail, words Rendered) {
		golden(t, file+".txt", "Subject: "+words.Subject+"\n\n"+words.Text)
		golden(t, file+".html", words.HTML)
	})
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, []byte(got), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; see it with -update and git diff. Now:\n%s", file, got)
	}
}

func TestMailsLinkToTheBaseURLOnly(t *testing.T) {
	m := newMailer(t, func(o *Options) { o.Help = "" })
	every(t, m, func(t *testing.T, _ string, row models.Mail, words Rendered) {
		row.AccountName = `https://evil.example/?a=1"><a href="//evil.example">`
		words, err := m.Render(row, sampleToken)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range []string{words.Subject, words.Text, words.HTML} {
			for rest, found := part, true; found; {
				if _, rest, found = strings.Cut(rest, "://"); found && !strings.HasPrefix(rest, "latchkey.example.com") {
					t.Errorf("a link to elsewhere: %.40q", rest)
				}
			}
		}
		page, err := goquery.NewDocumentFromReader(strings.NewReader(words.HTML))
		if err != nil {
			t.Fatal(err)
		}
		ours := []string{base, base + "/password", base + "/sign-in", base + "/me/emergency-codes", base + "/me/api-keys", base + "/secret-links", base + row.Data.LinkPurpose.Page() + sampleToken}
		page.Find("[href], [src], [background], [action]").Each(func(_ int, tag *goquery.Selection) {
			href, ok := tag.Attr("href")
			if !ok || goquery.NodeName(tag) != "a" || !slices.Contains(ours, href) && !strings.HasPrefix(href, base+"/accounts?ends=") {
				html, _ := goquery.OuterHtml(tag)
				t.Errorf("not one of our links: %s", html)
			}
		})
		if page.Find("img, script, link, iframe, form").Length() > 0 {
			t.Error("a mail loads nothing and asks for nothing")
		}
	})
}

func TestMailsAreReadable(t *testing.T) {
	every(t, newMailer(t, nil), func(t *testing.T, _ string, row models.Mail, words Rendered) {
		for _, line := range strings.Split(words.Text, "\n") {
			if utf8.RuneCountInString(line) > 78 && !strings.HasSuffix(line, sampleToken) { // RFC 5322 §2.1.1; links are not broken
				t.Errorf("a long line: %q", line)
			}
		}
		if strings.Contains(words.Text, "\n\n\n") {
			t.Error("more than one empty line")
		}
		for what, part := range map[string]string{"text": words.Text, "HTML": words.HTML} {
			wanted := []string{row.AccountName, "2026", "Call the service desk, extension 4711."}
			if row.Data.Day == "" { // which is a whole day
				wanted = append(wanted, "CET (Europe/Berlin)")
			}
			for _, must := range wanted {
				if !strings.Contains(part, must) {
					t.Errorf("the %s does not say %q", what, must)
				}
			}
			if strings.Contains(part, "/password") && row.Data.Technical {
				t.Errorf("the %s sends a technical account to the page for the others", what)
			}
			operator := map[string]string{"en": "operator", "de": "Administration"}[row.Locale]
			if !strings.Contains(part, operator) && row.Data.Technical {
				t.Errorf("the %s does not tell a technical account who resets its password", what)
			}
		}
		if words.Subject == "" || !strings.Contains(words.HTML, `lang="`+row.Locale+`"`) {
			t.Error("no subject, or no language")
		}
	})
}

func TestMailsAreEntirelyInOneLanguage(t *testing.T) {
	m := newMailer(t, nil)
	row, english := letter(t, m, models.MailReminder)
	row.Locale = "de"
	words, err := m.Render(row, sampleToken)
	if err != nil {
		t.Fatal(err)
	}
	if words.Subject != "Ihr Passwort läuft bald ab" || english.Subject != "Your password expires soon" {
		t.Errorf("subjects %q, %q", words.Subject, english.Subject)
	}
	for _, part := range []string{words.Text, words.HTML} {
		for _, want := range []string{"Samstag, 7. März 2026, 10:00 CET (Europe/Berlin)", "Fragen?", "Automatisch gesendet von Latchkey"} {
			if !strings.Contains(part, want) {
				t.Errorf("the mail does not say %q:\n%s", want, part)
			}
		}
	}
}

func TestUnknownMailIsAnError(t *testing.T) {
	if _, err := newMailer(t, nil).Render(models.Mail{Template: "aom-other"}, ""); !errors.Is(err, ErrTemplate) {
		t.Errorf("got %v", err)
	}
	if all := Samples("aom-other", testkit.Start); len(all) > 0 {
		t.Errorf("it has samples: %v", all)
	}
}

func TestUnknownLanguageFallsBackToTheFirst(t *testing.T) {
	m := newMailer(t, nil)
	row, want := letter(t, m, models.MailReminder)
	for _, locale := range []string{"", "en", "tlh", "../en", "\x00"} {
		row.Locale = locale
		if got, err := m.Render(row, sampleToken); err != nil || got != want {
			t.Errorf("%q: %v, or other words", locale, err)
		}
	}
}

func TestOptionsAreChecked(t *testing.T) {
	for name, change := range map[string]func(*Options){
		"no sender":        func(o *Options) { o.From = nil },
		"odd sender":       func(o *Options) { o.From.Address = "a b@example.com" },
		"sender not ASCII": func(o *Options) { o.From.Address = "post@bücher.example" },
		"odd replies":      func(o *Options) { o.ReplyTo = &mail.Address{Address: "a b@example.com"} },
		"no zone":          func(o *Options) { o.Zone = nil },
		"no clock":         func(o *Options) { o.Now = nil },
		"no base":          func(o *Options) { o.BaseURL = "" },
		"base not http":    func(o *Options) { o.BaseURL = "javascript:alert(1)" },
		"no host":          func(o *Options) { o.Server = &Server{Port: 25, TLS: Never} },
		"no mode":          func(o *Options) { o.Server = &Server{Host: "localhost", Port: 25} },
	} {
		o := options(t)
		change(&o)
		if _, err := New(o); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
