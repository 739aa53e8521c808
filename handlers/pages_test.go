package handlers_test

import (
	"database/sql"
	"fmt"
	"net/url"
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

func TestPolicyPageShowsEveryRule(t *testing.T) {
	policies := password.Default()
	super := policies.Account
	super.Section, super.MinimumSymbols, super.AllowedRegex, super.BlockingTimeInMin = password.SectionSuperAdmin, 12, `(?:.|"<b>)+`, 0
	policies.SuperAdmin = &super
	company(t, func(t *testing.T, app *testapp.App, _ testapp.Company) {
		acmes := app.SignIn("acme").Get("/policy").Want(200)
		check(t, "an organization's sections", strings.Join(acmes.Texts(".policy thead code"), " "), "ACCOUNT TECHNICAL")
		page := app.SignIn("root").Get("/policy").Want(200)
		check(t, "sections", strings.Join(page.Texts(".policy thead code"), " "), "ACCOUNT TECHNICAL SUPERADMIN")
		check(t, "groups", strings.Join(page.Texts(".policy .group"), " "), "Length Characters Reuse Expiry Lockout Example")
		check(t, "rules", rowsOf(page, ".policy [data-rule]"), strings.Join([]string{
			"Minimum length differs minimumSymbols | 6 | 6 | 12", "Maximum length differs maximumSymbols | 30 | 20 | 30",
			"Special characters minimumSpecialSymbols | 1 | 1 | 1", "Upper-case letters minimumUpperCaseSymbols | 1 | 1 | 1", "Digits minimumDigits | 1 | 1 | 1",
			"Account name in the password userNameForbidden | Not allowed | Not allowed | Not allowed",
			`Required format differs allowedRegex | Off | Off | (?:.|"<b>)+`, "Last passwords not allowed differs forbiddenLastPasswords | 3 | 5 | 3",
			"Expires after differs passwordExpirationInDays | 64 days | Never | 64 days",
			"Reminder differs emailBeforeExpirationInDays | 5 days before | Off | 5 days before",
			"Failed attempts until blocked differs maxLoginAttempts | 10 | 5 | 10",
			"Block duration differs blockingTimeInMin | 20 min | 20 min | Until unblocked",
		}, "; "))
		check(t, "how many differ", page.Text(".policy + .hint"), "8 of 12 rules differ")
		check(t, "departures", strings.Join(page.Texts(".departures dt"), "; "), strings.Join([]string{
			"NIST 1, ASVS 6.2.1", "NIST 2, ASVS 6.2.9", "NIST 5, ASVS 6.2.5", "NIST 6, ASVS 6.2.10",
			"NIST 1, ASVS 6.2.1", "NIST 2, ASVS 6.2.9", "NIST 5, ASVS 6.2.5",
			"NIST 1", "NIST 2, ASVS 6.2.9", "NIST 5, ASVS 6.2.5", "NIST 5, ASVS 6.2.5", "NIST 6, ASVS 6.2.10",
		}, "; "))
		check(t, "an organization's departures", acmes.Find(".departures").Length(), 0)
		text := page.Text("main")
		for _, want := range []string{"Requires at least 12 characters", "breached-password lists", "built in"} {
			if !strings.Contains(text, want) {
				t.Errorf("the page does not say %q", want)
			}
		}
		check(t, "one-time passwords", page.Text("[aria-labelledby=signing-in] dt:contains('One-time password') + dd"), "7 days")
		example := page.Find(".example code").First().Text()
		if broken := policies.Account.Check("", example); len(broken) > 0 {
			t.Errorf("the example %q breaks %v", example, broken)
		}
	}, func(o *testapp.AppOptions) { o.Policies = policies })
}

// rowsOf returns the rows of tables, their cells divided by bars.
func rowsOf(page *testapp.Reply, selector string) string {
	return strings.Join(page.Find(selector).Map(func(_ int, row *goquery.Selection) string {
		return strings.Join(row.Children().Map(func(_ int, cell *goquery.Selection) string { return strings.Join(strings.Fields(cell.Text()), " ") }), " | ")
	}), "; ")
}

func TestPolicyPageShowsWhenItAppliesToAll(t *testing.T) {
	testkit.Parallel(t)
	app := testapp.NewApp(t, testdb.SQLite(t))
	app.Company()
	page := app.SignIn("root").Get("/policy").Want(200)
	check(t, "sections", strings.Join(page.Texts(".policy thead code"), " "), "ACCOUNT TECHNICAL")
	check(t, "for whom", page.Find(".policy thead span").AttrOr("title", ""), "SuperAdmins, organizations and customers")
}

func TestOverviewCountsWhatNeedsAttention(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		app.Seed(models.Customer, "never", testapp.OneTime, testapp.Of(who.Bond))
		app.Clock.Advance(168 * time.Hour)
		app.Seed(models.Customer, "new", testapp.OneTime, testapp.Of(who.Acme))
		app.Seed(models.Customer, "later", testapp.Of(who.Acme))
		app.Clock.Advance(57*24*time.Hour - time.Hour) // all but "later" expire within the hour
		app.Seed(models.Customer, "blocked", testapp.Of(who.Acme))
		app.Seed(models.Customer, "fresh", testapp.OneTime, testapp.Of(who.Acme))
		blacklist(app, "blocked")
		app.Settle(func(m *models.Mail) { m.State = models.MailFailed })
		root := app.SignIn("root")
		wantFigures(t, root, "1 Blocked", "2 Expired, never used", "0 Expired", "5 Expire within 7 days", "1 One-time, unused",
			"1 Failed e-mails")
		wantFigures(t, app.SignIn("acme"), "1 Blocked", "1 Expired, never used", "0 Expired", "1 Expire within 7 days", "1 One-time, unused")
		app.SignIn("ann").Get("/").WantRedirect("/me")
		app.Clock.Advance(30 * time.Minute)
		root.Get("/me")
		app.Clock.Advance(30 * time.Minute)
		wantFigures(t, root, "0 Blocked", "2 Expired, never used", "5 Expired", "1 Expire within 7 days", "1 One-time, unused",
			"1 Failed e-mails")
	})
}

