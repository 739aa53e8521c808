package handlers_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"latchkey/accounts/apikey"
	"latchkey/accounts/core"
	"latchkey/internal/testapp"
	"latchkey/models"
)

// apiAccess lists who may use which operation, independently of handlers/api: one without a group fails the tests.
var apiAccess = map[string]string{
	"anyone": `GET /health|GET /openapi.json`,
	"token":  `POST /token`,
	"all":    `GET /me`,
	"operators": `GET /accounts|GET /accounts/:id|GET /organizations|GET /audit|GET /events|GET /accounts/:id/keys|GET /policy|POST /policy/check|POST /policy/generate|GET /links|
		GET /accounts/:id/sessions|GET /accounts/:id/links|GET /accounts/:id/emergency-codes`,
	"writers": `POST /accounts|PATCH /accounts/:id|DELETE /accounts/:id|POST /accounts/:id/password|POST /accounts/:id/require-change|
		POST /accounts/:id/withdraw-change|POST /accounts/:id/unblock|POST /accounts/:id/disable|POST /accounts/:id/enable|POST /accounts/:id/end-sessions|DELETE /links/:id|DELETE /accounts/:id/keys/:key|
		DELETE /accounts/:id/sessions/:session|POST /accounts/:id/links/:link/resend|DELETE /accounts/:id/links/:link|POST /accounts/:id/emergency-codes/:code/stop`,
	"in person":           `POST /accounts/:id/keys`,
	"SuperAdmins":         `GET /mails|GET /mails/:id|GET /tasks|GET /tasks/:id|GET /deleted-accounts`,
	"writing SuperAdmins": `POST /mails/:id/retry|POST /tasks/:id/cancel|POST /accounts/:id/move|POST /accounts/:id/restore|POST /accounts/:id/erase|POST /mails/retry`,
	"checkers":            `POST /verify`,
}

// apiRefusals are the answers of the groups to each key, the groups in the order of apiGroups; "" = it is not refused, though what it asks for may
// not exist.
var apiRefusals = map[string][9]string{
	"none":     everyGroup("401 key.invalid"),
	"nonsense": everyGroup("401 key.invalid"),
	"revoked":  everyGroup("401 key.invalid"),
	"expired":  everyGroup("401 key.invalid"),
	"disabled": everyGroup("401 key.invalid"),
	"gated":    everyGroup("403 password.change_required"),
	"abroad":   everyGroup("403 network.not_allowed"),
	"indirect": {"", "", "403 key.not_direct", "403 key.not_direct", "403 key.not_direct", "403 key.not_direct", "403 key.not_direct", "403 key.not_direct", "403 key.not_direct"},
	"customer": {"", "", "", "403 forbidden", "403 forbidden", "403 forbidden", "403 forbidden", "403 forbidden", "403 forbidden"},
	"root":     {"", "", "", "", "", "", "", "403 key.no_verify", "403 key.in_person"},
	"checker":  {"", "", "", "", "", "", "", "", "403 key.in_person"},
	"reader":   {"", "", "", "", "403 key.read_only", "", "403 key.read_only", "403 key.no_verify", "403 key.read_only"},
	"acme":     {"", "", "", "", "", "403 forbidden", "403 forbidden", "403 key.no_verify", "403 key.in_person"},
	"limited":  {"", "", "", "", "", "403 forbidden", "403 forbidden", "403 key.no_verify", "403 key.in_person"},
	"device":   {"", "", "", "", "", "403 forbidden", "403 forbidden", "403 key.no_verify", "403 key.in_person"},
}

var apiGroups = [9]string{"anyone", "token", "all", "operators", "writers", "SuperAdmins", "writing SuperAdmins", "checkers", "in person"}

// everyGroup refuses everything that needs a key in the same way.
func everyGroup(refusal string) (all [9]string) {
	for i := range all[1:] {
		all[i+1] = refusal
	}
	return all
}

// apiGroup returns the place of an operation's group; a HEAD goes with its GET.
func apiGroup(t *testing.T, route testapp.Route) int {
	t.Helper()
	wanted := strings.Replace(strings.Replace(route.String(), "HEAD ", "GET ", 1), "/api/v1", "", 1)
	for i, group := range apiGroups {
		for name := range strings.SplitSeq(apiAccess[group], "|") {
			if strings.TrimSpace(name) == wanted {
				return i
			}
		}
	}
	t.Fatalf("%s is in no group: say who may use it", route)
	return 0
}

