package handlers_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"latchkey/internal/testapp"
	"latchkey/internal/testkit"
)

const createOnce = `{"name": "once", "email": "once@example.com", "password_mode": "generated", "one_time": true}`

// However often the same request is sent at once, it is carried out once, and every answer is the same.
func TestSameRequestsAtOnce(t *testing.T) {
	companyOnBoth(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		api := app.API(app.Key(who.Root))
		var lock sync.Mutex
		answers := map[string]int{}
		testkit.Together(50, func(int) {
			reply := api.Call("POST", "/accounts", createOnce, "Idempotency-Key", "a")
			lock.Lock()
			defer lock.Unlock()
			answers[fmt.Sprint(reply.Status, reply.Header.Get("Location"), reply.Header.Get("Etag"), reply.Body)]++
		})
		if len(answers) != 1 {
			t.Errorf("%d different answers: %v", len(answers), answers)
		}
		for answer := range answers {
			check(t, "status", strings.HasPrefix(answer, "201"), true)
		}
		check(t, "accounts", len(api.Call("GET", "/accounts?q=once", "").JSON("items").([]any)), 1)
	})
}

// A generated password is repeated for a minute, and only to the same token. The database never has it in clear.
func TestRepeatedSecrets(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		key := app.Key(who.Root)
		api, other := app.API(key), app.API(app.API(key).Call("POST", "/token", "").Said("token"))
		first := api.Call("POST", "/accounts", createOnce, "Idempotency-Key", "a").Want(201)
		password := first.Said("password")
		if strings.Contains(strings.Join(app.DB.Dump(t), "\n"), password) {
			t.Error("the database has the password")
		}
		app.Clock.Advance(59 * time.Second)
		check(t, "within a minute", api.Call("POST", "/accounts", createOnce, "Idempotency-Key", "a").Want(201).Body, first.Body)

		elsewhere := other.Call("POST", "/accounts", createOnce, "Idempotency-Key", "a").Want(201)
		check(t, "with another token", elsewhere.JSON("password"), nil)
		check(t, "shown", elsewhere.JSON("shown"), any(true))
		app.Clock.Advance(2 * time.Second)
		late := api.Call("POST", "/accounts", createOnce, "Idempotency-Key", "a").Want(201)
		check(t, "after a minute", late.JSON("password"), nil)
		check(t, "shown", late.JSON("shown"), any(true))
		check(t, "account", late.Said("account.id"), first.Said("account.id"))

		disable := func() *testapp.Reply {
			return api.Call("POST", "/accounts/"+who.Ann.ID+"/disable", "", "Idempotency-Key", "b").Want(200)
		}
		first = disable()
		app.Clock.Advance(2 * time.Minute)
		check(t, "an answer without a secret", disable().Body, first.Body)

		app.Clock.Advance(24 * time.Hour)
		check(t, "after a day it is another request", api.Call("POST", "/accounts", createOnce, "Idempotency-Key", "a").Want(422).Said("errors.0.code"), "name.taken")
	})
}

// What is sent with a key of another request, by another sender, or with an invalid key.
func TestIdempotencyKeys(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		api := app.API(app.Key(who.Root))
		api.Call("POST", "/accounts", createOnce, "Idempotency-Key", "a").Want(201)
		check(t, "another body", api.Call("POST", "/accounts", strings.Replace(createOnce, "once", "twice", 2), "Idempotency-Key", "a").Want(422).Said("code"), "idempotency.other_request")
		check(t, "another operation", api.Call("POST", "/accounts/"+who.Ann.ID+"/disable", "", "Idempotency-Key", "a").Want(422).Said("code"), "idempotency.other_request")
		check(t, "another sender", app.API(app.Key(who.Acme)).Call("POST", "/accounts", createOnce, "Idempotency-Key", "a").Want(422).Said("errors.0.code"), "name.taken")
		for what, key := range map[string]string{"too long": strings.Repeat("x", 256), "not ASCII": "schlüssel"} {
			check(t, what, api.Call("POST", "/accounts", createOnce, "Idempotency-Key", key).Want(422).Said("errors.0.parameter"), "Idempotency-Key")
		}

		refused := `{"name": "", "email": "x", "password_mode": "generated"}`
		first := api.Call("POST", "/accounts", refused, "Idempotency-Key", "b").Want(422)
		check(t, "a refusal is repeated", api.Call("POST", "/accounts", refused, "Idempotency-Key", "b").Want(422).Body, first.Body)
	})
}
