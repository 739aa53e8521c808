package handlers_test

import (
	"strings"
	"testing"

	"latchkey/accounts/core"
	"latchkey/internal/testapp"
	"latchkey/models"
)

// requestEmail has the owner of an account ask for an address, and returns the token in the mail to it.
func requestEmail(app *testapp.App, account models.Account, address string) string {
	app.Helper()
	if err := app.Accounts.Email.Request(app.Context(), core.Actor{ID: account.ID, Name: account.Name, Kind: account.Kind}, address); err != nil {
		app.Fatal(err)
	}
	return emailToken(app, address)
}

// emailToken returns the token in the newest mail with a link to an address.
func emailToken(app *testapp.App, address string) string {
	app.Helper()
	tx := app.DB.Read(app.Context())
	mails, err := tx.ListMails(models.MailFilter{Recipient: address, Template: models.MailConfirmEmail, Limit: 1})
	if err != nil || len(mails.Rows) == 0 {
		app.Fatalf("no mail to %s: %v", address, err)
	}
	token, err := app.Accounts.Sealing.Token(tx, mails.Rows[0].Data.LinkID)
	if err != nil {
		app.Fatal(err)
	}
	return token
}

// TestChangeOwnEmail: the link to the new address changes it when it is confirmed, not when it is opened, and the one to the former
// address takes that back.
func TestChangeOwnEmail(t *testing.T) {
	companyOnBoth(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		ann := app.SignIn("ann")
		check(t, "link", ann.Get("/me").Has("a[href='/me/email']"), true)
		page := ann.Get("/me/email").Want(200)
		check(t, "problem", page.Submit("/me/email", "email", "x").Want(422).Has("#email-error"), true)
		later(app)
		asked := page.Submit("/me/email", "email", "new@example.com").WantRedirect("/confirm-identity").Follow().Want(200)
		check(t, "what", strings.TrimSpace(asked.Text(".why")), "Change your e-mail address")
		form := asked.Submit("/confirm-identity", "password", testapp.Secret).WantRedirect("/me/email").Follow()
		check(t, "what was typed", form.Value("email"), "new@example.com")
		sent := form.Submit("/me/email").WantRedirect("/me/email").Follow().Want(200)
		check(t, "pending", sent.Text("#pending-email bdi"), "new@example.com")

		confirm := "/confirm-email/" + emailToken(app, "new@example.com")
		for range 2 {
			check(t, "about", strings.Contains(app.Client().Get(confirm).Want(200).Text(".why"), "new@example.com"), true)
		}
		check(t, "opened", app.Account(who.Ann.ID).Email, "ann@example.com")
		done := app.Client().Get(confirm).Submit(confirm).Want(200)
		check(t, "message", done.Text("[role=status]"), "Your e-mail address was changed.")
		check(t, "index", done.Header.Get("X-Robots-Tag"), "noindex")
		check(t, "changed", app.Account(who.Ann.ID).Email, "new@example.com")
		ann.Get("/me").Want(200)

		undo := "/undo-email/" + emailToken(app, "ann@example.com")
		check(t, "about", strings.Contains(app.Client().Get(undo).Want(200).Text(".why"), "ann@example.com"), true)
		check(t, "message", strings.HasPrefix(app.Client().Get(undo).Submit(undo).Want(200).Text("[role=status]"), "The account has its former address again."), true)
		check(t, "taken back", app.Account(who.Ann.ID).Email, "ann@example.com")
		ann.Get("/me").WantRedirect("/sign-in?next=%2Fme")
		app.Client().SignIn("ann", testapp.Secret).Want(422)
		unknown := app.Client().Get("/confirm-email/x").Want(404)
		for _, path := range []string{confirm, undo, "/undo-email/x"} {
			app.Client().Post(path, testapp.Form()).Want(404)
			check(t, "page of "+path, app.Client().Get(path).Want(404).Text("main h1"), unknown.Text("main h1"))
		}
	}, func(o *testapp.AppOptions) { o.Sending = true })
}

// TestEmailLinksAreInTheOwnersLanguage, as their mails are, whatever the browser's is.
func TestEmailLinksAreInTheOwnersLanguage(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		if err := app.Accounts.SetLocale(t.Context(), core.Actor{ID: who.Ann.ID, Kind: who.Ann.Kind}, "de"); err != nil {
			t.Fatal(err)
		}
		confirm := "/confirm-email/" + requestEmail(app, who.Ann, "new@example.com")
		for _, page := range []*testapp.Reply{app.Client().Get(confirm), app.Client().Get(confirm).Submit(confirm)} {
			check(t, "language", page.Want(200).Find("html").AttrOr("lang", ""), "de")
			check(t, "title", page.Text("main h1"), "E-Mail-Adresse bestätigen")
		}
	}, func(o *testapp.AppOptions) { o.Sending = true })
}

// TestChangeOwnEmailWithoutMailServer: no link can be sent, so the page has no form.
func TestChangeOwnEmailWithoutMailServer(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, _ testapp.Company) {
		page := app.SignIn("ann").Get("/me/email").Want(200)
		check(t, "form", page.Has("main form"), false)
		check(t, "why", strings.Contains(page.Text(".notice"), "There is no mail server"), true)
		check(t, "address", strings.Contains(page.Text("main .facts"), "ann@example.com"), true)
	})
}

// TestTakenEmailIsRefusedWhenConfirmed: asking for it reveals nothing.
func TestTakenEmailIsRefusedWhenConfirmed(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		path := "/confirm-email/" + requestEmail(app, who.Ann, "bob@example.com")
		refused := app.Client().Get(path).Submit(path).Want(422)
		check(t, "problem", strings.Contains(refused.Text("[role=alert]"), "Another account already has this e-mail address."), true)
	})
}
