package handlers_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"latchkey/accounts/core"
	"latchkey/internal/testapp"
	"latchkey/internal/testkit"
	"latchkey/models"
)

// strangers fail to sign in 75 times, from the addresses in turn.
func strangers(app *testapp.App, name string, addresses ...string) {
	app.Helper()
	for i := range 75 {
		visit := core.ClientInfo{Address: addresses[i%len(addresses)]}
		if _, err := app.Accounts.Sessions.SignIn(app.Context(), name, "wrong", visit); err == nil {
			app.Fatal("a wrong password opens")
		}
		app.Clock.Advance(time.Second)
	}
}

// Strangers who fail to sign in push nothing else off an account's time line, from however many addresses they come.
func TestFailuresDoNotDisplaceOtherEvents(t *testing.T) {
	testkit.Parallel(t)
	for what, addresses := range map[string][]string{
		"from one address": {"192.0.2.1"}, "from many": {"192.0.2.1", "192.0.2.2", "192.0.2.3"},
	} {
		t.Run(what, func(t *testing.T) {
			company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
				app.SignIn("ann")
				app.Clock.Advance(time.Hour)
				strangers(app, "ann", addresses...)
				for _, name := range []string{"root", "acme"} {
					page := app.SignIn(name).Get("/accounts/" + who.Ann.ID).Want(200)
					for _, action := range []string{"account-created", "signed-in", "sign-in-failed", "blacklisted", "mail"} {
						if !page.Has(`.timeline [data-action="` + action + `"]`) {
							t.Errorf("%s is not told of %s", name, action)
						}
					}
					if lines := page.Find(".timeline li").Length(); lines > 20 {
						t.Errorf("%s is told %d lines", name, lines)
					}
				}
			})
		})
	}
}

// If a timeline was truncated within a group of equal events, its count says "or more"; mails older than the events are left
// out.
func TestTruncatedTimelinesShowIt(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		strangers(app, "bob", "192.0.2.1")
		page := app.SignIn("root").Get("/accounts/" + who.Bob.ID).Want(200)
		if tags := page.Texts(`.timeline [data-action="sign-in-failed"] .tag`); !slices.Equal(tags, []string{"60 or more times"}) {
			t.Errorf("failures: %q", tags)
		}
		app.Clock.Advance(24 * time.Hour)
		for range 65 {
			if _, err := app.Accounts.Sessions.SignIn(t.Context(), "bob", testapp.Secret, core.ClientInfo{Address: "192.0.2.1"}); err != nil {
				t.Fatal(err)
			}
		}
		page = app.SignIn("root").Get("/accounts/" + who.Bob.ID).Want(200)
		check(t, "the line", strings.Join(page.Texts(".timeline li"), " | "), "Signed in 60 or more times 192.0.2.109:01")
	}, withoutDeviceCookies)
}

// An intruder's success stays on the owner's page, whatever strangers do after it.
func TestOwnSignInsAreNotDisplaced(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, _ testapp.Company) {
		if _, err := app.Accounts.Sessions.SignIn(t.Context(), "ann", testapp.Secret, core.ClientInfo{Address: "198.51.100.66"}); err != nil {
			t.Fatal(err)
		}
		ann := app.SignIn("ann")
		strangers(app, "ann", "192.0.2.1")
		page := ann.Get("/me").Want(200)
		if text := page.Text(".timeline"); !strings.Contains(text, "198.51.100.66") || !strings.Contains(text, "60 or more times") {
			t.Errorf("the page tells %s", text)
		}
	})
}

// What happens again on another day is another line, in the zone of the page.
func TestTimelineGroupsWithinOneDay(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, _ testapp.Company) {
		for range 2 {
			app.SignIn("ann")
			ann := app.SignIn("ann")
			lines := len(ann.Get("/me").Want(200).Texts(".timeline li"))
			app.Clock.Advance(24 * time.Hour)
			check(t, "lines", lines, int(app.Clock.Now().Sub(testkit.Start)/(24*time.Hour)))
		}
	}, withoutDeviceCookies)
}

// withoutDeviceCookies makes all sign-ins alike: no browser is new.
func withoutDeviceCookies(o *testapp.AppOptions) { o.Settings.DeviceCookies = false }

// Two mails are two lines, also for an organization, which gets no links to them.
func TestMailsAreNotGrouped(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		for _, template := range []string{models.MailReminder, models.MailExpiration} {
			mail := models.Mail{
				ID: app.Accounts.NewID(), Template: template, OnceKey: template, AccountID: &who.Ann.ID, AccountName: "ann",
				Recipient: "ann@example.com", State: models.MailSent, CreatedAt: app.Clock.Now(), NextTryAt: app.Clock.Now(),
			}
			if err := app.DB.Update(t.Context(), func(tx *models.Tx) error { return tx.QueueMail(&mail) }); err != nil {
				t.Fatal(err)
			}
		}
		page := app.SignIn("acme").Get("/accounts/" + who.Ann.ID).Want(200)
		check(t, "mails", page.Find(`.timeline [data-action="mail"]`).Length(), 2)
	})
}

// An event's details have one order in all languages: that of its names in the log, not that of their phrases.
func TestDetailsHaveFixedOrder(t *testing.T) {
	each(t, func(t *testing.T, app *testapp.App) {
		root := app.Seed(models.SuperAdmin, "root")
		event := models.AuditEvent{
			ID: app.Accounts.NewID(), At: app.Clock.Now(), Action: core.ActionEdited, SubjectID: root.ID, SubjectName: "root",
			Detail: map[string]string{"opens": "reset-page", "template": models.MailReminder},
		}
		if err := app.DB.Update(t.Context(), func(tx *models.Tx) error { return tx.Audit(event) }); err != nil {
			t.Fatal(err)
		}
		text := app.SignIn("root").Get("/audit?action=edited").Want(200).Text("tr[data-id] th small")
		if opens, mail := strings.Index(text, "Must change password"), strings.Index(text, "Password expires soon"); opens < 0 || mail < opens {
			t.Errorf("the log says %q", text)
		}
	})
}
