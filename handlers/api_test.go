package handlers_test

import (
	"strings"
	"testing"
	"time"

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

// A program that follows events gets each once, in order, and only those that it may see; it can wait for the next.
func TestFollowEvents(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		root, acme := app.API(app.Key(who.Root)), app.API(app.Key(who.Acme))
		read := func(api *testapp.Client, path string) (list []string, next string) {
			reply := api.Call("GET", path, "").Want(200)
			for _, item := range reply.JSON("items").([]any) {
				row := item.(map[string]any)
				list = append(list, row["action"].(string)+" "+row["target"].(map[string]any)["name"].(string))
			}
			return list, reply.Said("next")
		}
		root.Call("GET", "/me", "").Want(200)
		acme.Call("GET", "/me", "").Want(200)
		app.Clock.Advance(10 * time.Second)
		none, now := read(root, "/events")
		check(t, "from now on", len(none), 0)
		for _, name := range []string{"ann", "bob"} {
			root.Call("POST", "/accounts/"+map[string]string{"ann": who.Ann.ID, "bob": who.Bob.ID}[name]+"/disable", "").Want(200)
			app.Clock.Advance(time.Second)
		}
		fresh, _ := read(root, "/events?after="+now)
		check(t, "events that may not be the last of their time", len(fresh), 0)
		app.Clock.Advance(5 * time.Second)
		list, next := read(root, "/events?limit=1&after="+now)
		check(t, "first", strings.Join(list, ", "), "disabled ann")
		list, next = read(root, "/events?after="+next)
		check(t, "second", strings.Join(list, ", "), "disabled bob")
		list, _ = read(root, "/events?after="+next)
		check(t, "no more", len(list), 0)
		list, _ = read(acme, "/events?after="+now)
		check(t, "of an organization", strings.Join(list, ", "), "disabled ann")
		list, _ = read(root, "/events?limit=200&after=first")
		check(t, "the oldest", list[0], "account-created root")
		check(t, "a bad place", root.Call("GET", "/events?after=x", "").Want(422).Said("errors.0.parameter"), "after")

		waits := make(chan string, 1)
		go func() {
			list, _ := read(root, "/events?wait=30&after="+next)
			waits <- strings.Join(list, ", ")
		}()
		root.Call("POST", "/accounts/"+who.Ann.ID+"/enable", "").Want(200)
		app.Clock.Advance(10 * time.Second)
		check(t, "waited for", <-waits, "enabled ann")

		began := time.Now()
		go func() {
			time.Sleep(50 * time.Millisecond)
			app.StopWaiting()
		}()
		_, last := read(root, "/events?after="+next)
		read(root, "/events?wait=30&after="+last)
		check(t, "a program that stops ends the waiting", time.Since(began) < 10*time.Second, true)
	})
}
