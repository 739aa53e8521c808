package handlers_test

import (
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"latchkey/internal/testapp"
	"latchkey/internal/testdb"
	"latchkey/internal/testkit"
	"latchkey/models"
	"latchkey/password"
)

// Each state is explained with its dates and counts, and with what happens next.
func TestAccountPageExplainsState(t *testing.T) {
	testkit.Parallel(t)
	hours := func(n int) *time.Time { at := testkit.Start.Add(time.Duration(n) * time.Hour); return &at }
	for name, tc := range map[string]struct {
		change func(*models.Account)
		why    string
		next   string

		capturing bool
	}{
		"active, no mail server": {func(*models.Account) {},
			"Can sign in: The password is valid until 5 May 2026, 09:00 UTC.",
			"in 59 days Reminder to ann@example.com (not sent: no mail server) | in 64 days Password expires", true},
		"reminder due": {func(a *models.Account) { a.PasswordSetAt = hours(-60 * 24) },
			"Can sign in: The password is valid until 6 Mar 2026, 09:00 UTC.",
			"Now Reminder to ann@example.com | in 4 days Password expires, e-mail is sent", false},
		"active": {func(*models.Account) {},
			"Can sign in: The password is valid until 5 May 2026, 09:00 UTC.",
			"in 59 days Reminder to ann@example.com | in 64 days Password expires, e-mail is sent", false},
		"active, reminded": {func(a *models.Account) { a.ExpiryNotice = models.Reminded },
			"Can sign in: The password is valid until 5 May 2026, 09:00 UTC.",
			"in 64 days Password expires, e-mail is sent", false},
		"technical": {func(a *models.Account) { a.Technical = true },
			"Valid for scripts and devices: The password does not expire.", "", false},
		"expired": {func(a *models.Account) { a.PasswordSetAt = hours(-65 * 24) },
			"Password expired: On 1 Mar 2026, 09:00 UTC, after 64 days. The user must choose a new one at the next sign-in.",
			"", false},
		"must change": {func(a *models.Account) { a.MustChange, a.ExpiryNotice = true, models.Reminded },
			"Must change password: Required by an operator. The user must choose a new one at the next click or sign-in.",
			"in 64 days Password expires, e-mail is sent", false},
		"one-time": {func(a *models.Account) { a.OneTime, a.PasswordSetAt = true, hours(-24) },
			"Waiting for the first sign-in: One-time password set on 1 Mar 2026, 09:00 UTC. The user must then choose their own.",
			"in 6 days One-time password expires if not used", false},
		"lapsed": {func(a *models.Account) { a.OneTime, a.PasswordSetAt = true, hours(-168) },
			"One-time password expired: Set on 23 Feb 2026, 09:00 UTC, valid until 2 Mar 2026, 09:00 UTC, never used. Reset the password.", "", false},
		"no password": {func(a *models.Account) { a.PasswordHash, a.PasswordSetAt = "", nil },
			"No password: The account cannot sign in until a password is set.", "", false},
		"blacklisted": {func(a *models.Account) {
			a.FailedAttempts, a.FailedInRow, a.BlockedAt, a.BlockedUntil, a.PasswordSetAt = 10, 30, hours(0), hours(1), hours(-65*24)
		}, "Blocked until 2 Mar 2026, 10:00 UTC: After 10 failed sign-ins. Even the correct password is refused.",
			"in 1 hour Block ends", false},
		"blacklisted for good": {func(a *models.Account) {
			a.FailedAttempts, a.FailedInRow, a.BlockedAt, a.ExpiryNotice, a.PasswordSetAt = 10, 100, hours(0), models.ExpiryNotified, hours(-65*24)
		}, "Blocked until an operator unblocks it: Since 2 Mar 2026, 09:00 UTC, after 100 failed sign-ins.", "", false},
		"blacklisted by the policy": {func(a *models.Account) {
			a.FailedAttempts, a.FailedInRow, a.BlockedAt, a.PasswordSetAt = 10, 10, hours(0), hours(-65*24)
		}, "Blocked until an operator unblocks it: Since 2 Mar 2026, 09:00 UTC, after 10 failed sign-ins.", "", false},
		"not yet valid": {func(a *models.Account) { a.ValidFrom, a.ValidUntil = "2026-03-03", "2026-03-09" },
			"Valid from 3 Mar 2026: The account cannot sign in before that day.",
			"in 15 hours First day of the account | in 8 days Account ends | in 64 days Password expires, no e-mail is sent", false},
		"ended": {func(a *models.Account) { a.ValidUntil = "2026-03-01" },
			"Ended: The last day was 1 Mar 2026. The account cannot sign in until a later last day is set.",
			"in 64 days Password expires, no e-mail is sent", false},
		"disabled by the system": {func(a *models.Account) { a.DisabledAt, a.DisabledFor = hours(-1), models.DisabledInactive },
			"Disabled because it was not used: Since 2 Mar 2026, 08:00 UTC, after a long time without a sign-in. An operator can enable it again.",
			"in 64 days Password expires, no e-mail is sent", false},
		"disabled": {func(a *models.Account) { a.DisabledAt = hours(-1) },
			"Disabled by an operator: Since 2 Mar 2026, 08:00 UTC. The account cannot sign in.",
			"in 64 days Password expires, no e-mail is sent", false},
	} {
		t.Run(name, func(t *testing.T) {
			app := testapp.NewApp(t, testdb.SQLite(t), func(o *testapp.AppOptions) { o.Sending = !tc.capturing })
			who := app.Company()
			app.Tamper(who.Ann.ID, tc.change)
			page := app.SignIn("root").Get("/accounts/" + who.Ann.ID).Want(200)
			check(t, "why", page.Text(".notice h2")+": "+page.Text(".why"), tc.why)
			check(t, "next", strings.Join(page.Texts(".next li"), " | "), tc.next)
			if (tc.next == "") != strings.Contains(page.Text(".next"), "Nothing scheduled.") {
				t.Errorf("what happens next: %s", page.Text(".next"))
			}
		})
	}
}

