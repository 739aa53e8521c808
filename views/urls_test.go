package views_test

import (
	"net/url"
	"os"
	"strings"
	"testing"

	"latchkey/internal/testapp"
	"latchkey/internal/testdb"
	"latchkey/internal/testkit"
	"latchkey/models"
	"latchkey/views"
)

func TestMain(m *testing.M) { os.Exit(testkit.Main(m)) }

const id = "019cadc6-9a80-7003-b994-b8c95c94bc6a"

// addresses returns all that urls.go makes, and the routes they are meant for.
func addresses() map[string]string {
	all := map[string]string{
		views.HomeURL: "GET /", views.SetupURL: "POST /setup", views.SignInURL: "POST /sign-in", views.SignOutURL: "POST /sign-out",
		views.PasswordURL: "POST /password", views.SuggestURL: "POST /password/suggest", views.MeURL: "GET /me", views.MeEditURL: "POST /me/edit",
		views.EndOthers: "POST /me/sessions/end-others", views.AccountsURL: "POST /accounts", views.GenerateURL: "POST /accounts/generate-password",
		views.PolicyURL: "GET /policy", views.MailURL: "GET /mail", views.AuditURL: "GET /audit",
		views.MailTemplatesURL: "GET /mail/templates", views.MailTemplateURL(models.MailReminder): "GET /mail/templates/:name", views.TestMailURL(models.MailReminder): "POST /mail/templates/:name/test", views.AccountURL(id): "GET /accounts/:id",
		views.EndSessionURL(id): "POST /me/sessions/:id/end", views.MailItemURL(id): "GET /mail/:id", views.MailHTMLURL(id): "GET /mail/:id/html",
		views.RetryMailURL(id): "POST /mail/:id/retry", views.Query(views.AccountsURL, url.Values{"q": {"a b"}}, "state", "expired"): "GET /accounts",
	}
	for _, kind := range []models.Kind{models.Customer, models.Organization, models.SuperAdmin} {
		all[views.NewAccountURL(kind)] = "GET /accounts/new"
	}
	for _, act := range []string{"password", "edit", "move", "delete", "unblock", "require-change", "end-sessions", "disable", "enable"} {
		all[views.AccountActURL(id, act)] = "POST /accounts/:id/" + act
	}
	return all
}

// Each address is of a route, and answers as that: a guest is asked to sign in, or let in.
func TestURLsMatchRoutes(t *testing.T) {
	app := testapp.NewApp(t, testdb.SQLite(t))
	routes := map[string]bool{}
	for _, route := range app.Routes {
		routes[route.String()] = true
	}
	guest := app.Client()
	for address, route := range addresses() {
		if !routes[route] {
			t.Errorf("%s is meant for %s, which is no route", address, route)
		}
		method, _, _ := strings.Cut(route, " ")
		if status := guest.Do(guest.Request(method, address, nil)).Status; status == 405 || status == 404 && address != views.SetupURL {
			t.Errorf("%s is answered %d", address, status)
		}
	}
}

func TestQuery(t *testing.T) {
	values := url.Values{"q": {"a&b"}, "state": {"expired"}, "after": {"x"}}
	for _, tc := range []struct {
		change []string
		want   string
	}{
		{nil, "/x?after=x&q=a%26b&state=expired"},
		{[]string{"after", "", "before", "y"}, "/x?before=y&q=a%26b&state=expired"},
		{[]string{"after", "", "q", "", "state", ""}, "/x"},
	} {
		if got := views.Query("/x", values, tc.change...); got != tc.want {
			t.Errorf("%q: %s, want %s", tc.change, got, tc.want)
		}
	}
	if len(values) != 3 || values.Get("after") != "x" {
		t.Errorf("the page's own parameters were changed: %v", values)
	}
}
