package handlers_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"latchkey/accounts/core"
	signin "latchkey/accounts/session"
	"latchkey/internal/testapp"
	"latchkey/internal/testdb"
	"latchkey/internal/testkit"
	"latchkey/models"
)

// sendLink sends an account a link to set a password.
func sendLink(t *testing.T, operator *testapp.Client, account models.Account) models.Link {
	t.Helper()
	path := "/accounts/" + account.ID
	operator.Get(path).Submit(path+"/password", "password_mode", "link").Want(303)
	links, err := operator.App.DB.Read(t.Context()).PasswordLinks(account.ID)
	if err != nil || len(links) == 0 {
		t.Fatal(links, err)
	}
	return links[0]
}

// tokenOf returns the token of a link, which only its mail has.
func tokenOf(app *testapp.App, link models.Link) string {
	token, err := app.Accounts.Sealing.Token(app.DB.Read(app.Context()), link.ID)
	if err != nil {
		app.Fatal(err)
	}
	return token
}

// capturedLink sends a link in a mail that is captured, and returns the mail's id.
func capturedLink(t *testing.T, app *testapp.App, operator *testapp.Client, account models.Account) string {
	t.Helper()
	link := sendLink(t, operator, account)
	app.Settle(func(m *models.Mail) { m.State = models.MailCaptured })
	mail, err := app.DB.Read(t.Context()).MailByOnceKey(models.MailSetPassword + ":" + link.ID)
	if err != nil {
		t.Fatal(err)
	}
	return mail.ID
}

func TestInvitationPages(t *testing.T) {
	companyOnBoth(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		acme := app.SignIn("acme")
		created := acme.Get("/accounts/new").Submit("/accounts", "name", "ida", "email", "ida@example.com", "password_mode", "link").Want(303).Follow().Want(200)
		check(t, "state", created.Text("#why"), "The link to choose a password was not sent yet. It is valid until 9 Mar 2026, 09:00 UTC.")
		check(t, "scheduled", created.Text(".next li"), "in 7 days Set-password link expires if not used")
		row := created.Find("#links li")
		check(t, "link", row.AttrOr("data-state", ""), "not-sent")
		check(t, "words", created.Text("#links li .grow"), "Invitation Not sent yet")
		app.Settle(func(m *models.Mail) { m.State = models.MailSent })
		ida, err := app.Accounts.FindByIdentifier(t.Context(), "ida")
		if err != nil {
			t.Fatal(err)
		}
		links, err := app.DB.Read(t.Context()).PasswordLinks(ida.ID)
		if err != nil {
			t.Fatal(err)
		}
		path, browser := "/set-password/"+tokenOf(app, links[0]), app.Client()
		page := browser.Get(path).Want(200)
		check(t, "whose", page.Text(".why"), "For the account \u2068ida\u2069.")
		check(t, "not in the page's switches", page.Has(`input[name=next]`), false)
		browser.Do(browser.Request("HEAD", path, nil)).Want(200)
		refused := page.Submit(path, "password", "short", "confirmation", "other").Want(422)
		check(t, "kept secret", refused.Find("#password").AttrOr("value", ""), "")
		check(t, "marked", refused.Find("#password").AttrOr("aria-invalid", ""), "true")
		refused.Submit(path, "password", testapp.Secret2, "confirmation", testapp.Secret2).WantRedirect("/me").Follow().Want(200)
		check(t, "used", acme.Get("/accounts/"+ida.ID).Find("#links li").AttrOr("data-state", ""), "used")
		for _, method := range []string{"GET", "POST"} {
			stranger := app.Client()
			gone := stranger.Do(stranger.Request(method, path, nil)).Want(404)
			check(t, method+" again: title", gone.Text("h1"), "This link is not valid")
		}
	}, sending)
}