// apiKeys makes a key of each kind.
func apiKeys(app *testapp.App, who testapp.Company) map[string]string {
	app.Helper()
	made := func(account models.Account, change ...func(*apikey.Form)) string { return app.Key(account, change...) }
	gone, closed, gated := app.Seed(models.SuperAdmin, "gone"), app.Seed(models.SuperAdmin, "closed"), app.Seed(models.SuperAdmin, "gated")
	keys := map[string]string{
		"none": "", "nonsense": "lk_" + strings.Repeat("x", 51), "revoked": made(gone), "disabled": made(closed), "gated": made(gated),
		"expired":  made(who.Root, func(f *apikey.Form) { f.Ends = app.Clock.Now().Format(time.DateOnly) }),
		"abroad":   made(who.Root, func(f *apikey.Form) { f.Networks = "203.0.113.0/24, 2001:db8::/32" }),
		"indirect": made(who.Root, func(f *apikey.Form) { f.Direct = false }),
		"reader":   made(who.Root, func(f *apikey.Form) { f.Write = false }),
		"checker":  made(who.Root, func(f *apikey.Form) { f.Verify = true }),
		"limited":  made(who.Root, func(f *apikey.Form) { f.Scope = []string{"acme"} }),
		"root":     made(who.Root), "acme": made(who.Acme), "customer": made(who.Ann),
		"device": made(app.Seed(models.Customer, "device", testapp.Of(who.Acme), testapp.Technical)),
	}
	owner := core.Actor{ID: gone.ID, Name: gone.Name, Kind: gone.Kind}
	list, err := app.Accounts.Keys.Own(app.Context(), owner)
	if err == nil {
		err = app.Accounts.Keys.Revoke(app.Context(), owner, list[0].ID)
	}
	if err != nil {
		app.Fatal(err)
	}
	app.Tamper(gated.ID, func(a *models.Account) { a.MustChange = true })
	app.Tamper(closed.ID, func(a *models.Account) { a.DisabledAt = &a.CreatedAt })
	app.Clock.Advance(24 * time.Hour)
	return keys
}

// apiBody returns a body that the operation takes.
func apiBody(route testapp.Route) string {
	if route.Method != http.MethodPost && route.Method != http.MethodPatch {
		return ""
	}
	return map[string]string{
		"/accounts":              `{"name": "new", "email": "new@example.com", "password_mode": "generated"}`,
		"/accounts/:id":          `{"note": "n"}`,
		"/accounts/:id/password": `{"password_mode": "generated", "one_time": true}`,
		"/accounts/:id/move":     `{"organization": "bond"}`,
		"/accounts/:id/keys":     `{"title": "x"}`,
		"/policy/check":          `{"password": "x"}`,
		"/policy/generate":       `{}`,
		"/verify":                `{"name": "ann", "password": "wrong"}`,
	}[strings.TrimPrefix(route.Path, "/api/v1")]
}

// callOn calls an operation with an id in place of its parameter.
func callOn(api *testapp.Client, route testapp.Route, id string) *testapp.Reply {
	return api.Call(route.Method, strings.NewReplacer(":id", id, ":key", id, ":session", id, ":link", id, ":code", id).Replace(strings.TrimPrefix(route.Path, "/api/v1")), apiBody(route))
}

// Every operation refuses every key that may not use it, in the same way whatever it is about.
func TestAPIAccess(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		keys := apiKeys(app, who)
		for name, want := range apiRefusals {
			api := app.API(keys[name])
			for _, route := range app.Calls {
				group := apiGroup(t, route)
				reply, got := callOn(api, route, app.Accounts.NewID()), ""
				if reply.Status == 401 || reply.Status == 403 {
					got = fmt.Sprint(reply.Status)
					if route.Method != http.MethodHead {
						got += " " + reply.Said("code")
					}
				}
				if got != want[group] && (route.Method != http.MethodHead || !strings.HasPrefix(want[group], got)) {
					t.Errorf("%s, %s: %q, want %q", name, route, got, want[group])
				}
				if reply.Status >= 500 {
					t.Errorf("%s, %s: %d %s", name, route, reply.Status, reply.Body)
				}
			}
		}
	})
}

// A key that may do nothing with an account learns nothing of it, and changes nothing: it is answered as for what does not exist.
func TestAPITenants(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		theirs := belongings(t, app, who)
		device := app.Seed(models.Customer, "device", testapp.Of(who.Acme), testapp.Technical)
		limited := func(f *apikey.Form) { f.Scope = []string{"acme"} }
		for name, key := range map[string]string{"organization": app.Key(who.Acme), "limited": app.Key(app.Seed(models.SuperAdmin, "deputy"), limited), "technical": app.Key(device), "customer": app.Key(who.Ann)} {
			api := app.API(key)
			api.Call("GET", "/me", "").Want(200) // its first use is recorded
			unchanged(t, app, name, func() {
				for _, route := range app.Calls {
					if !strings.Contains(route.Path, ":id") {
						continue
					}
					want := callOn(api, route, app.Accounts.NewID())
					for _, id := range theirs {
						got := callOn(api, route, id)
						if got.Status != want.Status || got.Status != 404 && got.Status != 403 {
							t.Errorf("%s, %s of another: %d; of nothing: %d", name, route, got.Status, want.Status)
						}
					}
				}
				for _, hidden := range []string{"bob", "bond", "root", "bob@example.com"} {
					if reply := api.Call("GET", "/accounts/"+hidden, ""); reply.Status != 404 && name != "customer" {
						t.Errorf("%s finds %s: %d", name, hidden, reply.Status)
					}
				}
			})
			if name == "customer" {
				continue
			}
			for _, path := range []string{"/accounts?limit=200", "/audit?limit=200", "/organizations", "/links"} {
				reply := api.Call("GET", path, "").Want(200)
				for _, hidden := range []string{who.Bob.ID, who.Bond.ID, "bob@example.com"} {
					if strings.Contains(reply.Body, hidden) {
						t.Errorf("%s: %s shows %s", name, path, hidden)
					}
				}
			}
			if reply := api.Call("GET", "/accounts?organization=bond", ""); reply.Status != 422 {
				t.Errorf("%s lists another organization: %d", name, reply.Status)
			}
		}
	})
}

// verifies lets a key check passwords.
func verifies(f *apikey.Form) { f.Verify = true }
