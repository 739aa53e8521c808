package handlers_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"testing"

	"github.com/labstack/echo/v4"

	"latchkey/accounts/core"
	"latchkey/handlers"
	"latchkey/handlers/page"
	"latchkey/internal/testapp"
	"latchkey/models"
)

// A gate needs an entry in the list, a page, and marks at the routes that stay open: here one that asks for a language.
func TestGatesApplyInOrder(t *testing.T) {
	language := core.Gate{Name: "language", Refused: core.ErrForbidden, Holds: func(_ core.Rules, _ models.Session, a models.Account) bool { return a.Locale == "" }}
	each(t, func(t *testing.T, app *testapp.App) {
		ann := app.Seed(models.Customer, "ann", testapp.OneTime)
		browser := app.Client()
		browser.SignIn("ann", testapp.Secret).WantRedirect("/password")
		browser.Get("/language").WantRedirect("/password") // the second gate comes after the first
		wantGate(t, browser.Get("/me", "Accept", "application/json"), "password")
		browser.Get("/password").Submit("/password", "password", testapp.Secret2, "confirmation", testapp.Secret2).WantRedirect("/me")

		browser.Get("/me").WantRedirect("/language")
		browser.Get("/password").WantRedirect("/language") // not marked as open at this gate
		browser.Get("/language").Want(200)
		wantGate(t, browser.Get("/me", "Accept", "application/json"), "language")
		browser.Post("/me/edit", testapp.Form("locale", "de")).Want(403)

		// Use cases refuse too, as for a request that began before the gate held.
		session, _, err := app.DB.Read(t.Context()).SessionByToken(core.HashToken(browser.Session()), app.Clock.Now(), app.Accounts.Policies.Current().Cutoffs().Today)
		if err != nil {
			t.Fatal(err)
		}
		var held core.GateError
		err = app.Accounts.SetLocale(t.Context(), core.Actor{ID: ann.ID, Kind: ann.Kind, SessionID: session.ID}, "de")
		if !errors.As(err, &held) || held.Gate != "language" {
			t.Errorf("the use case returns %v", err)
		}

		if err := app.DB.Update(t.Context(), func(tx *models.Tx) error {
			account, err := tx.AccountForUpdate(ann.ID)
			if err != nil {
				return err
			}
			account.Locale = "en"
			return tx.SaveAccount(&account)
		}); err != nil {
			t.Fatal(err)
		}
		browser.Get("/me").Want(200)
	}, func(o *testapp.AppOptions) {
		o.Gates = append(core.Gates(), language)
		o.Extend = func(app *handlers.App) {
			app.AddGates(map[string]string{"language": "/language"})
			app.Add(page.Get("/language", page.SignedIn, func(c echo.Context) error {
				return c.HTML(http.StatusOK, "<!DOCTYPE html><html lang=en><head><title>Language</title></head><body><main><h1>Language</h1></main></body></html>")
			}).OpenAt("language"))
		}
	})
}

// Sign-out is open at every gate, also at one without a page.
func TestGateWithoutAPageRefuses(t *testing.T) {
	closed := core.Gate{Name: "closed", Refused: core.ErrForbidden, Holds: func(core.Rules, models.Session, models.Account) bool { return true }}
	each(t, func(t *testing.T, app *testapp.App) {
		app.Seed(models.SuperAdmin, "boss")
		browser := app.Client()
		browser.SignIn("boss", testapp.Secret).WantRedirect("/")
		for _, route := range []string{"/", "/me", "/password", "/mail"} {
			if refused := browser.Get(route).Want(403); refused.Has("nav") {
				t.Errorf("%s shows the navigation", route)
			}
		}
		browser.Post("/sign-out", nil).WantRedirect("/sign-in?signed-out=1")
	}, func(o *testapp.AppOptions) { o.Gates = []core.Gate{closed} })
}

func wantGate(t *testing.T, reply *testapp.Reply, gate string) {
	t.Helper()
	var answer map[string]string
	if err := json.Unmarshal([]byte(reply.Want(403).Body), &answer); err != nil || answer["gate"] != gate {
		t.Errorf("answered %s, want the gate %s (%v)", reply.Body, gate, err)
	}
}
