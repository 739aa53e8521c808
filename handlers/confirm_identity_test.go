package handlers_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"latchkey/accounts/core"
	"latchkey/internal/testapp"
	"latchkey/models"
)

// later lets the password of the sign-in grow too old to confirm an act.
func later(app *testapp.App) { app.Clock.Advance(core.ConfirmedFor + time.Second) }

// What was typed is filled in again after the confirmation, except passwords, and then carried out once.
func TestConfirmationKeepsTheForm(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		browser := app.SignIn("root")
		form := browser.Get("/accounts/new?kind=superadmin").Want(200)
		later(app)
		asked := form.Submit("/accounts", "name", "chief", "email", "chief@example.com", "password_mode", "typed", "password", secretTyped, "one_time", "").
			WantRedirect("/confirm-identity").Follow().Want(200)
		check(t, "page", asked.Text("h1"), "Confirm it's you")
		check(t, "what", strings.Trim(asked.Text(".why"), " "), "Create the SuperAdmin chief")
		check(t, "code", asked.Has("[name=code]"), false)
		hasNot(t, asked, secretTyped)
		check(t, "created", slices.Contains(browser.Get("/accounts").Texts("tbody th a"), "chief"), false)
		check(t, "cancel", asked.Find("main a.button").AttrOr("href", ""), "/accounts/new?kind=superadmin")
		before := browser.Session()
		wrong := asked.Submit("/confirm-identity", "password", "wrong").Want(422)
		check(t, "problem", wrong.Text("#password-error"), "The current password is wrong, or your account is temporarily blocked.")
		filled := wrong.Submit("/confirm-identity", "password", testapp.Secret).WantRedirect("/accounts/new?kind=superadmin").Follow().Want(200)
		if browser.Session() == before {
			t.Error("the session keeps its token")
		}
		check(t, "message", filled.Text("[role=status]"), "Your entries are filled in again, except passwords. Nothing has been sent yet.")
		check(t, "name", filled.Value("name"), "chief")
		check(t, "mode", filled.Find("[name=password_mode][checked]").AttrOr("value", ""), "typed")
		check(t, "password", filled.Value("password"), "")
		filled.Submit("/accounts", "password", testapp.Secret2).Want(303)
		check(t, "created", slices.Contains(browser.Get("/accounts").Texts("tbody th a"), "chief"), true)
		for _, line := range app.DB.Dump(t) {
			if strings.Contains(line, secretTyped) {
				t.Errorf("the database has %s", line)
			}
		}
		browser.Get("/confirm-identity").WantRedirect("/")
	})
}

// After "Cancel" the form has its text too.
func TestCancelledConfirmationKeepsTheForm(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		browser, path := app.SignIn("root"), "/accounts/"+who.Ann.ID+"?from=kind%3Dcustomer"
		form := browser.Get(path).Want(200)
		later(app)
		asked := form.Submit("/accounts/"+who.Ann.ID+"/delete?from=kind%3Dcustomer", "confirm", "ann").WantRedirect("/confirm-identity").Follow().Want(200)
		check(t, "what", strings.Trim(asked.Text(".why"), " "), "Delete the account ann")
		back := browser.Get(asked.Find("main a.button").AttrOr("href", "")).Want(200)
		check(t, "typed", back.Value("confirm"), "ann")
		asked.Submit("/confirm-identity", "password", testapp.Secret).WantRedirect(path).Follow().Want(200).
			Submit("/accounts/"+who.Ann.ID+"/delete?from=kind%3Dcustomer", "confirm", "ann").Want(303)
		browser.Get(path).Want(404)
	})
}

// stepUps are the marked routes with forms that ask.
func stepUps() map[string][]string {
	return map[string][]string{
		"/accounts":              {"kind", "superadmin", "name", "chief", "email", "chief@example.com", "password_mode", "generated"},
		"/accounts/:id/password": {"password_mode", "generated"},
		"/accounts/:id/delete":   {"confirm", "deputy"},

		"/accounts/:id/second-factor/reset": {},
		"/me/security/totp":                 {},
		"/me/security/recovery-codes":       {},
		"/me/security/passkey":              {},
		"/me/email":                         {"email", "new@example.com"},
		"/me/sessions/end-others":           {},
		"/me/api-keys":                      {"title", "Import"},
		"/me/emergency-codes":               {"person", "Ben", "lead_hours", "24"},
	}
}

