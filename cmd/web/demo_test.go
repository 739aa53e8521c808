package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"latchkey/demo"
	"latchkey/models"
)

// TestDemo starts a demo in a world where everything is configured that it must leave alone.
func TestDemo(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	p := newProgram(t, models.SQLite, "demo")
	p.timings = productionTimings
	p.env["LATCHKEY_SMTP"] = "smtp://" + untouched(t) + "?starttls=never"
	p.env["LATCHKEY_DATABASE"] = "postgres://nobody:nothing@" + untouched(t) + "/none"
	p.env["LATCHKEY_PASSWORD_POLICY"] = strictPolicy(t)
	p.env["LATCHKEY_ONE_TIME_PASSWORD_VALID"], p.env["LATCHKEY_FAILED_ATTEMPTS_CAP"] = "1m", "0"
	p.env["LATCHKEY_SESSION_IDLE"] = "90s"
	if setUp := p.start("127.0.0.1:0"); setUp != "" {
		t.Errorf("it prints a set-up address, %s", setUp)
	}
	left, err := filepath.Glob(filepath.Join(temp, "*", "latchkey.db"))
	if err != nil || len(left) != 1 {
		t.Fatalf("the databases are %v, %v", left, err)
	}
	d := demonstration{t, p, left[0]}
	d.says()
	d.letsIn()
	d.showsAccounts()
	d.showsMails()
	d.remembers()
	p.stop()
	if left, err := os.ReadDir(temp); err != nil || len(left) > 0 {
		t.Errorf("it left %v behind, %v", left, err)
	}
	if _, err := os.Stat(p.args[1]); !os.IsNotExist(err) {
		t.Errorf("there is a data directory: %v", err)
	}
}

// TestDemoIsStopped: nothing is left of one that was stopped before it was ready, and that is no failure.
func TestDemoIsStopped(t *testing.T) {
	for _, after := range []time.Duration{0, 20 * time.Millisecond, 100 * time.Millisecond, 200 * time.Millisecond} {
		t.Run(after.String(), func(t *testing.T) { stopDemo(t, after) })
	}
}

func stopDemo(t *testing.T, after time.Duration) {
	t.Helper()
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	p := newProgram(t, models.SQLite, "demo", "--listen", "127.0.0.1:0")
	ctx, cancel := context.WithTimeout(t.Context(), after)
	defer cancel()
	if err := run(ctx, p.args, envOf(p.env, "", io.Discard, io.Discard)); err != nil {
		t.Errorf("it ended with %v", err)
	}
	if left, err := os.ReadDir(temp); err != nil || len(left) > 0 {
		t.Errorf("it left %v behind, %v", left, err)
	}
}

// TestDemoOfALargeCompany: --accounts adds accounts to those of the story.
func TestDemoOfALargeCompany(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	p := newProgram(t, models.SQLite, "demo", "--accounts", "300")
	p.start("127.0.0.1:0")
	defer p.stop()
	file, err := filepath.Glob(filepath.Join(temp, "*", "latchkey.db"))
	if err != nil || len(file) != 1 {
		t.Fatalf("the databases are %v, %v", file, err)
	}
	db, err := models.OpenSQLite(file[0])
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if count, err := db.Read(t.Context()).CountAccounts(models.AccountFilter{}, 1000); err != nil || count < 355 {
		t.Errorf("%d accounts, %v", count, err)
	}
}

// TestDemoRefusesImpossibleSizes: before it makes anything.
func TestDemoRefusesImpossibleSizes(t *testing.T) {
	t.Parallel()
	for _, size := range []string{"-1", "100001", "many"} {
		p := newProgram(t, models.SQLite, "demo", "--listen", "127.0.0.1:0", "--accounts", size)
		err := run(t.Context(), p.args, envOf(p.env, "", io.Discard, io.Discard))
		if err == nil || !strings.Contains(err.Error(), "--accounts") {
			t.Errorf("--accounts %s: %v", size, err)
		}
	}
}

