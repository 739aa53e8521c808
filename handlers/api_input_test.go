package handlers_test

import (
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"

	"latchkey/accounts/apikey"
	"latchkey/accounts/core"
	"latchkey/internal/testapp"
	"latchkey/models"
)

// Input that does not fit the contract is refused with the place and the reason, and never repeated in the answer.
func TestAPIRefusesBadInput(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		api := app.API(app.Key(who.Root))
		api.Call("GET", "/me", "").Want(200) // the first use of the key is recorded
		valid := `"name": "new", "email": "new@example.com", "password_mode": "typed", "password": "Canary-77!"`
		for name, tc := range map[string]struct {
			method, path, body string
			status             int
			code, place        string // of the first field, or the code of the whole
		}{
			"unknown field":         {"POST", "/accounts", `{` + valid + `, "admin": true}`, 422, "field.unknown", "#/admin"},
			"name in another case":  {"POST", "/accounts", `{"Name": "new", "email": "new@example.com", "password_mode": "generated"}`, 422, "field.missing", "#/name"},
			"missing field":         {"POST", "/accounts", `{"name": "new", "password_mode": "generated"}`, 422, "field.missing", "#/email"},
			"wrong type":            {"POST", "/accounts", `{` + valid + `, "technical": "yes"}`, 422, "field.invalid", "#/technical"},
			"not of the words":      {"POST", "/accounts", `{"name": "new", "email": "new@example.com", "password_mode": "guess"}`, 422, "field.invalid", "#/password_mode"},
			"twice":                 {"POST", "/accounts", `{` + valid + `, "name": "other"}`, 400, "field.invalid", ""},
			"trailing data":         {"POST", "/accounts", `{` + valid + `} {}`, 400, "field.invalid", ""},
			"cut off":               {"POST", "/accounts", `{` + valid, 400, "field.invalid", ""},
			"not UTF-8":             {"POST", "/accounts", `{` + valid + `, "note": "` + "\xff" + `"}`, 400, "field.invalid", ""},
			"NUL":                   {"POST", "/accounts", `{` + valid + `, "note": "a\u0000b"}`, 400, "field.invalid", ""},
			"a list":                {"POST", "/accounts", `[1]`, 422, "field.invalid", ""},
			"nothing":               {"POST", "/accounts", "", 400, "request.invalid", ""},
			"64 KiB":                {"POST", "/accounts", `{"name": "` + strings.Repeat("x", 64<<10) + `"}`, 413, "request.too_large", ""},
			"deep":                  {"POST", "/accounts", strings.Repeat(`[`, 30000), 400, "field.invalid", ""},
			"a use case's refusal":  {"POST", "/accounts", `{"name": "a b", "email": "x", "password_mode": "typed", "password": "Canary-77!"}`, 422, "name.spaces", "#/name"},
			"a broken rule":         {"POST", "/accounts", `{"name": "new", "email": "new@example.com", "password_mode": "typed", "password": "Canary"}`, 422, "password.too_few_special", "#/password"},
			"a password to ignore":  {"POST", "/accounts", `{"name": "new", "email": "new@example.com", "password_mode": "generated", "password": "Canary-77!"}`, 422, "password.not_typed", "#/password"},
			"unknown query":         {"GET", "/accounts?colour=red", "", 422, "field.unknown", "colour"},
			"query twice":           {"GET", "/accounts?limit=1&limit=2", "", 422, "parameter.repeated", "limit"},
			"limit":                 {"GET", "/accounts?limit=201", "", 422, "field.invalid", "limit"},
			"no number":             {"GET", "/accounts?limit=many", "", 422, "field.invalid", "limit"},
			"no state":              {"GET", "/accounts?state=happy", "", 422, "field.invalid", "state"},
			"no organization":       {"GET", "/accounts?organization=nowhere", "", 422, "organization.unknown", "organization"},
			"no cursor":             {"GET", "/accounts?after=x", "", 422, "cursor.invalid", "after"},
			"no such event":         {"GET", "/audit?action=dancing", "", 422, "audit.action_unknown", "action"},
			"no network":            {"GET", "/audit?ip=home", "", 422, "audit.network_invalid", "ip"},
			"no day":                {"GET", "/audit?from=monday", "", 422, "field.invalid", "from"},
			"a broken query":        {"GET", "/accounts?q=%zz", "", 400, "request.invalid", ""},
			"a method":              {"PUT", "/accounts", "{}", 405, "request.method", ""},
			"an address":            {"GET", "/nothing", "", 404, "not_found", ""},
			"an address of the API": {"POST", "/accounts/x/y/z", "{}", 404, "not_found", ""},
		} {
			unchanged(t, app, name, func() {
				reply := api.Call(tc.method, tc.path, tc.body)
				code, place := reply.Said("errors.0.code"), reply.Said("errors.0.pointer")+reply.Said("errors.0.parameter")
				if code == "" {
					code = reply.Said("code")
				}
				if reply.Status != tc.status || code != tc.code || place != tc.place {
					t.Errorf("%s: %d %s at %q, want %d %s at %q: %s", name, reply.Status, code, place, tc.status, tc.code, tc.place, reply.Body)
				}
				if strings.Contains(reply.Body, "Canary") {
					t.Errorf("%s: the answer repeats the password: %s", name, reply.Body)
				}
				check(t, name, reply.Header.Get("Content-Type"), "application/problem+json")
			})
		}
		check(t, "allowed", api.Call("PUT", "/accounts", "{}").Header.Get("Allow") != "", true)
		for media, status := range map[string]int{"application/json; charset=utf-8": 201, "": 201, "application/xml": 415, "application/x-www-form-urlencoded": 415, "text/plain": 415} {
			reply := api.Call("POST", "/accounts", `{"name": "m`+strings.NewReplacer("/", "", ";", "", " ", "", "=", "").Replace(media)+`", "email": "m`+strings.NewReplacer("/", "", ";", "", " ", "", "=", "").Replace(media)+`@example.com", "password_mode": "generated"}`, "Content-Type", media)
			if reply.Status != status {
				t.Errorf("Content-Type %q: %d %s", media, reply.Status, reply.Body)
			}
		}
		for accept, status := range map[string]int{"": 200, "*/*": 200, "application/*": 200, "text/html, application/json;q=0.5": 200, "text/html": 406, "application/json;q=0": 406, "image/png, text/*": 406} {
			if reply := api.Call("GET", "/me", "", "Accept", accept); reply.Status != status {
				t.Errorf("Accept %q: %d", accept, reply.Status)
			}
		}
	})
}

