package handlers_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"latchkey/handlers"
	"latchkey/internal/testapp"
	"latchkey/internal/testdb"
	"latchkey/internal/testkit"
	"latchkey/models"
)

// expected lists who may use which route, independently of routes.go: a route without a group fails the tests.
var expected = map[string]string{
	"anyone":    `GET /api/docs|GET /healthz|GET /readyz|GET /static/:name|GET /.well-known/change-password|GET /.well-known/security.txt|GET /setup|POST /setup|GET /sign-in|POST /sign-in|GET /recover|POST /recover|GET /emergency|POST /emergency|GET /confirm-email/:token|POST /confirm-email/:token|GET /undo-email/:token|POST /undo-email/:token|POST /preferences|GET /forgot|POST /forgot|GET /set-password/:token|POST /set-password/:token|GET /s/:token|POST /s/:token`,
	"leaving":   `POST /sign-out`,
	"half":      `GET /second-factor|POST /second-factor`,
	"passkey":   `POST /second-factor/options`,
	"pending":   `GET /password|POST /password|POST /password/suggest`,
	"confirm":   `GET /confirm-identity|POST /confirm-identity`,
	"set-up":    `POST /confirm-identity/options|GET /me/security|GET /me/security/passkey|POST /me/security/passkey|POST /me/security/passkey/options|POST /me/security/totp|GET /me/security/totp/:id|POST /me/security/totp/:id/confirm|POST /me/security/recovery-codes`,
	"owner":     `POST /me/security/factors/:id/remove|POST /me/sessions/end-others|POST /me/sessions/:id/end|GET /me/api-keys|POST /me/api-keys|POST /me/api-keys/:id/revoke|GET /me/emergency-codes|POST /me/emergency-codes|POST /me/emergency-codes/:id/stop|POST /me/emergency-codes/:id/delete|GET /me/delete|POST /me/delete|GET /me/email|POST /me/email`,
	"signed in": `GET /|GET /me|POST /me/edit`,
	"operators": `GET /search|GET /accounts|POST /accounts|GET /accounts/new|POST /accounts/generate-password|GET /accounts/:id|
		POST /accounts/:id/password|POST /accounts/:id/second-factor/reset|POST /accounts/:id/links/:link/resend|POST /accounts/:id/links/:link/revoke|POST /accounts/:id/emergency-codes/:code/stop|POST /accounts/:id/require-change|POST /accounts/:id/withdraw-change|POST /accounts/:id/unblock|POST /accounts/:id/disable|
		POST /accounts/:id/enable|POST /accounts/:id/end-sessions|GET /accounts/:id/api-keys|POST /accounts/:id/api-keys|POST /accounts/:id/api-keys/:key/revoke|POST /accounts/:id/sessions/:session/end|POST /accounts/:id/delete|POST /accounts/:id/edit|GET /secret-links|POST /secret-links/:id/revoke|POST /views|POST /views/:id/delete|GET /policy|GET /audit`,
	"SuperAdmins": `GET /policy/versions/:number|GET /policy/preview|POST /policy/preview|POST /policy/preview/download|POST /accounts/:id/move|GET /accounts/organizations|GET /accounts/deleted|POST /accounts/:id/restore|POST /accounts/:id/erase|POST /first-steps/hide|GET /mail|GET /mail/templates|GET /mail/templates/:name|POST /mail/templates/:name/test|GET /mail/:id|GET /mail/:id/html|POST /mail/:id/link|POST /mail/:id/retry|POST /mail/retry`,
}

// admitted lists the groups of routes that a visitor may use.
var admitted = map[string][]string{
	"guest": {"anyone"},
	"half":  {"anyone", "leaving", "half", "passkey"},   // a SuperAdmin who has shown the password only
	"boss":  {"anyone", "leaving", "pending"},           // a SuperAdmin with a one-time password
	"lost":  {"anyone", "leaving", "confirm", "set-up"}, // a SuperAdmin whose second factor was lost
	"reset": {"anyone", "leaving", "pending"},           // a SuperAdmin who has used a recovery code for the password
	"code":  {"anyone", "leaving", "half", "passkey"},   // the same with a second factor
	"ann":   {"anyone", "leaving", "half", "passkey", "pending", "confirm", "set-up", "owner", "signed in"},
	"acme":  {"anyone", "leaving", "half", "passkey", "pending", "confirm", "set-up", "owner", "signed in", "operators"},
	"away":  {"anyone", "leaving", "half", "confirm", "signed in", "operators", "SuperAdmins"}, // an emergency session of a SuperAdmin
	"root":  {"anyone", "leaving", "half", "passkey", "pending", "confirm", "set-up", "owner", "signed in", "operators", "SuperAdmins"},
}

// gates are the pages that visitors have to pass first.
var gates = map[string]string{"half": "/second-factor", "boss": "/password", "lost": "/me/security?setup=1", "reset": "/password", "code": "/second-factor"}

// groupOf returns the group of a route; a HEAD goes with its GET.
func groupOf(t *testing.T, route testapp.Route) string {
	t.Helper()
	wanted := strings.Replace(route.String(), "HEAD ", "GET ", 1)
	for group, routes := range expected {
		for name := range strings.SplitSeq(routes, "|") {
			if strings.TrimSpace(name) == wanted {
				return group
			}
		}
	}
	t.Errorf("%s is in no group: say who may use it", route)
	return "nobody"
}