// TestLinkPagesWithAFactor: one button, the factor, then the password.
func TestLinkPagesWithAFactor(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		secret, _ := app.Factor(who.Ann)
		path, browser := "/set-password/"+tokenOf(app, sendLink(t, app.SignIn("root"), who.Ann)), app.Client()
		page := browser.Get(path).Want(200)
		check(t, "fields", page.Has("#password"), false)
		factor := page.Submit(path).WantRedirect("/second-factor").Follow().Want(200)
		password := factor.Submit("/second-factor", "code", app.Code(secret)).WantRedirect("/password").Follow().Want(200)
		check(t, "why", password.Text(".why"), "Choose a new password. The link works once.")
		check(t, "current", password.Has("#current"), false)
		password.Submit("/password", "password", testapp.Secret2, "confirmation", testapp.Secret2).WantRedirect("/me")
		browser.Get(path).Want(404)
	})
}

// TestLinkDoesNotUseTheSession of its browser, and ends it.
func TestLinkDoesNotUseTheSession(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		browser := app.SignIn("bob")
		before := browser.Session()
		path := "/set-password/" + tokenOf(app, sendLink(t, app.SignIn("root"), who.Ann))
		page := browser.Get(path).Want(200)
		check(t, "navigation", page.Has("nav a[href='/me']"), false)
		page.Submit(path, "password", testapp.Secret2, "confirmation", testapp.Secret2).WantRedirect("/me").Follow().Want(200)
		if browser.Session() == before {
			t.Error("the session stayed")
		}
	})
}

func TestForgottenPages(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		page := app.Client().Get("/forgot").Want(200)
		check(t, "no name", page.Submit("/forgot").Want(422).Text("#name-error"), "Enter your account name or e-mail address.")
		sent := page.Submit("/forgot", "name", "ann").WantRedirect("/forgot?sent=1").Follow().Want(200)
		check(t, "title", sent.Text("h1"), "Check your e-mail")
		if _, err := app.Accounts.Links.AnswerForgotten(t.Context()); err != nil {
			t.Fatal(err)
		}
		root := app.SignIn("root")
		check(t, "link", root.Get("/accounts/"+who.Ann.ID).Text("#links li .grow"), "Forgotten password Not sent yet")
		event := root.Get("/audit?action=link-created").Want(200).Text("main table")
		if !strings.Contains(event, "Forgotten password") {
			t.Errorf("audit log: %s", event)
		}
		app.SignIn("ann").Get("/forgot").WantRedirect("/me")
	}, sending)
}

// TestForgottenAnswersAreEqual, whatever the name is: status, headers and body, without a look at the accounts.
func TestForgottenAnswersAreEqual(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		app.Tamper(app.Seed(models.Customer, "off").ID, func(a *models.Account) { a.DisabledAt = &a.CreatedAt })
		app.Seed(models.Customer, "robot", testapp.Technical)
		app.Tamper(app.Seed(models.Customer, "ended").ID, func(a *models.Account) { a.ValidUntil = "2026-01-01" })
		app.Tamper(app.Seed(models.Customer, "blocked").ID, func(a *models.Account) { a.BlockedAt = &a.CreatedAt })
		var first *testapp.Reply
		for _, name := range []string{"ann", "unknown", "off", "robot", "ended", "blocked", "root", "Default", "ann@example.com", "x@example.com", "two words"} {
			reply := app.Client().Post("/forgot", testapp.Form("name", name)).Want(303)
			reply.Header.Del("X-Request-Id")
			reply.Header.Del("Date")
			if first == nil {
				first = reply
			}
			sameAnswer(t, name, first, reply)
			for key := range reply.Header {
				check(t, name+": "+key, strings.Join(reply.Header[key], "; "), strings.Join(first.Header[key], "; "))
			}
		}
	}, sending)
}

// TestLinksOfSuperAdminsAskToConfirm, as resetting their passwords does; so does looking at a link.
func TestLinksOfSuperAdminsAskToConfirm(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		deputy := app.Seed(models.SuperAdmin, "deputy")
		root := app.SignIn("root")
		mail := capturedLink(t, app, root, who.Ann)
		link := sendLink(t, root, deputy)
		later(app)
		root.Get("/") // the message of the last form
		unchanged(t, app, "asks", func() {
			wantGate(t, root.Post("/accounts/"+deputy.ID+"/links/"+link.ID+"/resend", nil, "Accept", "application/json"), "confirm-identity")
			wantGate(t, root.Post("/mail/"+mail+"/link", nil, "Accept", "application/json"), "confirm-identity")
		})
	})
}

