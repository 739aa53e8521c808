package handlers_test

import (
	"strings"
	"testing"

	"latchkey/accounts/apikey"
	"latchkey/internal/testapp"
)

// A program creates an organization and a customer, who then signs in on the pages.
func TestProgramDoesTheMainJob(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		api := app.API(app.Key(who.Root, func(f *apikey.Form) { f.Direct = false }))
		token := api.Call("POST", "/token", `{"seconds": 60}`).Want(200).Said("token")
		check(t, "its mark", strings.HasPrefix(token, "lt_"), true)
		api = app.API(token)
		check(t, "own name", api.Call("GET", "/me", "").Want(200).Said("name"), "root")

		north := api.Call("POST", "/accounts", `{"kind": "organization", "name": "north", "email": "north@example.com", "password_mode": "generated"}`).Want(201)
		made := api.Call("POST", "/accounts",
			`{"name": "nina", "email": "nina@example.com", "organization": "`+north.Said("account.id")+`", "password_mode": "generated", "one_time": true}`).Want(201)
		check(t, "state", made.Said("account.state"), "one-time")
		check(t, "organization", made.Said("account.organization.name"), "north")
		check(t, "cached", made.Header.Get("Cache-Control"), "no-store")
		app.Client().SignIn("nina", made.Said("password")).WantRedirect("/password")

		list := api.Call("GET", "/accounts?organization=north", "").Want(200)
		check(t, "customers", list.Said("items.0.name"), "nina")
		check(t, "others", list.JSON("items.1"), nil)
		same := api.Call("GET", made.Header.Get("Location")[len("/api/v1"):], "").Want(200)
		check(t, "same version", same.Header.Get("ETag"), made.Header.Get("ETag"))
	})
}
