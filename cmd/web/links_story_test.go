package main

import (
	"regexp"
	"strings"
	"testing"

	"latchkey/internal/testkit"
	"latchkey/internal/testsmtp"
	"latchkey/models"
)

// TestLinksStory: a customer is invited by mail, chooses a password, forgets it and sets another one; then only owners may know
// passwords.
func TestLinksStory(t *testing.T) {
	testkit.Parallel(t)
	for _, engine := range []models.Engine{models.SQLite, models.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			testkit.Parallel(t)
			sink := testsmtp.NewSink(t)
			p := newProgram(t, engine, "--smtp", sink.URL())
			p.must(operatorPassword+"\n", "create-superadmin", "--name", operator, "--email", "olga@example.com")
			p.start("127.0.0.1:0")
			w := &walker{t: t, program: p, sink: sink}
			olga, cleo := w.browser(), w.browser()
			olga.signIn(operator, operatorPassword)

			olga.open("/accounts/new")
			olga.Fill("#name", "cleo")
			olga.Fill("#email", "cleo@example.com")
			olga.Submit(".submit button.primary")
			olga.says("The link is on its way.")
			olga.says("Invited")
			cleo.Goto(w.linkTo("cleo", 1))
			cleo.says("For the account")
			cleo.Fill("#password", "First-Horse-11")
			cleo.Submit("main button.primary")
			cleo.at("/me")
			olga.open("/accounts/" + w.idOf("cleo"))
			olga.says("Used")

			cleo.Submit(`form[action="/sign-out"] button`)
			cleo.Submit(`a[href="/forgot"]`)
			cleo.Fill("#name", "cleo@example.com")
			cleo.Submit("main button.primary")
			cleo.says("If there is an account with this name")
			cleo.Goto(w.linkTo("cleo", 2))
			cleo.Fill("#password", "Second-Horse-22")
			cleo.Submit("main button.primary")
			cleo.at("/me")
			cleo.noProblems()

			oneTime := w.create(olga, models.Customer, "dora", "")
			olga.noProblems()
			p.stop()
			p.env["COMPLIANCE_SERVER_SECRETS"] = "noone"
			p.must("Winter-Tea-7\n", "create-superadmin", "--name", "host", "--email", "host@example.com")
			if host := p.stored("host"); !host.OneTime {
				t.Error("a SuperAdmin from the command line may keep a password that another person knows")
			}
			p.start("127.0.0.1:0")
			w.ownersOnly(oneTime)
		})
	}
}

var setPasswordLink = regexp.MustCompile(`https?://\S+/set-password/\S+`)

// linkTo waits for the nth mail with a link to the account, and returns the link.
func (w *walker) linkTo(name string, nth int) string {
	w.t.Helper()
	for mails := 1; ; mails++ {
		var links []string
		for _, message := range w.sink.Wait(mails) {
			content, err := message.Content()
			if err != nil {
				w.t.Fatal(err)
			}
			if link := setPasswordLink.FindString(content.Text); link != "" && strings.Contains(strings.Join(message.To, " "), name) {
				links = append(links, link)
			}
		}
		if len(links) >= nth {
			return links[nth-1]
		}
	}
}

// ownersOnly is what operators meet if people get links only.
func (w *walker) ownersOnly(oneTime string) {
	w.t.Helper()
	olga := w.browser()
	olga.signIn(operator, operatorPassword)
	olga.at("/password") // the command has set it
	olga.says("An operator knows your password. Choose your own to continue.")
	olga.Fill("#current", operatorPassword)
	olga.Fill("#password", "Own-Harbour-33")
	olga.Submit("main button.primary")
	olga.at("/")
	olga.open("/accounts/new")
	if olga.has("[name=password_mode][value=typed]") || olga.has("#one_time") {
		w.t.Error("a password can be typed, or be a one-time one")
	}
	olga.Click("#technical")
	olga.WaitFor(`document.querySelector("[value=generated]").checked`)
	olga.Click("#technical")
	olga.WaitFor(`document.querySelector("[value=link]").checked`)
	olga.Fill("#name", "emil")
	olga.Fill("#email", "emil@example.com")
	olga.Submit(".submit button.primary")
	olga.says("Invited")
	olga.open("/accounts/" + w.idOf("dora") + "#issue")
	if olga.has("#issue [value=generated]") {
		w.t.Error("a password can be generated for a person")
	}
	olga.Submit("#issue button.primary")
	olga.says("The link is on its way.")
	dora := w.browser()
	dora.Goto(w.linkTo("dora", 1))
	dora.Fill("#password", "Third-Horse-33")
	dora.Submit("main button.primary")
	dora.at("/me")
	olga.noProblems()
	dora.noProblems()
}