// TestCapturedLinkIsShownOnRequest to SuperAdmins, as an audit event; everywhere else the mail has no token.
func TestCapturedLinkIsShownOnRequest(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		root := app.SignIn("root")
		id := capturedLink(t, app, root, who.Ann)
		links, err := app.DB.Read(t.Context()).PasswordLinks(who.Ann.ID)
		if err != nil {
			t.Fatal(err)
		}
		token := tokenOf(app, links[0])
		for _, path := range []string{"/mail/" + id, "/mail/" + id + "/html", "/mail", "/accounts/" + who.Ann.ID, "/audit"} {
			if page := root.Get(path).Want(200); strings.Contains(page.Body, token) {
				t.Errorf("%s has the token", path)
			}
		}
		shown := root.Get("/mail/" + id).Submit("/mail/" + id + "/link").Want(200)
		check(t, "link", shown.Text("#mail-link"), app.BaseURL.String()+"/set-password/"+token)
		event := must[models.Page[models.AuditEvent]](t)(app.DB.Read(t.Context()).ListAudit(models.AuditFilter{Action: core.ActionLinkShown, Limit: 10})).Rows
		if len(event) != 1 || event[0].SubjectID != who.Ann.ID || strings.Contains(event[0].Detail["link"], token) {
			t.Errorf("events: %+v", event)
		}
		if _, err := app.Accounts.Links.SetPassword(t.Context(), token, signin.NewPassword{Password: testapp.Secret2, Confirmation: testapp.Secret2}, core.ClientInfo{}); err != nil {
			t.Fatal(err)
		}
		check(t, "used", root.Post("/mail/"+id+"/link", nil).Want(422).Text("[role=alert]") != "", true)
		app.SignIn("acme").Post("/mail/"+id+"/link", nil).Want(403)
	})
}

// TestLinkIsLimitedToTheDashboardsNetworks, as the sign-in is.
func TestLinkIsLimitedToTheDashboardsNetworks(t *testing.T) {
	testkit.Parallel(t)
	app := testapp.NewApp(t, testdb.SQLite(t), func(o *testapp.AppOptions) { o.Settings.Dashboard = prefixes("192.0.2.0/24") })
	app.Company()
	app.Client().Get("/set-password/x").Want(403)
	app.Client().Get("/forgot").Want(403)
}

// TestLinkWithTooManyCodes has ended without an operator who revoked it.
func TestLinkWithTooManyCodes(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		root := app.SignIn("root")
		link := sendLink(t, root, who.Ann)
		err := app.DB.Update(t.Context(), func(tx *models.Tx) error {
			for range models.MaxLinkCodes {
				if taken, err := tx.TakeLinkCode(link.ID); err != nil || !taken {
					return fmt.Errorf("taken %t: %w", taken, err)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		page := root.Get("/accounts/" + who.Ann.ID).Want(200)
		check(t, "state", page.Text("#links li small"), "Revoked: too many wrong codes")
		check(t, "revoke", page.Find("#links form[action*='/revoke']").Length(), 0)
	})
}

// TestManyLinksOnTheAccountPage shows the newest ones.
func TestManyLinksOnTheAccountPage(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		root := app.SignIn("root")
		for range 5 {
			sendLink(t, root, who.Ann)
			app.Clock.Advance(time.Minute)
		}
		page := root.Get("/accounts/" + who.Ann.ID)
		check(t, "links", page.Find("#links li").Length(), 3)
		check(t, "resend", page.Find("#links form[action*='/resend']").Length(), 1)
		check(t, "revoke", page.Find("#links form[action*='/revoke']").Length(), 3)
	})
}
