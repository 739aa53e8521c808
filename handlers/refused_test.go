package handlers_test

import (
	"bytes"
	"log/slog"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"latchkey/accounts/core"
	"latchkey/handlers"
	"latchkey/internal/testapp"
	"latchkey/models"
)

// refusedActs returns all refused acts in the audit log, the oldest first.
func refusedActs(t *testing.T, app *testapp.App) (events []models.AuditEvent) {
	t.Helper()
	page := must[models.Page[models.AuditEvent]](t)(app.DB.Read(t.Context()).ListAudit(models.AuditFilter{Action: core.ActionRefused, Limit: 1000}))
	for _, event := range page.Rows {
		events = append([]models.AuditEvent{event}, events...)
	}
	return events
}

// forged sends a form as another site's page does.
func forged(browser *testapp.Client, path string) *testapp.Reply {
	request := browser.Request("POST", path, strings.NewReader("confirm=ann"), "Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site", "cross-site")
	return browser.Do(request)
}

// A refused action of a signed-in account is one event with actor, target, IP address and reason. Missing pages and accounts,
// and requests without a session, leave none.
func TestRefusedActionsAreRecorded(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		boss, gone := app.Seed(models.SuperAdmin, "boss", testapp.OneTime), app.Seed(models.Customer, "gone", testapp.Of(who.Acme))
		pending := app.Client()
		pending.SignIn("boss", testapp.Secret).Want(303)
		guest, ann, acme, root := app.Client(), app.SignIn("ann"), app.SignIn("acme"), app.SignIn("root")
		root.Post("/accounts/"+gone.ID+"/delete", testapp.Form("confirm", "gone")).Want(303)
		bob, nothing := "/accounts/"+who.Bob.ID, "/accounts/"+app.Accounts.NewID()
		tests := map[string]struct {
			do                       func() *testapp.Reply
			status                   int
			actor, target            models.Account
			reason, request, subject string
		}{
			"a page for operators":   {func() *testapp.Reply { return ann.Get("/accounts?q=x") }, 403, who.Ann, models.Account{}, "forbidden", "GET /accounts", ""},
			"its headers alone":      {func() *testapp.Reply { return ann.Do(ann.Request("HEAD", "/accounts", nil)) }, 403, who.Ann, models.Account{}, "forbidden", "HEAD /accounts", ""},
			"a form for operators":   {func() *testapp.Reply { return ann.Post(bob+"/disable", nil) }, 403, who.Ann, who.Bob, "forbidden", "POST /accounts/:id/disable", "bob"},
			"the same of nobody":     {func() *testapp.Reply { return ann.Post(nothing+"/disable", nil) }, 403, who.Ann, models.Account{}, "forbidden", "POST /accounts/:id/disable", ""},
			"a page for SuperAdmins": {func() *testapp.Reply { return acme.Get("/mail") }, 403, who.Acme, models.Account{}, "forbidden", "GET /mail", ""},
			"a mail":                 {func() *testapp.Reply { return acme.Get("/mail/" + who.Bob.ID) }, 403, who.Acme, who.Bob, "forbidden", "GET /mail/:id", "bob"},
			"a kind of account":      {func() *testapp.Reply { return acme.Get("/accounts/new?kind=superadmin") }, 403, who.Acme, models.Account{}, "forbidden", "GET /accounts/new", ""},
			"creating one": {func() *testapp.Reply {
				return acme.Post("/accounts", testapp.Form("kind", "organization", "name", "x"))
			}, 403, who.Acme, models.Account{}, "forbidden", "POST /accounts", ""},
			"another's customer":           {func() *testapp.Reply { return acme.Get(bob) }, 404, who.Acme, who.Bob, "other-organization", "GET /accounts/:id", "bob"},
			"another organization":         {func() *testapp.Reply { return acme.Get("/accounts/" + who.Bond.ID) }, 404, who.Acme, who.Bond, "other-organization", "GET /accounts/:id", "bond"},
			"a SuperAdmin":                 {func() *testapp.Reply { return acme.Post("/accounts/"+who.Root.ID+"/disable", nil) }, 404, who.Acme, who.Root, "other-organization", "POST /accounts/:id/disable", "root"},
			"another's customer, changed":  {func() *testapp.Reply { return acme.Post(bob+"/unblock", nil) }, 404, who.Acme, who.Bob, "other-organization", "POST /accounts/:id/unblock", "bob"},
			"another's customer, deleted":  {func() *testapp.Reply { return acme.Post(bob+"/delete", testapp.Form("confirm", "bob")) }, 404, who.Acme, who.Bob, "other-organization", "POST /accounts/:id/delete", "bob"},
			"another's customer, password": {func() *testapp.Reply { return acme.Post(bob+"/password", testapp.Form("password_mode", "generated")) }, 404, who.Acme, who.Bob, "other-organization", "POST /accounts/:id/password", "bob"},
			"another's customer, in a form": {func() *testapp.Reply {
				return acme.Post("/accounts/generate-password", testapp.Form("account", who.Bob.ID))
			}, 404, who.Acme, who.Bob, "other-organization", "POST /accounts/generate-password", "bob"},
			"oneself":                 {func() *testapp.Reply { return acme.Post("/accounts/"+who.Acme.ID+"/disable", nil) }, 403, who.Acme, who.Acme, "own-account", "POST /accounts/:id/disable", "acme"},
			"a SuperAdmin's own":      {func() *testapp.Reply { return root.Post("/accounts/"+who.Root.ID+"/disable", nil) }, 403, who.Root, who.Root, "own-account", "POST /accounts/:id/disable", "root"},
			"forged":                  {func() *testapp.Reply { return forged(root, "/accounts/"+who.Ann.ID+"/delete") }, 403, who.Root, who.Ann, "forged", "POST /accounts/:id/delete", "ann"},
			"forged, for anyone":      {func() *testapp.Reply { return forged(ann, "/sign-in") }, 403, who.Ann, models.Account{}, "forged", "POST /sign-in", ""},
			"forged, to nothing":      {func() *testapp.Reply { return forged(ann, "/nothing/<script>") }, 403, who.Ann, models.Account{}, "forged", "POST unknown", ""},
			"around a forced change":  {func() *testapp.Reply { return pending.Post(bob+"/disable", nil) }, 403, boss, who.Bob, "password-first", "POST /accounts/:id/disable", "bob"},
			"nothing":                 {do: func() *testapp.Reply { return acme.Get(nothing) }, status: 404},
			"no id":                   {do: func() *testapp.Reply { return acme.Get("/accounts/x") }, status: 404},
			"a link to what is gone":  {do: func() *testapp.Reply { return acme.Get("/accounts/" + gone.ID) }, status: 404},
			"no page":                 {do: func() *testapp.Reply { return acme.Get("/nothing") }, status: 404},
			"a form with mistakes":    {do: func() *testapp.Reply { return acme.Post("/accounts/"+who.Ann.ID+"/unblock", nil) }, status: 422},
			"nobody":                  {do: func() *testapp.Reply { return guest.Post(bob+"/disable", nil) }, status: 401},
			"forged by nobody":        {do: func() *testapp.Reply { return forged(guest, bob+"/disable") }, status: 403},
			"a page before the reset": {do: func() *testapp.Reply { return pending.Get("/accounts") }, status: 303},
		}
		seen := 0
		for name, test := range tests {
			app.Clock.Advance(time.Minute)
			reply := test.do().Want(test.status)
			events := refusedActs(t, app)[seen:]
			seen += len(events)
			if test.reason == "" {
				check(t, name+": events", len(events), 0)
				continue
			}
			if len(events) != 1 {
				t.Errorf("%s: %d events: %+v", name, len(events), events)
				continue
			}
			got, want := events[0], models.AuditEvent{
				Action: core.ActionRefused, ActorID: test.actor.ID, ActorName: test.actor.Name, SubjectID: test.target.ID, SubjectName: test.subject,
				Address: "127.0.0.1", RequestID: reply.Header.Get("X-Request-Id"),
			}
			check(t, name+": reason", got.Detail["reason"], test.reason)
			check(t, name+": request", got.Detail["request"], test.request)
			check(t, name+": details", len(got.Detail), 2)
			check(t, name+": time", got.At.Equal(app.Clock.Now()), true)
			got.ID, got.At, got.Detail = "", want.At, nil
			if !equalEvents(got, want) {
				t.Errorf("%s:\n%+v, want\n%+v", name, got, want)
			}
		}
		app.Clock.Advance(time.Minute)
		log := app.SignIn("root").Get("/audit?action=access-refused").Want(200)
		if text := log.Text("main"); !strings.Contains(text, "Access refused") || !strings.Contains(text, "Another organization's account · GET /accounts/:id") {
			t.Errorf("a SuperAdmin reads %s", text)
		}
		// An organization learns nothing from its log: neither that it exists, nor by an event that there is something.
		for _, path := range []string{"/audit", "/audit?action=access-refused", "/audit?account=" + who.Bob.ID, "/accounts/" + who.Ann.ID} {
			hasNot(t, app.SignIn("acme").Get(path).Want(200), `data-action="access-refused"`, "bob")
		}
	})
}