// Equal events in a row are one line. Mails are part of the timeline.
func TestTimelineGroupsRepeatedEvents(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		for range 3 {
			app.Client().SignIn("ann", "wrong").Want(422)
		}
		app.Clock.Advance(time.Minute)
		app.SignIn("ann")
		app.Clock.Advance(59 * 24 * time.Hour)
		app.Sweep()
		page := app.SignIn("acme").Get("/accounts/" + who.Ann.ID).Want(200)
		check(t, "timeline", strings.Join(page.Texts(".timeline li"), " | "),
			"E-mail: Password expires soon Waitingann@example.com09:01 | Signed in 127.0.0.12 Mar, 09:01 | "+
				"Sign-in failed 3 times Unknown · Wrong password · 127.0.0.12 Mar, 09:00 | "+
				"Created the account command line · Customer · Typed password2 Mar, 09:00")
		if page.Has(`.timeline a[href^="/mail/"]`) {
			t.Error("an organization is led to a mail, which is the SuperAdmins'")
		}
		root := app.SignIn("root").Get("/accounts/" + who.Ann.ID)
		if !root.Has(`.timeline a[href^="/mail/"]`) {
			t.Error("a SuperAdmin is not led to the mail")
		}
	})
}

// The audit log can be narrowed to one account, within what one may see.
func TestAuditOfOneAccount(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		app.SignIn("bob")
		root, acme := app.SignIn("root"), app.SignIn("acme")
		link := root.Get("/accounts/"+who.Bob.ID).Find(`a[href^="/audit?"]`).AttrOr("href", "")
		page := root.Get(link).Want(200)
		check(t, "events", strings.Join(page.Texts("tr[data-id] td:nth-child(4)"), " "), "bob bob")
		check(t, "about", page.Text(".chip"), "Remove filter Account: bob")
		check(t, "without it", page.Find(".chip").AttrOr("href", ""), "/audit")
		check(t, "kept by the filter", page.Value("account"), who.Bob.ID)
		check(t, "another's", acme.Get(link).Want(200).Find("tr[data-id]").Length(), 0)
		root.Get("/audit?account=x").Want(422)
	})
}

