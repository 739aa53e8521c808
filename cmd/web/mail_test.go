package main

import (
	"context"
	"io"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"latchkey/internal/testkit"
	"latchkey/internal/testsmtp"
	"latchkey/models"
)

// own puts a template into a directory of its own, and into the program's settings.
func (p *program) own(name, content string) (file string) {
	p.t.Helper()
	dir := p.t.TempDir()
	file = filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		p.t.Fatal(err)
	}
	p.env["LATCHKEY_EMAIL_TEMPLATES"] = dir
	return file
}

func TestMailPreviewPrintsTextAndHTML(t *testing.T) {
	testkit.Parallel(t)
	p := newProgram(t, models.SQLite)
	p.env["LATCHKEY_BASE_URL"], p.env["LATCHKEY_HELP"] = "https://accounts.example.org", "the desk"
	printed := p.must("", "mail", "preview", models.MailReminder, "--locale", "de")
	for _, words := range []string{"Subject: Ihr Passwort läuft bald ab\n\nGuten Tag Ada Lovelace,\n", "https://accounts.example.org/password", "Fragen? the desk\n"} {
		if !strings.Contains(printed, words) {
			t.Errorf("it does not say %q:\n%s", words, printed)
		}
	}
	if html := p.must("", "mail", "preview", models.MailBlacklisted, "--part", "html"); !strings.HasPrefix(html, "<!DOCTYPE html>") || !strings.HasSuffix(html, "</html>\n") {
		t.Errorf("the HTML is %s", html)
	}
	if over := p.must("", "mail", "preview", models.MailBlacklisted, "--state", "3"); !strings.Contains(over, "The block ended on") {
		t.Errorf("the third state is\n%s", over)
	}
	p.own("en/closing.txt", `{{define "closing"}}In our own words{{end}}`)
	if own := p.must("", "mail", "preview", models.MailReminder); !strings.Contains(own, "In our own words") {
		t.Errorf("not the own template:\n%s", own)
	}
	p.refuses("there is no mail \"aom-x\"; there are "+strings.Join(models.MailTemplates(), ", "), "", "mail", "preview", "aom-x")
	p.refuses("--locale: there is no language \"tlh\"; there are en, de", "", "mail", "preview", models.MailReminder, "--locale", "tlh")
	p.refuses("--state: 3 is not from 1 to 2", "", "mail", "preview", models.MailReminder, "--state", "3")
	p.refuses("--part: \"pdf\" is neither text nor html", "", "mail", "preview", models.MailReminder, "--part", "pdf")
	file := p.own("layout.html", "\n{{.Nope}}")
	p.refuses(file+":2:", "", "mail", "preview", models.MailReminder)
	if _, err := os.Stat(p.args[1]); err == nil {
		t.Error("a database was made")
	}
}

func TestMailTest(t *testing.T) {
	testkit.Parallel(t)
	p := newProgram(t, models.SQLite)
	p.refuses("there is no mail server: name it by --smtp, LATCHKEY_SMTP or LATCHKEY_SMTP_FILE", "", "mail", "test", "--to", "ada@example.com")
	sink := testsmtp.NewSink(t)
	p.env["LATCHKEY_SMTP"], p.env["LATCHKEY_MAIL_REPLY_TO"], p.env["LATCHKEY_BASE_URL"] = sink.URL(), "desk@example.com", "http://[::1]:9000"
	printed := p.must("", "mail", "test", "--to", "ada@example.com", "--template", models.MailExpiration, "--locale", "de")
	if !strings.HasPrefix(printed, "The mail server has taken the mail to ada@example.com: 250 ") {
		t.Errorf("printed %q", printed)
	}
	got := sink.Wait(1)[0]
	content, err := got.Content()
	if err != nil || content.Subject != "Test: Ihr Passwort ist abgelaufen" || !strings.HasPrefix(content.Text, "Das ist eine Test-E-Mail mit Beispieldaten.") {
		t.Errorf("%+v, %v", content, err)
	}
	if got.To[0] != "ada@example.com" || got.Header.Get("Reply-To") != "<desk@example.com>" || !strings.HasSuffix(got.Header.Get("Message-Id"), "@[IPv6:::1]>") {
		t.Errorf("to %q, header %v", got.To, got.Header)
	}
	for _, to := range []string{"", "ada", "a@b.example, c@d.example", "ada@example.com\r\nBcc: x"} {
		p.refuses("--to: ", "", "mail", "test", "--to", to)
	}
	p.refuses("there is no mail \"x\"", "", "mail", "test", "--to", "ada@example.com", "--template", "x")
	p.refuses("required flag", "", "mail", "test")
	sink.Script(testsmtp.Answer{Code: 550, Text: "No such user here", At: testsmtp.AtRcpt}, testsmtp.Answer{Code: 451, Text: "Greylisted", At: testsmtp.AtData})
	p.refuses("sending the recipient's address: 550 5.0.0 No such user here", "", "mail", "test", "--to", "ada@example.com")
	p.refuses("451 4.0.0 Greylisted", "", "mail", "test", "--to", "ada@example.com")
	if _, err := os.Stat(p.args[1]); err == nil {
		t.Error("a database was made")
	}
}

