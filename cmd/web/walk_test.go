package main

import (
	"context"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"latchkey/internal/testbrowser"
	"latchkey/internal/testkit"
	"latchkey/internal/testsmtp"
	"latchkey/models"
)

// TestWalk is what the program is for, done by people in their browsers: set-up, an organization and a customer, the
// one-time password and its reset, expiry, the blacklist, an organization's own customers, and the three mails.
func TestWalk(t *testing.T) {
	testkit.Parallel(t)
	for _, engine := range []models.Engine{models.SQLite, models.Postgres}[:testkit.Times(1, 2)] {
		t.Run(string(engine), func(t *testing.T) {
			testkit.Parallel(t)
			walk(t, engine)
		})
	}
}

// The people of the walk, and the passwords they choose.
const (
	operator, operatorPassword = "olga", "Harbour-Key-1"
	acme, acmePassword         = "acme", "Anvil-Works-1"
	carla, carlaPassword       = "carla", "Winter-Tea-7"
	dora                       = "dora"
)

func walk(t *testing.T, engine models.Engine) {
	sink := testsmtp.NewSink(t)
	p := newProgram(t, engine, "--smtp", sink.URL())
	p.timings = productionTimings
	setUp := p.start("127.0.0.1:0")
	w := &walker{t: t, program: p, sink: sink}

	olga := w.browser()
	w.setUp(olga, setUp)
	acmeOneTime := w.create(olga, models.Organization, acme, "")
	carlaOneTime := w.create(olga, models.Customer, carla, w.idOf(acme))

	w.chooseFirst(w.browser(), acme, acmeOneTime, acmePassword, "/")
	firstCarla := w.browser()
	w.chooseFirst(firstCarla, carla, carlaOneTime, carlaPassword, "/me")
	w.organizationCreates()
	w.expire(firstCarla)
	w.blacklist()
	w.seeMails(olga)
	olga.noProblems()
}

type walker struct {
	t       *testing.T
	program *program
	sink    *testsmtp.Sink
}

// person is a browser of a user.
type person struct {
	*testbrowser.Page
	w *walker
}

func (w *walker) browser() person { return person{testbrowser.Browser(w.t), w} }

func (p person) open(path string) { p.w.t.Helper(); p.Goto(p.w.program.base + path) }

// placeInList is where in the list an account's page was opened, which its address says.
var placeInList = regexp.MustCompile(`at%3D[\w-]+%26`)

func (p person) at(path string) {
	p.w.t.Helper()
	if got := placeInList.ReplaceAllString(strings.TrimPrefix(p.URL(), p.w.program.base), ""); got != path {
		p.w.t.Fatalf("at %s, want %s:\n%s", got, path, p.Text("main"))
	}
}

func (p person) says(text string) {
	p.w.t.Helper()
	if got := p.Text("main"); !strings.Contains(got, text) {
		p.w.t.Fatalf("%s does not say %q:\n%s", p.URL(), text, got)
	}
}

func (p person) noProblems() {
	p.w.t.Helper()
	for _, problem := range p.Problems() {
		if !strings.Contains(problem, "422") { // a form that was refused on purpose
			p.w.t.Errorf("the browser complains: %s", problem)
		}
	}
}

func (p person) signIn(name, password string) {
	p.w.t.Helper()
	p.open("/sign-in")
	p.Fill("#name", name)
	p.Fill("#password", password)
	p.Submit("main button.primary")
}

func (w *walker) setUp(p person, address string) {
	w.t.Helper()
	p.Goto(address)
	p.Fill("#name", operator)
	p.Fill("#email", "olga@example.com")
	p.Fill("#password", operatorPassword)
	p.Submit("main button.primary")
	p.at("/")
	p.says("Latchkey is set up")
	p.Goto(address)
	if p.Status != 404 {
		w.t.Errorf("after the set-up its page answers %d", p.Status)
	}
}

// create makes an account with a generated one-time password, which it returns. The page that shows it can be left.
func (w *walker) create(p person, kind models.Kind, name, organization string) string {
	w.t.Helper()
	generated := w.createUnsaved(p, kind, name, organization)
	p.Click("#saved")
	return generated
}

func (w *walker) createUnsaved(p person, kind models.Kind, name, organization string) string {
	w.t.Helper()
	p.open("/accounts/new?kind=" + string(kind))
	p.Fill("#name", name)
	p.Fill("#email", name+"@example.com")
	if organization != "" {
		p.Fill("#organization", organization)
	}
	p.Click("[name=password_mode][value=generated]") // with a mail server, a link is the usual choice
	p.Click("[data-generate]")
	p.WaitFor(`document.querySelector("#password").value !== ""`)
	generated := p.Value("#password")
	if !testbrowser.Eval[bool](p.Page, `document.querySelector("#show-password").checked`) {
		w.t.Error("generating does not tick “show password”")
	}
	if strength := p.Text("#password-strength"); !strings.Contains(strength, "bits of entropy") {
		w.t.Errorf("generating says of its strength %q", strength)
	}
	if failing := testbrowser.Eval[int](p.Page, `document.querySelectorAll(".checklist:not([hidden]) [data-ok=false]").length`); failing > 0 {
		w.t.Errorf("%d lines of the checklist fail for the generated password", failing)
	}
	p.Submit(".submit button.primary")
	if shown := p.Text("#generated-password"); shown != generated {
		w.t.Fatalf("the page shows %q, generated was %q", shown, generated)
	}
	return generated
}

func (w *walker) account(name string) models.Account {
	w.t.Helper()
	account, err := w.program.database().Read(context.Background()).AccountByIdentifier(name)
	if err != nil {
		w.t.Fatal(err)
	}
	return account
}

