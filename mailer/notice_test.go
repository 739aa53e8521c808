package mailer

import (
	"strings"
	"testing"

	"latchkey/internal/testkit"
	"latchkey/models"
)

// It names no existing account.
func TestTestMailIsMarkedInItsLanguage(t *testing.T) {
	m := newMailer(t, nil)
	every(t, m, func(t *testing.T, _ string, row models.Mail, usual Rendered) {
		row.Data.Test, row.AccountName = true, "olga"
		words := must(m.Render(row, sampleToken))(t)
		notice := map[string]string{
			"en": "This is a test e-mail with sample data. Nothing has happened to any account.",
			"de": "Das ist eine Test-E-Mail mit Beispieldaten. Mit keinem Konto ist etwas geschehen.",
		}[row.Locale]
		if words.Subject != "Test: "+usual.Subject || words.Text != notice+"\n\n"+usual.Text {
			t.Errorf("subject %q, text\n%s", words.Subject, words.Text)
		}
		_, body, _ := strings.Cut(words.HTML, "<body")
		if _, body, _ = strings.Cut(body, ">"); !strings.HasPrefix(body, "\n<p style=") || !strings.Contains(body[:400], notice) {
			t.Errorf("the HTML begins with %.400s", body)
		}
		if strings.Contains(words.Text+words.HTML, "olga") {
			t.Error("it names olga")
		}
	})
}

func TestTestMailIsMarkedInAnyLayout(t *testing.T) {
	for layout, want := range map[string]string{
		`<html><body>{{template "content" .}}</body></html>`:                       "<html><body>\n<p style=",
		`<html><BODY class='a>b' title="x>y">{{template "content" .}}</BODY>`:      "<html><BODY class='a>b' title=\"x>y\">\n<p style=",
		`<div>{{template "content" .}}</div>`:                                      "\n<p style=",
		`<html><body-x><body` + "\n" + `dir="ltr">{{template "content" .}}</html>`: "<html><body-x><body\ndir=\"ltr\">\n<p style=",
	} {
		m := newMailer(t, func(o *Options) { o.TemplatesDir = own(t, "layout.html", layout) })
		row, _ := letter(t, m, models.MailExpiration)
		row.Data.Test = true
		if words := must(m.Render(row, sampleToken))(t); !strings.HasPrefix(words.HTML, want) {
			t.Errorf("%s becomes %.200s", layout, words.HTML)
		}
	}
}

func TestSamplesHaveDistinctStates(t *testing.T) {
	for _, name := range models.MailTemplates() {
		known := map[Sample]bool{}
		for _, sample := range Samples(name, testkit.Start) {
			key := Sample{State: sample.State, Mail: models.Mail{Data: models.MailData{Technical: sample.Mail.Data.Technical}}}
			if known[key] || sample.State == "" {
				t.Errorf("%s has the state %q twice", name, sample.State)
			}
			known[key] = true
		}
	}
}