// wantFigures checks the figures, and that each leads to a list of just so many.
func wantFigures(t *testing.T, browser *testapp.Client, want ...string) {
	t.Helper()
	page := browser.Get("/").Want(200)
	var got []string
	for _, link := range page.Find(".stats a").EachIter() {
		count, label := link.Find("b").Text(), strings.TrimSpace(link.Find(".state").Text())
		check(t, label+" is quiet", link.HasClass("zero"), count == "0")
		got = append(got, count+" "+label)
		list := browser.Get(link.AttrOr("href", "")).Want(200)
		check(t, "rows of "+label, fmt.Sprint(list.Find("tr[data-id]").Length()), count)
	}
	check(t, "overview", strings.Join(got, ", "), strings.Join(want, ", "))
}

func TestOwnPageShowsAccountAndSavesLanguage(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		app.Client().SignIn("ann", "wrong").Want(422)
		browser := app.Client()
		browser.Header.Set("User-Agent", hostile)
		browser.SignIn("ann", testapp.Secret).Want(303)
		page := browser.Get("/me").Want(200)
		for _, want := range []string{"acme", "ann@example.com", "valid until 5 May 2026, 09:00 UTC", hostile, "Sign-in failed", "127.0.0.1"} {
			if !strings.Contains(page.Text("main"), want) {
				t.Errorf("the page does not say %q", want)
			}
		}
		if page.Has("script:not([src])") {
			t.Error("a browser's name became part of the page")
		}
		page.Submit("/me/edit", "locale", "en").WantRedirect("/me")
		check(t, "language", app.Account(who.Ann.ID).Locale, "en")
		check(t, "choice kept", browser.Get("/me").Value("locale"), "en")
		unchanged(t, app, "a language that there is not", func() {
			wantProblems(t, browser.Post("/me/edit", testapp.Form("locale", "xx")).Want(422), "locale")
		})
	})
}

func TestHealth(t *testing.T) {
	each(t, func(t *testing.T, app *testapp.App) {
		browser := app.Client()
		check(t, "alive", browser.Get("/healthz").Want(200).Body, "ok\n")
		check(t, "ready", browser.Get("/readyz").Want(200).Body, "ready\n")
		if err := app.DB.Close(); err != nil {
			t.Fatal(err)
		}
		browser.Get("/healthz").Want(200)
		check(t, "not ready", browser.Get("/readyz").Want(503).Body, "the database is not ready\n")
	})
}

// If the database is unavailable, every visitor gets an error page. When it is back, everything works again.
func TestUnavailableDatabaseIs503(t *testing.T) {
	testkit.Parallel(t)
	app := testapp.NewApp(t, testdb.PostgresDB(t))
	app.Company()
	root, guest := app.SignIn("root"), app.Client()
	form, customer := guest.Get("/sign-in"), root.Get("/accounts/new?kind=customer")
	admit := shutOut(t, app.DB.Address)
	for what, page := range map[string]*testapp.Reply{
		"page": root.Get("/accounts"), "act": root.Post("/accounts", testapp.Form("kind", "customer")), "token": guest.Get("/setup?token=x"),
		"sign-in": form.Submit("/sign-in", "name", "root", "password", testapp.Secret),
	} {
		page.Want(503)
		check(t, what, page.Text("h1"), "The service is busy")
		if page.Header.Get("Retry-After") == "" || strings.Contains(page.Body, "SQL") || strings.Contains(page.Body, "dial") {
			t.Errorf("%s: Retry-After %q, %s", what, page.Header.Get("Retry-After"), page.Text("main"))
		}
	}
	// What was typed can be sent again, except for passwords.
	const typed = "Canary-1!"
	refused := customer.Submit("/accounts", "name", "neumann", "email", "x", "password_mode", "typed", "password", typed).Want(503)
	hasNot(t, refused, typed)
	check(t, "way on without a database, which knows the visitor", strings.Join(refused.Texts("main form .actions > *"), ", "), "Try again")
	refused = refused.Submit("/accounts").Want(503)
	guest.Get("/healthz").Want(200)
	guest.Get("/readyz").Want(503)
	root.Get(app.Assets.URL("app.css")).Want(200)
	admit()
	root.Get("/accounts").Want(200)
	filled := refused.Submit("/accounts").Want(422)
	wantProblems(t, filled, "email", "password")
	check(t, "name", filled.Value("name"), "neumann")
	check(t, "e-mail", filled.Value("email"), "x")
	filled.Submit("/accounts", "email", "neumann@example.com", "password", typed).Want(303)
}

// shutOut ends all connections to a database and lets no new ones in, until admit is called.
func shutOut(t *testing.T, address string) (admit func()) {
	t.Helper()
	at := must[*url.URL](t)(url.Parse(address))
	name := strings.TrimPrefix(at.Path, "/")
	at.Path = "/postgres"
	pool := must[*sql.DB](t)(sql.Open("pgx", at.String()))
	t.Cleanup(func() { pool.Close() })
	run := func(statement string) {
		if _, err := pool.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	run(`ALTER DATABASE "` + name + `" ALLOW_CONNECTIONS false`)
	run(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '` + name + `'`)
	return func() { run(`ALTER DATABASE "` + name + `" ALLOW_CONNECTIONS true`) }
}