// Every way in which a key can be wrong has the same answer, and one in the address is refused though the header has a right one.
func TestWrongKeysAreAlike(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		key := app.Key(who.Root)
		want := app.API("").Call("GET", "/me", "").Want(401)
		check(t, "challenge", want.Header.Get("WWW-Authenticate"), `Bearer realm="Latchkey"`)
		for what, header := range map[string]string{
			"nonsense": "Bearer x", "truncated": "Bearer " + key[:53], "longer": "Bearer " + key + "x", "doubled": "Bearer " + key + key, "two": "Bearer " + key + ", Bearer " + key,
			"no scheme": key, "another scheme": "Token " + key, "empty": "Bearer ", "another case": "Bearer " + strings.ToUpper(key), "64 KiB": "Bearer " + strings.Repeat("ü", 4<<10),
		} {
			reply := app.API("").Call("GET", "/me", "", "Authorization", header)
			check(t, what, bareJSON(reply), bareJSON(want))
		}
		request := app.API(key).Request(http.MethodGet, "/api/v1/me", nil)
		request.Header.Add("Authorization", "Bearer "+key)
		check(t, "two headers", bareJSON(app.API("").Do(request)), bareJSON(want))
		for _, path := range []string{"/me?key=" + key, "/accounts?q=" + key, "/accounts/" + key} {
			check(t, path, bareJSON(app.API(key).Call("GET", path, "")), bareJSON(want))
		}
		check(t, "lower case", app.API("").Call("GET", "/me", "", "Authorization", "bearer "+key).Status, 200)
	})
}

// bareJSON returns an answer without the id of its request.
func bareJSON(reply *testapp.Reply) string {
	return strings.ReplaceAll(reply.Body, reply.Header.Get("X-Request-Id"), "")
}