// The navigation shows counts to those who can act on them.
func TestNavigationShowsWaitingCounts(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		blacklist(app, "ann")
		app.Settle(func(m *models.Mail) { m.State = models.MailFailed })
		check(t, "SuperAdmin", strings.Join(app.SignIn("root").Get("/policy").Texts(".rail .count"), ", "), "1 waiting for you, 1 waiting for you")
		check(t, "organization", strings.Join(app.SignIn("acme").Get("/policy").Texts(".rail .count"), ", "), "1 waiting for you")
		check(t, "another organization", strings.Join(app.SignIn("bond").Get("/policy").Texts(".rail .count"), ", "), "")
	})
}

// The charts have the same figures as a table, which are those of the accounts.
func TestOverviewCharts(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		for range 2 {
			app.Client().SignIn("ann", "wrong").Want(422)
		}
		page := app.SignIn("root").Get("/").Want(200)
		check(t, "summaries", strings.Join(page.Texts(".chart header + p"), " "), "5 passwords expire in the next 90 days. 2 sign-ins failed in the last 14 days.")
		check(t, "bars", page.Find(".chart svg a .bar").Length(), 13+14)
		expiring, failed := page.Find(".chart").Eq(0), page.Find(".chart").Eq(1)
		check(t, "rows", expiring.Find("tbody tr").Length()*100+failed.Find("tbody tr").Length(), 1314)
		check(t, "week", strings.Join(strings.Fields(expiring.Find("tbody tr").Eq(9).Text()), " "), "4 May – 10 May5")
		check(t, "today", strings.Join(strings.Fields(failed.Find("tbody tr").Eq(13).Text()), " "), "2 Mar2")
		check(t, "highest", failed.Find("title").Eq(13).Text(), "2 Mar: 2")
		check(t, "its height", failed.Find(".bar").Eq(13).AttrOr("height", ""), "77.3") // two of the three grid lines
		check(t, "axis", strings.Join(failed.Find("text:not(.value)").Map(func(_ int, s *goquery.Selection) string { return s.Text() }), " "),
			"0 1 2 3 18 Feb 21 Feb 24 Feb 27 Feb Today")
		links := func(in string) string {
			return strings.Join(page.Find(in).Map(func(_ int, s *goquery.Selection) string { return s.AttrOr("href", "") }), " ")
		}
		check(t, "links of the tables", links(".chart table a"), links(".chart svg a"))
		other := app.SignIn("bond").Get("/").Want(200)
		check(t, "another organization", other.Find(".chart").Eq(1).Find(".empty").Text(), "No failed sign-ins.")
	})
}

// After the set-up the overview lists the first steps.
func TestFirstSteps(t *testing.T) {
	testkit.Parallel(t)
	app := testapp.NewApp(t, testdb.SQLite(t))
	app.Seed(models.SuperAdmin, "root")
	root := app.SignIn("root")
	check(t, "open steps", len(root.Get("/").Texts("details[open] li")), 6)
	app.Seed(models.Customer, "ann")
	check(t, "open steps with a customer", len(root.Get("/").Texts("details[open] li")), 0)
}

// Customers see the rules, but no names of settings and files. Only SuperAdmins see the path of the file.
func TestCustomersDoNotSeeSettingNames(t *testing.T) {
	policies := password.Default()
	policies.Source = "/etc/secret-place/policy.json"
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		mine := app.SignIn("ann").Get("/me").Want(200)
		hasNot(t, mine, "LATCHKEY_", "policy.json", "minimumSymbols", "ACCOUNT")
		check(t, "rules of the customer", strings.Join(mine.Texts(".bullets li"), " | "), "at least 6 characters | at most 30 characters | at least 1 special character, such as ! or ? | "+
			"at least 1 upper-case letter | at least 1 digit | does not contain the account name | differs from the last 3 passwords | is valid for 64 days")
		acme := app.SignIn("acme")
		for _, path := range []string{"/me", "/policy", "/accounts/" + who.Ann.ID} {
			page := acme.Get(path).Want(200)
			hasNot(t, page, "secret-place")
			if path == "/policy" && !strings.Contains(page.Text("main"), "policy.json") {
				t.Errorf("%s does not name the file to the organization", path)
			}
		}
		if !strings.Contains(app.SignIn("root").Get("/policy").Text("main"), "/etc/secret-place/policy.json") {
			t.Error("the SuperAdmin does not see the path of the file")
		}
	}, func(o *testapp.AppOptions) { o.Policies = policies })
}