// untouched returns the address of a server that must not be contacted.
func untouched(t *testing.T) string {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	touched := make(chan bool)
	go func() {
		defer close(touched)
		if conn, err := listener.Accept(); err == nil {
			touched <- true
			_ = conn.Close()
		}
	}()
	t.Cleanup(func() {
		_ = listener.Close()
		if <-touched {
			t.Errorf("%s was spoken to", listener.Addr())
		}
	})
	return listener.Addr().String()
}

// strictPolicy returns a file under which no password of the demo would do.
func strictPolicy(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "passwordpolicy.json")
	if err := os.WriteFile(path, []byte(`{"TECHNICAL": {"minimumSymbols": 50}, "ACCOUNT": {"minimumSymbols": 50}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

type demonstration struct {
	*testing.T
	program  *program
	database string
}

// says: all that one needs stands on standard output.
func (d demonstration) says() {
	said := d.program.said.String()
	for _, want := range []string{"This is a demo", "vanishes", "until a week ago", d.program.base + "\n", demo.Company} {
		if !strings.Contains(said, want) {
			d.Errorf("it does not print %q", want)
		}
	}
	for _, login := range demo.Logins() {
		if !slices.ContainsFunc(strings.Split(said, "\n"), func(line string) bool {
			return strings.HasPrefix(strings.Join(strings.Fields(line), " "), login.Name+" "+login.Password+" "+login.Who)
		}) {
			d.Errorf("it does not print how to sign in as %s:\n%s", login.Name, said)
		}
	}
}

// letsIn: every account opens the page that it says, and its hash is as strong as any from then on.
func (d demonstration) letsIn() {
	for _, login := range demo.Logins() {
		browser := d.signIn(login)
		if page := browser.get(login.Lands); page.Find("h1").Length() != 1 {
			d.Errorf("%s does not see %s", login.Name, login.Lands)
		}
		if login.Lands == "/password" {
			browser.leads("/accounts", "/password")
		}
		account := d.stored(login.Name)
		if !strings.Contains(account.PasswordHash, "m=19456,t=2,p=1") {
			d.Errorf("the hash of %s is still a cheap one, %s", login.Name, account.PasswordHash)
		}
	}
}

func (d demonstration) stored(name string) models.Account {
	db := d.open()
	account, err := db.Read(d.Context()).AccountByIdentifier(name)
	if err != nil {
		d.Fatal(err)
	}
	return account
}

func (d demonstration) open() *models.DB {
	db, err := models.OpenSQLite(d.database)
	if err != nil {
		d.Fatal(err)
	}
	d.Cleanup(func() { _ = db.Close() })
	return db
}

// showsAccounts: the list has every state.
func (d demonstration) showsAccounts() {
	olga := d.signIn(demo.Logins()[0])
	if n := olga.rows("/accounts", "tr[data-state]"); n < 55 || n > 70 {
		d.Errorf("the list has %d accounts", n)
	}
	for _, state := range models.States() {
		if olga.rows("/accounts?state="+string(state), `tr[data-state="`+string(state)+`"]`) == 0 {
			d.Errorf("the list has no account that is %s", state)
		}
	}
	nordkai := d.signIn(demo.Logins()[1])
	if n := nordkai.rows("/accounts", "tr[data-state]"); n < 5 || n > 20 {
		d.Errorf("an organization sees %d accounts", n)
	}
}

// showsMails: the mail page has every template, and every state that lasts.
func (d demonstration) showsMails() {
	olga := d.signIn(demo.Logins()[0])
	for _, state := range []models.MailState{
		models.MailCaptured, models.MailSent, models.MailFailed, models.MailDropped, models.MailHeldBack,
	} {
		if olga.rows("/mail?state="+string(state), `tr[data-state="`+string(state)+`"]`) == 0 {
			d.Errorf("no mail is %s", state)
		}
	}
	for _, template := range models.MailTemplates() {
		if olga.rows("/mail?template="+template, `tr[data-template="`+template+`"]`) == 0 {
			d.Errorf("there is no %s", template)
		}
	}
}

// remembers wants events on each of the last fourteen days.
func (d demonstration) remembers() {
	page, err := d.open().Read(d.Context()).ListAudit(models.AuditFilter{Limit: 10_000})
	if err != nil {
		d.Fatal(err)
	}
	days, now := map[int]int{}, time.Now()
	for _, event := range page.Rows {
		days[int(now.Sub(event.At)/(24*time.Hour))]++
	}
	for day := range 14 {
		if days[day] == 0 {
			d.Errorf("the log has nothing of %d days ago", day)
		}
	}
}

// visitor is a browser without scripts.
type visitor struct {
	d    demonstration
	http *http.Client
}

// signIn opens a browser, and sees that signing in leads where it should.
func (d demonstration) signIn(login demo.Login) visitor {
	d.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		d.Fatal(err)
	}
	v := visitor{d, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	form := url.Values{"name": {login.Name}, "password": {login.Password}}
	request, err := http.NewRequestWithContext(d.Context(), http.MethodPost, d.program.base+"/sign-in", strings.NewReader(form.Encode()))
	if err != nil {
		d.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Origin", d.program.base)
	reply := v.do(request)
	reply.Body.Close()
	if to := reply.Header.Get("Location"); to != login.Lands {
		d.Fatalf("signing in as %s is answered %d and leads to %q, want %q", login.Name, reply.StatusCode, to, login.Lands)
	}
	return v
}

func (v visitor) do(request *http.Request) *http.Response {
	v.d.Helper()
	reply, err := v.http.Do(request)
	if err != nil {
		v.d.Fatal(err)
	}
	return reply
}

func (v visitor) open(path string) *http.Response {
	v.d.Helper()
	request, err := http.NewRequestWithContext(v.d.Context(), http.MethodGet, v.d.program.base+path, nil)
	if err != nil {
		v.d.Fatal(err)
	}
	return v.do(request)
}

// leads sees that a page is closed, and that another is opened instead.
func (v visitor) leads(path, to string) {
	v.d.Helper()
	reply := v.open(path)
	reply.Body.Close()
	if got := reply.Header.Get("Location"); got != to {
		v.d.Errorf("%s leads to %q, want %q", path, got, to)
	}
}

func (v visitor) get(path string) *goquery.Document {
	v.d.Helper()
	reply := v.open(path)
	defer reply.Body.Close()
	page, err := goquery.NewDocumentFromReader(reply.Body)
	if err != nil || reply.StatusCode != http.StatusOK {
		v.d.Fatalf("%s is answered %d, %v", path, reply.StatusCode, err)
	}
	return page
}

// rows counts what a list has on all its pages.
func (v visitor) rows(path, selector string) (n int) {
	v.d.Helper()
	for path != "" {
		page := v.get(path)
		n += page.Find(selector).Length()
		path = page.Find("a[rel=next]").AttrOr("href", "")
	}
	return n
}

// A demo that others can reach has to be asked for by --public, since everybody knows its passwords.
func TestDemoRefusesPublicAddress(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	for _, listen := range []string{"0.0.0.0:0", ":0", "[::]:0", "192.0.2.1:0", "host.example:0"} {
		p := newProgram(t, models.SQLite, "demo", "--listen", listen)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		err := run(ctx, p.args, p.newEnv(p.env, "", io.Discard, io.Discard))
		cancel()
		if err == nil || !strings.Contains(err.Error(), "--public") || !strings.Contains(err.Error(), listen) {
			t.Errorf("a demo on %s ended with %v", listen, err)
		}
	}
	p := newProgram(t, models.SQLite, "demo", "--public")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	log, ended := &lines{changed: make(chan struct{}, 1)}, make(chan error, 1)
	p.env["LATCHKEY_LOG_LEVEL"], p.env["LATCHKEY_LISTEN"] = "info", "0.0.0.0:0" // as in the container's image
	go func() { ended <- run(ctx, p.args, p.newEnv(p.env, "", io.Discard, log)) }()
	log.await(t, ended, regexp.MustCompile(`msg=(serving) `))
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("a demo with --public ended with %v", err)
	}
}