func TestEveryRouteHasAnAccessGroup(t *testing.T) {
	testkit.Parallel(t)
	app := testapp.NewApp(t, testdb.SQLite(t))
	known := map[string]bool{}
	for _, route := range app.Routes {
		groupOf(t, route)
		known[route.String()] = true
	}
	for _, routes := range expected {
		for name := range strings.SplitSeq(routes, "|") {
			if name = strings.TrimSpace(name); !known[name] {
				t.Errorf("%s is no route", name)
			}
			if head := strings.Replace(name, "GET ", "HEAD ", 1); !known[head] {
				t.Errorf("%s is no route", head)
			}
		}
	}
}

// visitors returns a browser for each kind of visitor, which signs in again when it has to.
func visitors(app *testapp.App) map[string]func() *testapp.Client {
	app.Seed(models.SuperAdmin, "boss", testapp.OneTime)
	all := map[string]func() *testapp.Client{"guest": app.Client}
	app.Factor(app.Seed(models.SuperAdmin, "half"))
	app.Tamper(app.Seed(models.SuperAdmin, "lost").ID, func(a *models.Account) { a.MustSetFactor = true })
	_, withFactor := app.Factor(app.Seed(models.SuperAdmin, "code"))
	for name, codes := range map[string][]string{"reset": recoveryCodes(app, app.Seed(models.SuperAdmin, "reset")), "code": withFactor} {
		browser := app.Client()
		all[name] = func() *testapp.Client {
			if browser.Session() == "" {
				browser.Post("/recover", testapp.Form("name", name, "code", codes[0])).Want(303)
				codes = codes[1:]
			}
			return browser
		}
	}
	away, entering := app.Seed(models.SuperAdmin, "away"), app.Client()
	app.Tamper(away.ID, func(a *models.Account) { a.MustChange, a.MustSetFactor = true, true }) // which hold up the owner only
	all["away"] = func() *testapp.Client {
		if entering.Session() == "" {
			enterEmergency(entering, away)
		}
		return entering
	}
	for _, name := range []string{"half", "boss", "lost", "ann", "acme", "root"} {
		browser := app.Client()
		all[name] = func() *testapp.Client {
			if browser.Session() == "" {
				browser.SignIn(name, testapp.Secret).Want(303)
			}
			return browser
		}
	}
	return all
}

func TestEveryRouteForEveryVisitor(t *testing.T) {
	companyOnBoth(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		form := testapp.Form("kind", "customer", "organization", who.Acme.ID)
		for name, browser := range visitors(app) {
			browser()
			unchanged(t, app, name+" on routes that are not theirs", func() {
				for _, route := range app.Routes {
					if !slices.Contains(admitted[name], groupOf(t, route)) {
						wantRefused(t, name, browser(), route, answer(browser(), route, who.Ann.ID, form))
					}
				}
			})
			for _, route := range app.Routes {
				if slices.Contains(admitted[name], groupOf(t, route)) {
					wantAdmitted(t, name, route, answer(browser(), route, app.Accounts.NewID(), form))
				}
			}
		}
	})
}

func wantRefused(t *testing.T, name string, browser *testapp.Client, route testapp.Route, got *testapp.Reply) {
	t.Helper()
	page, gate := route.Method != "POST", gates[name]
	to := got.Header.Get("Location")
	switch {
	case name == "guest" && page && got.Status == 303 && strings.HasPrefix(to, "/sign-in?next="):
	case name == "guest" && !page && got.Status == 401:
	case gate != "" && page && got.Status == 303 && to == gate:
	case gate != "" && !page && got.Status == 403:
	case name != "guest" && gate == "" && got.Status == 403:
	default:
		t.Errorf("%s for %s is answered %d %s", route, name, got.Status, to)
	}
	if route.Method != "GET" || strings.Contains(route.Path, ":") {
		return
	}
	// Requests for anything but a page are refused instead of redirected.
	want := map[string]int{"guest": 401}[name]
	if want == 0 {
		want = 403
	}
	if status := browser.Get(route.Path, "Accept", "application/json").Status; status != want {
		t.Errorf("%s for %s as JSON is answered %d", route, name, status)
	}
}

func wantAdmitted(t *testing.T, name string, route testapp.Route, got *testapp.Reply) {
	t.Helper()
	to := got.Header.Get("Location")
	refused := got.Status == 401 || got.Status == 403 || got.Status == 405 || got.Status >= 500 || strings.HasPrefix(to, "/sign-in?next=")
	if refused || to == "/second-factor" || to == "/password" && route.Path != "/.well-known/change-password" {
		t.Errorf("%s for %s is answered %d %s", route, name, got.Status, to)
	}
}

// A route without access is refused to every visitor.
func TestUnlistedRouteIsDenied(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, _ testapp.Company) {
		pages := handlers.WithForgotten(app.Pages, "/forgotten", func(http.ResponseWriter, *http.Request) { t.Error("it was reached") })
		for name, browser := range visitors(app) {
			for _, method := range []string{"GET", "HEAD", "POST"} {
				request := httptest.NewRequestWithContext(t.Context(), method, "/forgotten", nil)
				request.Host = app.BaseURL.Host
				request.AddCookie(&http.Cookie{Name: "latchkey", Value: browser().Session()})
				reply := httptest.NewRecorder()
				pages.ServeHTTP(reply, request)
				check(t, method+" for "+name, reply.Code, 403)
			}
		}
	})
}