func equalEvents(a, b models.AuditEvent) bool {
	return a.ActorID == b.ActorID && a.ActorName == b.ActorName && a.SubjectID == b.SubjectID && a.SubjectName == b.SubjectName &&
		a.OrganizationID == b.OrganizationID && a.Address == b.Address && a.RequestID == b.RequestID && a.Action == b.Action
}

// A request of a session from outside its networks is refused and recorded, whatever it requests.
func TestRequestsOutsideNetworksAreRecorded(t *testing.T) {
	inside := func(o *testapp.AppOptions) { o.TrustedProxies = prefixes("127.0.0.0/8") }
	for name, test := range map[string]struct {
		of     string
		change func(*testapp.AppOptions)
	}{
		"SuperAdmins": {"root", func(o *testapp.AppOptions) { inside(o); o.Settings.SuperAdmins = prefixes("192.0.2.0/24") }},
		"everybody":   {"ann", func(o *testapp.AppOptions) { inside(o); o.Settings.Dashboard = prefixes("192.0.2.0/24") }},
	} {
		t.Run(name, func(t *testing.T) {
			company(t, func(t *testing.T, app *testapp.App, _ testapp.Company) {
				browser := app.Client()
				from := func(address, method, path string, form url.Values) *testapp.Reply {
					return browser.Do(browser.Request(method, path, strings.NewReader(form.Encode()), "X-Forwarded-For", address, "Content-Type", "application/x-www-form-urlencoded"))
				}
				from("192.0.2.7", "POST", "/sign-in", testapp.Form("name", test.of, "password", testapp.Secret)).Want(303)
				unchanged(t, app, "a session from elsewhere", func() {
					from("198.51.100.7", "GET", "/me", nil).Want(403)
					from("198.51.100.7", "POST", "/me/edit", testapp.Form("locale", "de")).Want(403)
				})
				events := refusedActs(t, app)
				if len(events) != 2 || events[1].ActorName != test.of || events[1].Address != "198.51.100.7" ||
					events[1].Detail["reason"] != "address" || events[1].Detail["request"] != "POST /me/edit" {
					t.Errorf("recorded are %+v", events)
				}
			}, test.change)
		})
	}
}