// Pages of lists follow one another without a gap, and a cursor is good for its own list only.
func TestAPICursors(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		for _, name := range []string{"c1", "c2", "c3", "c4", "c5"} {
			app.Seed(models.Customer, name, testapp.Of(who.Acme))
		}
		api := app.API(app.Key(who.Root))
		for _, path := range []string{"/accounts?sort=newest&limit=2", "/accounts?q=c&limit=2", "/accounts?organization=acme&limit=2", "/audit?limit=3", "/organizations?limit=1"} {
			whole := api.Call("GET", strings.Split(path, "limit=")[0]+"limit=200", "").Want(200).JSON("items").([]any)
			var read []any
			for next := path; next != ""; {
				reply := api.Call("GET", next, "").Want(200)
				read = append(read, reply.JSON("items").([]any)...)
				link := reply.Header.Get("Link")
				check(t, path+": next and Link", reply.JSON("next") != nil, link != "")
				next, _, _ = strings.Cut(strings.TrimPrefix(link, "</api/v1"), ">")
				if link == "" {
					next = ""
				}
			}
			if len(read) != len(whole) || len(read) < 3 {
				t.Errorf("%s: %d rows in pages, %d at once", path, len(read), len(whole))
				continue
			}
			for i := range read {
				check(t, path, read[i].(map[string]any)["id"], whole[i].(map[string]any)["id"])
			}
		}
		cursor := api.Call("GET", "/accounts?state=active&limit=2", "").Want(200).Said("next")
		for _, path := range []string{"/accounts?limit=2&after=", "/accounts?state=expired&after=", "/accounts?state=active&sort=newest&after=", "/organizations?after=", "/audit?after="} {
			check(t, path, api.Call("GET", path+cursor, "").Want(422).Said("errors.0.code"), "cursor.invalid")
		}
		api.Call("GET", "/accounts?state=active&limit=3&after="+cursor, "").Want(200)
	})
}

// Accounts are found by id, name and e-mail, also percent-encoded. A key that is limited to one organization creates in it, and a key of
// several names one.
func TestNamesInRequests(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		api := app.API(app.Key(who.Root))
		for _, name := range []string{who.Ann.ID, "ann", "ann@example.com", "ann%40example.com", "%61nn", "ANN"} {
			check(t, name, api.Call("GET", "/accounts/"+name, "").Want(200).Said("id"), who.Ann.ID)
		}
		for _, name := range []string{"%00", "ann%00", "%ff", "a%2Fb"} {
			if reply := api.Call("GET", "/accounts/"+name, ""); reply.Status != 404 && reply.Status != 400 {
				t.Errorf("%s: %d", name, reply.Status)
			}
		}
		create := func(api *testapp.Client, name, organization string) *testapp.Reply {
			return api.Call("POST", "/accounts", `{"name": "`+name+`", "email": "`+name+`@example.com", "organization": "`+organization+`", "password_mode": "generated", "one_time": true}`)
		}
		one := app.API(app.Key(app.Seed(models.SuperAdmin, "deputy"), func(f *apikey.Form) { f.Scope = []string{"acme"} }))
		check(t, "its only one", create(one, "new1", "").Want(201).Said("account.organization.id"), who.Acme.ID)
		check(t, "by name", create(one, "new2", "acme").Want(201).Said("account.organization.id"), who.Acme.ID)
		check(t, "another", create(one, "new3", "bond").Want(422).Said("errors.0.code"), "organization.unknown")
		two := app.API(app.Key(app.Seed(models.SuperAdmin, "helper"), func(f *apikey.Form) { f.Scope = []string{"acme", "bond"} }))
		check(t, "none of two", create(two, "new4", "").Want(422).Said("errors.0.code"), "organization.choose")
		check(t, "one of two", create(two, "new5", "bond").Want(201).Said("account.organization.id"), who.Bond.ID)
	})
}

// A right password that opens nothing by itself is an answer about that account, not a refusal of the program.
func TestVerifiedPasswordBehindAGate(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		app.Seed(models.Customer, "new", testapp.Of(who.Acme), testapp.OneTime)
		reply := app.API(app.Key(who.Acme, verifies)).Call("POST", "/verify", `{"name": "new", "password": "`+testapp.Secret+`"}`)
		check(t, "the answer", reply.Want(403).Said("code"), string(core.ErrPasswordFirst))
		if refused := refusedActs(t, app); len(refused) != 0 {
			t.Errorf("refusals: %v", refused)
		}
	})
}

// A change is carried out only on the version that it is tied to.
func TestIfMatch(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		api, ann := app.API(app.Key(who.Root)), "/accounts/"+who.Ann.ID
		read := api.Call("GET", ann, "").Header.Get("ETag")
		app.SignIn("ann")
		check(t, "after a sign-in", api.Call("GET", ann, "").Header.Get("ETag"), read)
		changed := api.Call("PATCH", ann, `{"note": "one"}`, "If-Match", read).Want(200).Header.Get("ETag")
		for what, tag := range map[string]string{"former": read, "weak": "W/" + changed, "unquoted": strings.Trim(changed, `"`), "nonsense": `"x"`} {
			for _, call := range [][2]string{{"PATCH", ann}, {"POST", ann + "/disable"}, {"POST", ann + "/password"}, {"DELETE", ann}} {
				body := map[string]string{"PATCH": `{"note": "two"}`, "POST": ""}[call[0]]
				if strings.HasSuffix(call[1], "password") {
					body = `{"password_mode": "generated", "one_time": true}`
				}
				if reply := api.Call(call[0], call[1], body, "If-Match", tag); reply.Status != 412 || reply.Said("code") != "account.changed_since" {
					t.Errorf("%s %s with a %s tag: %d %s", call[0], call[1], what, reply.Status, reply.Body)
				}
			}
		}
		api.Call("POST", ann+"/disable", "", "If-Match", changed).Want(200)
		api.Call("POST", ann+"/enable", "", "If-Match", "*").Want(200)
		check(t, "the note", api.Call("GET", ann, "").Said("note"), "one")
	})
}