func (w *walker) idOf(name string) string { return w.account(name).ID }

// chooseFirst signs in with a one-time password and is led to the reset page, whichever page was asked for.
func (w *walker) chooseFirst(p person, name, oneTime, chosen, home string) {
	w.t.Helper()
	p.signIn(name, oneTime)
	p.at("/password")
	p.says("one-time password")
	p.open("/me")
	p.at("/password")
	p.Fill("#password", "short")
	testbrowser.Eval[bool](p.Page, `document.querySelector("main form").noValidate = true`)
	p.Submit("main button.primary")
	p.says("The password needs at least 6 characters; it has 5.")
	p.says("The password needs at least 1 digit; it has 0.")
	p.Fill("#password", oneTime)
	p.Submit("main button.primary")
	p.says("The password must not be")
	p.Fill("#password", chosen)
	p.Submit("main button.primary")
	p.at(home)
	p.says("Your new password is set.")
	p.noProblems()
}

// organizationCreates lets the organization make a customer of its own, and see no other's.
func (w *walker) organizationCreates() {
	w.t.Helper()
	p := w.browser()
	p.signIn(acme, acmePassword)
	p.at("/")
	w.create(p, models.Customer, dora, "")
	if owner := w.account(dora).OwnerID(); owner != w.idOf(acme) {
		w.t.Errorf("the customer belongs to %s", owner)
	}
	p.open("/accounts")
	if rows := testbrowser.Eval[int](p.Page, `document.querySelectorAll("tr[data-id]").length`); rows != 2 {
		w.t.Errorf("the organization sees %d accounts, want its 2 customers", rows)
	}
	p.open("/accounts/" + w.idOf(operator))
	if p.Status != 404 {
		w.t.Errorf("the organization sees the SuperAdmin: %d", p.Status)
	}
}

// age makes the account's password older, as days do.
func (w *walker) age(name string, days int) {
	w.t.Helper()
	err := w.program.database().Update(context.Background(), func(tx *models.Tx) error {
		account, err := tx.AccountForUpdate(w.idOf(name))
		if err != nil {
			return err
		}
		older := account.PasswordSetAt.Add(-time.Duration(days) * 24 * time.Hour)
		account.PasswordSetAt = &older
		return tx.SaveAccount(&account)
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// expire stops the program, lets days pass, and starts it again: it catches up with the mails, and who signs in with the
// expired password is led to the reset page and then to where they were going.
func (w *walker) expire(p person) {
	w.t.Helper()
	w.program.stop()
	w.age(carla, 65)
	w.age(acme, 60)
	base, err := url.Parse(w.program.base)
	if err != nil {
		w.t.Fatal(err)
	}
	w.program.start("127.0.0.1:" + base.Port())
	w.mailed(carla, "has expired")
	w.mailed(acme, "expires")

	p.open("/me")
	p.at("/me") // an open session goes on
	p.Submit("header form button")
	p.open("/me?from=bookmark")
	p.Fill("#name", "CARLA@example.com")
	p.Fill("#password", carlaPassword)
	p.Submit("main button.primary")
	p.at("/password")
	p.says("expired on")
	p.Fill("#password", carlaPassword+"2")
	p.Submit("main button.primary")
	p.at("/me?from=bookmark")
	p.noProblems()
}

// blacklist guesses until the account is refused, also with the correct password.
func (w *walker) blacklist() {
	w.t.Helper()
	p := w.browser()
	for range 10 {
		p.signIn(carla, "Wrong-Guess-1")
		p.says("Wrong name or password")
	}
	p.signIn(carla, carlaPassword+"2")
	p.says("Wrong name or password")
	if state := w.account(carla); state.BlockedAt == nil || state.FailedAttempts != 10 {
		w.t.Errorf("after ten failures: blocked at %v, %d failed", state.BlockedAt, state.FailedAttempts)
	}
	w.mailed(carla, "blocked")
}

// mailed waits for a mail to the account whose subject or text has the words.
func (w *walker) mailed(name, words string) {
	w.t.Helper()
	for count := 1; ; count++ {
		message := w.sink.Wait(count)[count-1]
		content, err := message.Content()
		if err != nil {
			w.t.Fatal(err)
		}
		if message.To[0] == name+"@example.com" && strings.Contains(content.Subject+content.Text, words) {
			if !strings.Contains(content.HTML, w.program.base) || !strings.Contains(content.Text, w.program.base) {
				w.t.Errorf("%q has no link to %s", content.Subject, w.program.base)
			}
			return
		}
	}
}

// seeMails finds the mails in the ledger as sent: one of each kind, and one about each change to an account's security.
func (w *walker) seeMails(p person) {
	w.t.Helper()
	wanted := map[string]int{models.MailReminder: 1, models.MailExpiration: 1, models.MailBlacklisted: 1, models.MailSecurity: 4}
	w.program.awaitSent(3 + wanted[models.MailSecurity]) // which is noted after they have come
	for _, template := range slices.Sorted(maps.Keys(wanted)) {
		p.open("/mail")
		row := `tr[data-template="` + template + `"]`
		if rows := testbrowser.Eval[int](p.Page, `document.querySelectorAll('`+row+`[data-state=sent]').length`); rows != wanted[template] {
			w.t.Errorf("%d mails %s are in the ledger as sent, want %d", rows, template, wanted[template])
			continue
		}
		p.Submit(row + " a")
		if to, text := p.Text("main"), testbrowser.Eval[string](p.Page, `document.querySelector("#mail-text").textContent`); !strings.Contains(to, "@example.com") || text == "" {
			w.t.Errorf("the page of %s: %s", template, to)
		}
	}
}