// A flood of refused actions causes a few writes a minute, and the log contains their number.
func TestFloodOfRefusedActionsIsLimited(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		acme, ann := app.SignIn("acme"), app.SignIn("ann")
		for range 42 {
			acme.Get("/accounts/" + who.Bob.ID).Want(404)
		}
		ann.Get("/accounts").Want(403)
		check(t, "recorded", len(refusedActs(t, app)), 6)
		app.Clock.Advance(time.Minute)
		acme.Get("/mail").Want(403)
		events := refusedActs(t, app)
		check(t, "recorded after a minute", len(events), 7)
		check(t, "not recorded before", events[6].Detail["suppressed"], "37")
		if log := app.SignIn("acme").Get("/audit").Want(200).Text("table"); strings.Contains(log, "37") {
			t.Errorf("the organization reads %s", log)
		}
	})
}

// A refusal that cannot be recorded gets the same answer.
func TestRefusalSurvivesFailingAuditLog(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		acme, root := app.SignIn("acme"), app.SignIn("root")
		app.DB.Exec(t, "ALTER TABLE audit_events RENAME TO audit_events_hidden")
		acme.Get("/accounts/" + who.Bob.ID).Want(404)
		acme.Get("/mail").Want(403)
		check(t, "forged", forged(root, "/accounts/"+who.Ann.ID+"/delete").Want(403).Text("h1"), "You don't have access to this page")
	})
}

// A log line has the account's id and the reason of a refusal. Forged requests without a session also have a reason.
func TestLogIncludesAccount(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		var log bytes.Buffer
		options := app.Pages
		options.Page.Log = slog.New(slog.NewTextHandler(&log, nil))
		site, acme := handlers.New(options), "latchkey="+app.SignIn("acme").Session()
		for _, test := range []struct{ method, path, cookie, origin, want string }{
			{"GET", "/accounts", acme, "", "account=" + who.Acme.ID},
			{"GET", "/accounts/" + who.Bob.ID, acme, "", "account=" + who.Acme.ID + " refused=other-organization"},
			{"GET", "/mail", acme, "", "account=" + who.Acme.ID + " refused=forbidden"},
			{"POST", "/accounts", acme, "https://evil.example", "account=" + who.Acme.ID + " refused=forged"},
			{"POST", "/sign-in", "", "https://evil.example", "refused=forged"},
			{"GET", "/sign-in", "", "", ""},
		} {
			log.Reset()
			request := httptest.NewRequestWithContext(t.Context(), test.method, test.path, nil)
			request.Host = app.BaseURL.Host
			request.Header.Set("Cookie", test.cookie)
			if test.origin != "" {
				request.Header.Set("Origin", test.origin)
			}
			answer := httptest.NewRecorder()
			site.ServeHTTP(answer, request)
			want := "id=" + answer.Header().Get("X-Request-Id") + strings.TrimSuffix(" "+test.want, " ") + "\n"
			if !strings.HasSuffix(log.String(), want) {
				t.Errorf("%s %s is logged as %s, want at its end %s", test.method, test.path, log.String(), want)
			}
		}
	})
}