// A SuperAdmin's key works from where SuperAdmins may act, and from no other address.
func TestSuperAdminAddressesHoldForKeys(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		root, acme := app.API(app.Key(who.Root)), app.API(app.Key(who.Acme))
		for address, status := range map[string]int{"192.0.2.9": 200, "198.51.100.9": 403} {
			check(t, "root from "+address, root.Call("GET", "/me", "", "X-Forwarded-For", address).Status, status)
			check(t, "acme from "+address, acme.Call("GET", "/me", "", "X-Forwarded-For", address).Status, 200)
		}
	}, func(o *testapp.AppOptions) {
		o.TrustedProxies = prefixes("127.0.0.0/8")
		o.Settings.SuperAdmins = prefixes("192.0.2.0/24")
	})
}

// Each account has so many requests a minute, which the headers say.
func TestAPIRate(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		api := app.API(app.Key(who.Root))
		for left := 4; left >= 0; left-- {
			reply := api.Call("GET", "/me", "").Want(200)
			check(t, "left", reply.Header.Get("RateLimit-Remaining"), string(rune('0'+left)))
		}
		refused := api.Call("GET", "/me", "").Want(429)
		check(t, "code", refused.Said("code"), "rate.exceeded")
		check(t, "retry", refused.Header.Get("Retry-After"), "12")
		app.API(app.Key(who.Acme)).Call("GET", "/me", "").Want(200)
		check(t, "a refused request counts", app.API(app.Key(who.Ann)).Call("GET", "/accounts", "").Want(403).Header.Get("RateLimit-Remaining"), "4")
	}, func(o *testapp.AppOptions) { o.APIRate = 5 })
}

// Browsers of other sites cannot use the API, whatever session they have: it takes no cookies.
func TestAPITakesNoSession(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		browser := app.SignIn("root")
		browser.Call("GET", "/me", "").Want(401)
		browser.Call("POST", "/accounts/"+who.Ann.ID+"/disable", "").Want(401)
		key := app.Key(who.Root, func(f *apikey.Form) { f.Direct = true })
		check(t, "no cookie", app.API(key).Call("GET", "/me", "").Cookie, (*http.Cookie)(nil))
		app.Client().Get("/accounts", "Authorization", "Bearer "+key).Want(303) // pages take no keys
	})
}

// What a program puts into an address by mistake is in no log: a key, a name, an e-mail address.
func TestAPILogsNoNames(t *testing.T) {
	var log sharedLog
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		key := app.Key(who.Root)
		api := app.API(key)
		api.Call("GET", "/accounts/"+who.Ann.ID, "").Want(200)
		api.Call("GET", "/accounts/ann@example.com?q=secret-query", "").Want(422)
		api.Call("GET", "/accounts/ann@example.com", "").Want(200)
		for _, path := range []string{"/accounts/" + key, "/me?token=" + key, "/nothing/" + key, "/accounts/" + key + "/disable"} {
			api.Call("GET", path, "")
		}
		if !strings.Contains(log.String(), who.Ann.ID) || !strings.Contains(log.String(), "/api/v1/accounts/…") {
			t.Errorf("the log lacks requests: %s", log.String())
		}
		for _, hidden := range []string{key, key[11:], "ann@example.com", "secret-query"} {
			if strings.Contains(log.String(), hidden) {
				t.Errorf("the log has %q", hidden)
			}
		}
	}, func(o *testapp.AppOptions) { o.Log = slog.New(slog.NewTextHandler(&log, nil)) })
}

// sharedLog is a log that is read while requests write to it: each writes its line after its answer.
type sharedLog struct {
	lock sync.Mutex
	text strings.Builder
}

func (l *sharedLog) Write(line []byte) (int, error) {
	l.lock.Lock()
	defer l.lock.Unlock()
	return l.text.Write(line)
}

func (l *sharedLog) String() string {
	l.lock.Lock()
	defer l.lock.Unlock()
	return l.text.String()
}
