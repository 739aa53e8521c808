package handlers_test

import (
	"fmt"
	"testing"
	"time"

	"latchkey/internal/testkit"
	"latchkey/models"
)

// TestAxe looks at every page for what keeps people from using it, in light and dark, wide and narrow. Each group has a
// browser of its own.
func TestAxe(t *testing.T) {
	app := testkit.NewApp(t, testkit.SQLite(t), func(o *testkit.AppOptions) { o.Help = "the help desk, 555-0100" })
	setup := testkit.NewApp(t, testkit.SQLite(t))
	who := populate(app)
	for name, walk := range map[string]func(i *inspection){
		"guest":    axeGuest,
		"lists":    axeLists,
		"records":  func(i *inspection) { axeRecords(i, who) },
		"forms":    axeForms,
		"password": axePassword,
		"customer": axeCustomer,
	} {
		t.Run(name, func(t *testing.T) { walk(inspect(t, app)) })
	}
	t.Run("setup", func(t *testing.T) {
		i := inspect(t, setup)
		i.at(200, "/setup?token="+setupToken(t, setup))
		i.send(422, "/setup", "refused set-up")
	})
}

// populate makes accounts in every state, and mails.
func populate(app *testkit.App) testkit.Company {
	who := app.Company()
	app.Seed(models.Customer, "lapsed", testkit.OneTime, testkit.Of(who.Acme))
	app.Clock.Advance(168 * time.Hour)
	app.Seed(models.Customer, "new", testkit.OneTime, testkit.Of(who.Acme))
	app.Seed(models.Customer, "machine", testkit.Technical, testkit.Of(who.Acme))
	for i := range 60 {
		app.Seed(models.Customer, fmt.Sprintf("customer%d", i), testkit.Of(who.Bond))
	}
	blacklist(app, "bob")
	app.Settle(func(m *models.Mail) {
		m.State, m.LastAnswer = models.MailFailed, "554 5.7.1 no such mailbox"
		m.Subject, m.TextBody, m.HTMLBody = "Your account is blacklisted", "Hello", "<!doctype html><html lang=en><title>x</title><p>Hello</p>"
	})
	return who
}

func axeGuest(i *inspection) {
	i.at(200, "/sign-in")
	i.at(200, "/sign-in?signed-out=1")
	i.at(404, "/nothing")
	i.signIn("root", "wrong")
	i.here(422, "failed sign-in")
}

func axeLists(i *inspection) {
	i.signIn("root", testkit.Secret)
	i.here(200, "overview")
	for _, path := range []string{"/accounts", "/accounts?q=nobody", "/mail", "/mail?state=sent", "/audit", "/audit?action=account-deleted"} {
		i.at(200, path)
	}
	i.at(422, "/accounts?sort=x")
}

func axeRecords(i *inspection, who testkit.Company) {
	i.signIn("root", testkit.Secret)
	i.at(200, "/accounts/"+who.Ann.ID)
	i.at(200, "/accounts/"+who.Bob.ID)
	i.at(200, "/accounts/"+who.Root.ID)
	i.at(200, "/accounts/"+models.DefaultOrganizationID)
	i.at(200, "/me")
	i.at(200, "/policy")
	i.Goto(i.app.BaseURL.String() + "/mail")
	i.Submit(`main tbody a[href^="/mail/"]`)
	i.here(200, "a mail")
	i.at(404, "/nothing")
}

func axeForms(i *inspection) {
	i.signIn("root", testkit.Secret)
	i.at(200, "/accounts/new?kind=organization")
	i.at(200, "/accounts/new?kind=customer")
	i.Fill("[name=name]", "a b")
	i.send(422, "/accounts", "refused account")
	i.Fill("[name=name]", "carla")
	i.Fill("[name=email]", "carla@example.com")
	i.send(200, "/accounts", "issued password")
}

func axePassword(i *inspection) {
	i.signIn("acme", testkit.Secret)
	i.at(200, "/password")
	i.showPolicy()
	i.here(200, "policy shown at the password")
	i.Fill("[name=password]", "short")
	i.send(422, "/password", "refused password")
	i.at(403, "/mail")
}

func axeCustomer(i *inspection) {
	i.signIn("new", testkit.Secret)
	i.here(200, "forced password")
	i.Fill("[name=password]", testkit.Secret2)
	i.Fill("[name=confirmation]", testkit.Secret2)
	i.press("/password")
	i.here(200, "own account after the reset")
	i.at(403, "/accounts")
}

// showPolicy opens what the info button beside the password shows.
func (i *inspection) showPolicy() {
	i.t.Helper()
	testkit.Eval[bool](i.Page, `(document.querySelector("[popover]").showPopover(), true)`)
}