// Every marked route asks after ten minutes, changes nothing, and refuses scripts with the gate.
func TestMarkedRoutesAskToConfirm(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		deputy := app.Seed(models.SuperAdmin, "deputy")
		forms := stepUps()
		var marked []string
		for _, route := range app.Routes {
			if app.AsksToConfirm(route) {
				marked = append(marked, route.Path)
			}
		}
		elsewhere := []string{"/me/security/factors/:id/remove", "/me/security/totp/:id/confirm", "/me/sessions/:id/end", "/me/emergency-codes/:id/delete", "/accounts/:id/links/:link/resend", "/mail/:id/link", "/accounts/:id/restore", "/accounts/:id/erase", "/me/delete", "/me/api-keys/:id/revoke", "/accounts/:id/api-keys", "/accounts/:id/api-keys/:key/revoke"} // TestAPIKeysAskToConfirm, TestRemovalOfAFactorAsksForIt, TestLinksOfSuperAdminsAskToConfirm, TestLateConfirmationOfAnAppAsks, TestEndingSessionsAsks, TestEmergencyCodesPage, TestDeletedAccountsPage, TestDeleteOneself
		for _, path := range marked {
			if forms[path] == nil && !slices.Contains(elsewhere, path) {
				t.Errorf("%s is marked: say which form asks", path)
			}
		}
		for path, fields := range forms {
			if !slices.Contains(marked, path) {
				t.Errorf("%s is not marked", path)
			}
			app.Factor(deputy)
			browser, address := app.SignIn("root"), strings.ReplaceAll(path, ":id", deputy.ID)
			later(app)
			unchanged(t, app, path, func() {
				wantGate(t, browser.Post(address, testapp.Form(fields...), "Accept", "application/json"), "confirm-identity")
			})
			browser.Post(address, testapp.Form(fields...)).WantRedirect("/confirm-identity").Follow().Want(200).
				Submit("/confirm-identity", "password", testapp.Secret).Want(303)
			if reply := browser.Post(address, testapp.Form(fields...)); path != "/me/security/passkey" && reply.Status != 200 && reply.Status != 303 || reply.Header.Get("Location") == "/confirm-identity" {
				t.Errorf("%s after the confirmation: %s", path, reply.Summary())
			}
			if path == "/accounts/:id/delete" {
				deputy = app.Seed(models.SuperAdmin, "deputy", testapp.OverDeleted)
			}
		}
	})
}

// The form under its first id is carried out after the confirmation, and then once.
func TestConfirmedFormIsCarriedOutOnce(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		browser := app.SignIn("root")
		later(app)
		form := fill(browser.Get("/accounts/new?kind=superadmin"), browser, "/accounts", "kind", "superadmin", "name", "chief", "email", "chief@example.com", "password_mode", "generated")
		form.send(app).WantRedirect("/confirm-identity")
		form.send(app).WantRedirect("/confirm-identity")
		browser.Get("/confirm-identity").Submit("/confirm-identity", "password", testapp.Secret).Want(303)
		form.session = browser.Session()
		replies := make([]*testapp.Reply, 2)
		var both sync.WaitGroup
		for i := range replies {
			both.Go(func() { replies[i] = form.send(app) })
		}
		both.Wait()
		check(t, "status", replies[0].Want(200).Has("#generated-password"), true)
		sameAnswer(t, "twice", replies[0], replies[1])
	})
}

// The fifth wrong answer signs out, with the words of a failed sign-in.
func TestWrongConfirmationsSignOut(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		browser := app.SignIn("root")
		later(app)
		asked := browser.Post("/accounts/"+who.Ann.ID+"/delete", testapp.Form("confirm", "ann")).WantRedirect("/confirm-identity").Follow().Want(200)
		for range 4 {
			asked = asked.Submit("/confirm-identity", "password", "wrong").Want(422)
			check(t, "page", asked.Text("h1"), "Confirm it's you")
		}
		out := asked.Submit("/confirm-identity", "password", "wrong").Want(422)
		check(t, "page", out.Text("h1"), "Sign in")
		check(t, "why", strings.HasPrefix(out.Text("[role=alert]"), "Wrong name or password, or this account is blocked"), true)
		check(t, "navigation", out.Has("nav"), false)
		browser.Get("/").WantRedirect("/sign-in?next=%2F")
		out.Submit("/sign-in", "name", "root", "password", testapp.Secret).WantRedirect("/accounts/" + who.Ann.ID)
	})
}

// The page says what is too long to be kept.
func TestConfirmationSaysWhatIsLost(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		browser := app.SignIn("root")
		later(app)
		asked := browser.Post("/accounts", testapp.Form("kind", "superadmin", "name", strings.Repeat("ü", 6000))).WantRedirect("/confirm-identity").Follow().Want(200)
		check(t, "said", strings.Contains(asked.Text("main"), "Your entries are too long to be kept"), true)
		kept := browser.Post("/accounts", testapp.Form("kind", "superadmin", "name", "x")).WantRedirect("/confirm-identity").Follow().Want(200)
		check(t, "said", strings.Contains(kept.Text("main"), "Your entries are kept, except passwords."), true)
	})
}
