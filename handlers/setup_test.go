package handlers_test

import (
	"strings"
	"sync"
	"testing"

	"latchkey/internal/testapp"
	"latchkey/models"
)

func setupToken(t *testing.T, app *testapp.App) string {
	t.Helper()
	return must[string](t)(app.Accounts.NewSetupToken(t.Context()))
}

func TestSetUpCreatesFirstSuperAdminAndCloses(t *testing.T) {
	each(t, func(t *testing.T, app *testapp.App) {
		browser, token := app.Client(), setupToken(t, app)
		page := browser.Get("/setup?token=" + token).Want(200)
		done := page.Submit("/setup", "name", "Ada", "email", "ada@example.com", "password", testapp.Secret, "confirmation", testapp.Secret)
		home := done.WantRedirect("/").Follow().Want(200)
		if !strings.Contains(home.Text("[role=status]"), "set up") || home.Text(".identity .who bdi") != "Ada" {
			t.Errorf("after set-up: %s, signed in as %q", home.Summary(), home.Text(".identity .who bdi"))
		}
		app.Client().Get("/setup?token=" + token).Want(404)
		again := testapp.Form("token", token, "name", "Eve", "email", "eve@example.com", "password", testapp.Secret, "confirmation", testapp.Secret)
		unchanged(t, app, "a second set-up", func() { app.Client().Post("/setup", again).Want(404) })
		if token, err := app.Accounts.NewSetupToken(t.Context()); token != "" || err != nil {
			t.Errorf("there is a token %q again (%v)", token, err)
		}
	})
}

func TestSetUpNeedsTheTokenOfThisStart(t *testing.T) {
	each(t, func(t *testing.T, app *testapp.App) {
		browser, former := app.Client(), setupToken(t, app)
		setupToken(t, app)
		for _, token := range []string{"", "x", former, strings.Repeat("A", 43)} {
			browser.Get("/setup?token=" + token).Want(404)
			unchanged(t, app, "set-up without the token", func() {
				browser.Post("/setup", testapp.Form("token", token, "name", "eve", "email", "eve@example.com",
					"password", testapp.Secret, "confirmation", testapp.Secret)).Want(404)
			})
		}
		browser.Get("/setup").Want(404)
		check(t, "passwords compared", app.Hashes.Verified(), 0)
	})
}

func TestSetUpShowsAllProblems(t *testing.T) {
	each(t, func(t *testing.T, app *testapp.App) {
		page := app.Client().Get("/setup?token=" + setupToken(t, app)).Want(200)
		unchanged(t, app, "a set-up that was refused", func() {
			page := page.Submit("/setup", "name", "a b", "email", "nobody", "password", "canary", "confirmation", "other").Want(422)
			wantProblems(t, page, "name", "email", "password") // the confirmation says nothing more
			check(t, "name kept", page.Value("name"), "a b")
			check(t, "e-mail kept", page.Value("email"), "nobody")
			hasNot(t, page, "canary")
			page.Submit("/setup", "name", "ada", "email", "ada@example.com", "password", "short", "confirmation", "short").Want(422)
		})
	})
}

// Two concurrent set-ups create one SuperAdmin.
func TestConcurrentSetUpSucceedsOnce(t *testing.T) {
	each(t, func(t *testing.T, app *testapp.App) {
		token := setupToken(t, app)
		statuses := make([]int, 8)
		var all sync.WaitGroup
		for i := range statuses {
			browser, name := app.Client(), "first"+string(rune('a'+i))
			all.Go(func() {
				statuses[i] = browser.Post("/setup", testapp.Form("token", token, "name", name, "email", name+"@example.com",
					"password", testapp.Secret, "confirmation", testapp.Secret)).Status
			})
		}
		all.Wait()
		made := 0
		for _, status := range statuses {
			if status == 303 {
				made++
			} else if status != 404 {
				t.Errorf("the others are told %d, want 404", status)
			}
		}
		page := must[models.AccountPage](t)(app.DB.Read(t.Context()).ListAccounts(models.AccountFilter{Kind: models.SuperAdmin, Limit: 10}))
		if made != 1 || len(page.Rows) != 1 {
			t.Errorf("%d set-ups made %d SuperAdmins, want one", made, len(page.Rows))
		}
	})
}