// TestMailTestWithoutTheServer says at which step it failed, and never the password.
func TestMailTestWithoutTheServer(t *testing.T) {
	testkit.Parallel(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	listener.Close()
	locked := testsmtp.NewSink(t, testsmtp.WithSTARTTLS(), testsmtp.WithAuth("post", "canary"))
	for smtp, says := range map[string]string{
		"smtp://post:canary@" + address: "connecting to the mail server: ",
		locked.URL():                    "talking to the mail server: ", // with an untrusted certificate
	} {
		p := newProgram(t, models.SQLite)
		p.env["LATCHKEY_SMTP"] = smtp
		_, err := p.command("", "mail", "test", "--to", "ada@example.com")
		if err == nil || !strings.HasPrefix(err.Error(), says) || strings.Contains(err.Error(), "canary") {
			t.Errorf("got %v", err)
		}
	}
}

// TestTemplatesOnThePages: what pages show of the mails is what the program would send, and a test mail is sent so.
func TestTemplatesOnThePages(t *testing.T) {
	testkit.Parallel(t)
	p := newProgram(t, models.SQLite)
	sink := testsmtp.NewSink(t)
	p.env["LATCHKEY_SMTP"], p.env["LATCHKEY_MAIL_REPLY_TO"] = sink.URL(), "Desk <desk@example.com>"
	file := p.own("en/closing.html", `{{define "closing"}}<p>In our own words</p>{{end}}`)
	w := &walker{t: t, program: p}
	olga := w.browser()
	w.setUp(olga, p.start("127.0.0.1:0"))
	olga.open("/mail/templates")
	if list := olga.Text("main"); strings.Count(list, file) != len(models.MailTemplates()) {
		t.Errorf("the list says\n%s", list)
	}
	olga.open("/mail/templates/" + models.MailBlacklisted + "?locale=en&state=3")
	if page := olga.Text("main"); !strings.Contains(page, file) || !strings.Contains(page, `"Desk" <desk@example.com>`) {
		t.Errorf("the page says\n%s", page)
	}
	olga.Submit(`form[action$="/test"] button`)
	olga.says("The test e-mail is on its way to you.")
	content, err := sink.Wait(1)[0].Content()
	if err != nil || content.Subject != "Test: Your account was blocked" || !strings.Contains(content.HTML, "In our own words") || !strings.Contains(content.Text, "The block ended on") {
		t.Errorf("%+v, %v", content, err)
	}
}

// TestOwnTemplatesAreReported at start, and a directory without any is not passed over in silence.
func TestOwnTemplatesAreReported(t *testing.T) {
	testkit.Parallel(t)
	p := newProgram(t, models.SQLite, "--listen", "127.0.0.1:0")
	p.env["LATCHKEY_LOG_LEVEL"] = "info"
	for says, file := range map[string]string{
		`level=INFO msg="own mail templates are in use" files=1 directory=(\S+)`:                             "layout.html",
		`level=WARN msg="the directory of own mail templates has none, so all are built-in" directory=(\S+)`: "README.md",
	} {
		p.own(file, `{{template "content" .}}`)
		if got := p.log(regexp.MustCompile(says)); got != p.env["LATCHKEY_EMAIL_TEMPLATES"] {
			t.Errorf("it names %s", got)
		}
	}
}

// log serves until the log matches, and returns the first group.
func (p *program) log(pattern *regexp.Regexp) string {
	p.t.Helper()
	ctx, stop := context.WithCancel(p.t.Context())
	stderr, ended := &lines{changed: make(chan struct{}, 1)}, make(chan error, 1)
	go func() { ended <- run(ctx, p.args, envOf(p.env, "", io.Discard, stderr)) }()
	stderr.await(p.t, ended, serving)
	stop()
	if err := <-ended; err != nil {
		p.t.Error(err)
	}
	found := pattern.FindStringSubmatch(stderr.String())
	if found == nil {
		p.t.Fatalf("the log does not say %s:\n%s", pattern, stderr.String())
	}
	return found[1]
}
