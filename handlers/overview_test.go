package handlers_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"latchkey/internal/testapp"
	"latchkey/models"
)

// One click on the overview ends a block, and shows the overview again.
func TestUnblockFromTheOverview(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		for _, name := range []string{"ann", "bob"} {
			blacklist(app, name)
		}
		acme := app.SignIn("acme")
		page := acme.Get("/").Want(200)
		check(t, "waiting", strings.Join(page.Texts(".waiting li .grow"), ", "),
			"ann Until 09:20 · 10 failed attempts")
		check(t, "button", page.Text(".waiting button"), "Unblock ann")
		after := page.Submit("/accounts/" + who.Ann.ID + "/unblock").WantRedirect("/").Follow()
		check(t, "said", after.Text(".flash, .toast"), "Account unblocked.")
		check(t, "left", after.Text(".split .empty"), "Nothing to do")
		if app.Account(who.Ann.ID).BlockedAt != nil || app.Account(who.Bob.ID).BlockedAt == nil {
			t.Error("not ann was unblocked, or not only ann")
		}
		check(t, "the SuperAdmin's", strings.Join(app.SignIn("root").Get("/").Texts(".waiting h2"), ", "), "Blocked 1")
	})
}

// A block without an end comes first: only an operator ends it. Of each list the first five are shown.
func TestOverviewListsWhatWaits(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		for i := range 7 {
			app.Seed(models.Customer, fmt.Sprintf("never-%d", i), testapp.OneTime, testapp.Of(who.Acme))
		}
		app.Clock.Advance(170 * time.Hour)
		for i := range 6 {
			name := fmt.Sprintf("blocked-%d", i)
			account := app.Seed(models.Customer, name, testapp.Of(who.Acme))
			if i == 0 {
				account.DisplayName = "Zoë Zander"
			}
			account.BlockedAt, account.FailedAttempts = new(app.Clock.Now()), 10
			if i < 5 {
				account.BlockedUntil = new(app.Clock.Now().Add(time.Hour))
			}
			app.Do(func(tx *models.Tx) error { return tx.SaveAccount(&account) })
		}
		page := app.SignIn("acme").Get("/").Want(200)
		check(t, "blocked", strings.Join(page.Texts(".waiting form button"), ", "),
			"Unblock blocked-5, Unblock Zoë Zander, Unblock blocked-1, Unblock blocked-2, Unblock blocked-3")
		check(t, "lapsed", strings.Join(page.Texts(".waiting a.button"), ", "),
			"Reset password never-0, Reset password never-1, Reset password never-2, Reset password never-3, Reset password never-4")
		path, form, _ := strings.Cut(page.Find(".waiting a.button").AttrOr("href", ""), "#")
		check(t, "its form", app.SignIn("acme").Get(path).Want(200).Has("#"+form+" form[action$='/password']"), true)
		check(t, "since when", page.Text(".waiting:nth-of-type(2) small"), "One-time password expired 2 hours ago")
		check(t, "all", strings.Join(page.Texts(".waiting header"), ", "), "Blocked 6View all Blocked, Expired, never used 7View all Expired, never used")
		other := app.SignIn("bond").Get("/").Want(200)
		check(t, "another organization", other.Text(".split .empty"), "Nothing to do")
	})
}

// A failed mail is sent again from the overview. Without a mail server it could only be captured.
func TestSendAgainFromTheOverview(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, _ testapp.Company) {
		blacklist(app, "ann")
		mail := app.Sweep()[0]
		app.Settle(func(m *models.Mail) { m.State, m.LastAnswer = models.MailFailed, "550 5.1.1 "+hostile })
		page := app.SignIn("root").Get("/").Want(200)
		check(t, "mail", page.Text(".waiting:last-child .grow"), "Account blocked, to ann@example.com 550 5.1.1 "+hostile)
		page.Submit("/mail/" + mail.ID + "/retry").WantRedirect("/")
		check(t, "to an organization", app.SignIn("acme").Get("/").Has("form[action^='/mail']"), false)
	}, sending)
}

func TestNothingIsSentAgainWithoutAMailServer(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, _ testapp.Company) {
		blacklist(app, "ann")
		app.Sweep()
		app.Settle(func(m *models.Mail) { m.State = models.MailFailed })
		check(t, "without a server", app.SignIn("root").Get("/").Has("form[action^='/mail']"), false)
	})
}

// Each bar leads to what it counts: the accounts from its week on, the failures up to the end of its day.
func TestBarsLeadToTheirLists(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		app.Client().SignIn("ann", "wrong").Want(422)
		app.Clock.Advance(8 * 24 * time.Hour)
		app.Seed(models.Customer, "later", testapp.Of(who.Acme))
		app.Client().SignIn("bob", "wrong").Want(422)
		root := app.SignIn("root")
		page := root.Get("/").Want(200)
		expiring, failed := page.Find(".chart").Eq(0).Find("svg a"), page.Find(".chart").Eq(1).Find("svg a")
		rows := func(link string) string {
			return strings.Join(root.Get(link).Want(200).Texts("tr[data-id] th a"), " ")
		}
		check(t, "week of all", rows(expiring.Eq(8).AttrOr("href", "")), "root acme bond ann bob")
		check(t, "later week", rows(expiring.Eq(9).AttrOr("href", "")), "later")
		events := func(link string) string {
			return strings.Join(root.Get(link).Want(200).Texts("tr[data-id] td:nth-child(4)"), " ")
		}
		check(t, "today", events(failed.Eq(13).AttrOr("href", "")), "bob ann")
		check(t, "the first day", events(failed.Eq(5).AttrOr("href", "")), "ann")
		check(t, "the day before", events(failed.Eq(4).AttrOr("href", "")), "")
	})
}

// The checklist ticks what is done, and ends with the last step.
func TestFirstStepsAreTicked(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, _ testapp.Company) {
		page := app.SignIn("root").Get("/").Want(200)
		check(t, "done", strings.Join(page.Texts(".first-steps .done .grow"), ", "), "Create an organization done, Create a customer done")
		check(t, "left", strings.Join(page.Texts(".first-steps li:not(.done) .grow"), ", "), "Connect the mail server, "+
			"Serve over HTTPS Set LATCHKEY_BASE_URL to an https address., "+
			"Choose the time zone Times are shown in UTC. Set LATCHKEY_TIME_ZONE to another one, such as Europe/Berlin., "+
			"Choose the password policy The built-in one applies. Preview another, such as the one of NIST.")
		check(t, "count", page.Text(".first-steps summary"), "First steps2 of 6 done")
		check(t, "test mail", page.Find(".first-steps a.button").AttrOr("href", ""), "/mail/templates")
		hidden := app.SignIn("root")
		check(t, "hidden", hidden.Get("/").Submit("/first-steps/hide").WantRedirect("/").Follow().Has(".first-steps"), false)
		app.Do(func(tx *models.Tx) error { return tx.EndMailOutage(app.Clock.Now()) })
		check(t, "mail server", app.SignIn("root").Get("/").Find(".first-steps .done").Length(), 3)
		check(t, "an organization with customers", app.SignIn("acme").Get("/").Has(".first-steps"), false)
	}, sending)
}
