package handlers_test

import (
	"encoding/json"
	"strings"
	"testing"

	"latchkey/accounts/core"
	"latchkey/internal/testapp"
	"latchkey/models"
)

// secretsAre sets who may know passwords.
func secretsAre(secrets core.Secrets) func(*testapp.AppOptions) {
	return func(o *testapp.AppOptions) { o.Settings.Secrets = secrets }
}

// TestResetSetsOneTimePasswords by default: a lasting one of a person is refused, and not offered.
func TestResetSetsOneTimePasswords(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		root, path := app.SignIn("root"), "/accounts/"+who.Ann.ID
		page := root.Get(path).Want(200)
		check(t, "a switch", page.Has("#one_time"), false)
		unchanged(t, app, "a lasting password", func() {
			for mode, secret := range map[string]string{"typed": testapp.Secret2, "generated": ""} {
				refused := root.Post(path+"/password", testapp.Form("password_mode", mode, "password", secret)).Want(422)
				check(t, mode, refused.Text("#one_time-error"), "Only the owner may know a password that lasts. Make it a one-time password, or send a link.")
			}
		})
		shown := page.Submit(path+"/password", "password_mode", "generated").Want(200)
		check(t, "account", app.Account(who.Ann.ID).OneTime, true)
		check(t, "hand over", shown.Find("form input[name=one_time]").AttrOr("value", ""), "true")

		created := root.Get("/accounts/new").Submit("/accounts", "name", "lasting", "email", "lasting@example.com", "password_mode", "generated", "one_time", "").Want(200)
		lasting, err := app.Accounts.FindByIdentifier(t.Context(), "lasting")
		if err != nil || lasting.OneTime {
			t.Fatalf("%+v, %v", lasting, err)
		}
		check(t, "known", strings.Contains(root.Get("/accounts/"+lasting.ID).Text("main"), "An operator knows this password."), true)
		created.Submit("/accounts/" + lasting.ID + "/password").Want(200)
		check(t, "handed over as a one-time password", app.Account(lasting.ID).OneTime, true)

		robot := app.Seed(models.Customer, "robot", testapp.Technical)
		root.Get("/accounts/"+robot.ID).Submit("/accounts/"+robot.ID+"/password", "password_mode", "generated").Want(200)
	}, secretsAre(core.SecretsAuto))
}

// TestOwnersAloneKnowPasswords under noone: whatever a SuperAdmin sends or opens, no page, JSON or row has a password of a person or a link
// that sets one, and what an operator has set before opens only the reset page.
func TestOwnersAloneKnowPasswords(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		root := app.Client()
		root.SignIn("root", testapp.Secret).WantRedirect("/password") // another operator has set it
		root.Get("/password").Submit("/password", "current", testapp.Secret, "password", testapp.Secret2, "confirmation", testapp.Secret2).Want(303).Follow()
		path := "/accounts/" + who.Ann.ID
		unchanged(t, app, "passwords of people", func() {
			for name, form := range map[string][]string{
				"typed":       {"password_mode", "typed", "password", "Known-Horse-9"},
				"generated":   {"password_mode", "generated"},
				"from a form": {"password_mode", "generated", "password", "Known-Horse-9"},
				"one-time":    {"password_mode", "generated", "one_time", "true"},
				"secret link": {"password_mode", "generated", "one_time", "true", "hand_over", "secret-link"},
				"letter":      {"password_mode", "generated", "one_time", "true", "hand_over", "sheet"},
			} {
				for where, url := range map[string]string{"reset": path + "/password", "creation": "/accounts"} {
					page := root.Post(url, testapp.Form(append([]string{"kind", "customer", "name", "new", "email", "new@example.com"}, form...)...)).Want(422)
					if page.Has("#generated-password, #secret-link") || page.Text("#password_mode-error") == "" {
						t.Errorf("%s, %s: %s", where, name, page.Text("main"))
					}
				}
			}
		})
		link := sendLink(t, root, who.Ann)
		app.Settle(func(m *models.Mail) { m.State = models.MailSent })
		token := tokenOf(app, link)
		mail, err := app.DB.Read(t.Context()).MailByOnceKey(models.MailSetPassword + ":" + link.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, url := range []string{path, "/accounts", "/mail", "/mail/" + mail.ID, "/mail/" + mail.ID + "/html", "/audit", "/secret-links", "/search?q=ann", "/"} {
			if page := root.Get(url).Want(200); strings.Contains(page.Body, token) {
				t.Errorf("%s shows the link", url)
			}
		}
		root.Post("/mail/"+mail.ID+"/link", nil).Want(422)
		if strings.Contains(strings.Join(app.DB.Dump(t), "\n"), token) {
			t.Error("the database has the link")
		}
		var generated map[string]string // for the fields of a form; it is no account's
		body := root.Post("/accounts/generate-password", testapp.Form("account", who.Ann.ID), "Accept", "application/json").Want(200).Body
		if err := json.Unmarshal([]byte(body), &generated); err != nil {
			t.Fatal(err)
		}
		app.Client().SignIn("ann", generated["password"]).Want(422)
		app.Client().SignIn("bob", testapp.Secret).WantRedirect("/password")
	}, secretsAre(core.SecretsNoOne), sending)
}
