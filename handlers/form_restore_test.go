package handlers_test

import (
	"bytes"
	"fmt"
	"maps"
	"mime/multipart"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"latchkey/internal/testapp"
	"latchkey/models"
)

const secretTyped = "Canary-1!"

// withoutText are the forms of signed-in pages that consist of buttons, or whose text is a secret, or that are on no page right after a sign-in. A route that is neither here nor on a page of the walk
// fails TestEveryFormKeepsWhatWasTyped.
var withoutText = []string{
	"/preferences", "/second-factor", "/second-factor/options", "/confirm-identity", "/confirm-identity/options", "/me/security/passkey/options", "/me/security/totp", "/me/security/totp/:id/confirm", "/me/security/recovery-codes", "/me/security/factors/:id/remove", "/first-steps/hide", "/sign-out", "/me/emergency-codes/:id/stop", "/me/emergency-codes/:id/delete", "/me/api-keys/:id/revoke", "/accounts/:id/api-keys/:key/revoke", "/accounts/:id/emergency-codes/:code/stop", "/accounts/:id/links/:link/resend", "/accounts/:id/links/:link/revoke", "/mail/:id/link", "/me/sessions/end-others", "/me/sessions/:id/end", "/accounts/:id/second-factor/reset", "/accounts/:id/require-change", "/accounts/:id/withdraw-change", "/accounts/:id/unblock", "/accounts/:id/disable", "/accounts/:id/restore", "/accounts/:id/erase",
	"/accounts/:id/enable", "/accounts/:id/end-sessions", "/accounts/:id/sessions/:session/end", "/mail/templates/:name/test", "/secret-links/:id/revoke", "/views/:id/delete", "/mail/retry", "/mail/:id/retry", "/policy/preview/download",
}

// If a form is sent after its session has ended, its text is filled in again after the sign-in, without passwords.
func TestEveryFormKeepsWhatWasTyped(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		tried, printer := map[string]bool{}, app.Seed(models.Customer, "printer", testapp.Technical)
		places := ids(who.Ann.ID)
		places[":name"] = []string{models.MailTemplates()[0]}
		for _, route := range app.Routes {
			if route.Method != "GET" || strings.HasPrefix(route.Path, "/dev") || route.Path == "/emergency" { // whose form needs no session
				continue
			}
			for _, path := range append(places.paths(t, route), "/accounts/new?kind=organization", "/accounts?state=active", "/accounts/"+printer.ID+"/api-keys") {
				page := app.SignIn("root").Get(path)
				if page.Status != 200 || !strings.HasPrefix(page.Header.Get("Content-Type"), "text/html") {
					continue
				}
				page.Find("form[method=post]").Each(func(_ int, form *goquery.Selection) {
					typed := typeInto(form)
					if len(typed) == 0 {
						return
					}
					actions := append(form.Find("[formaction]").Map(func(_ int, b *goquery.Selection) string { return b.AttrOr("formaction", "") }), form.AttrOr("action", ""))
					for _, action := range actions {
						if !tried[action+path] {
							tried[action+path], tried[patternOf(app, action)] = true, true
							wantKept(t, app, path, action, form, typed)
						}
					}
				})
			}
		}
		for _, route := range app.Routes {
			if guest := []string{"/sign-in", "/setup", "/recover", "/emergency", "/forgot", "/set-password/:token", "/confirm-email/:token", "/undo-email/:token", "/s/:token"}; route.Method == "POST" && !slices.Contains(guest, route.Path) && tried[route.Path] == slices.Contains(withoutText, route.Path) {
				t.Errorf("%s: its form was met: %t", route, tried[route.Path])
			}
		}
	}, func(o *testapp.AppOptions) { o.Sending = true })
}

// typeInto returns what a user typed into a form: in each field something other than its value. It is empty for a form of
// buttons.
func typeInto(form *goquery.Selection) url.Values {
	typed := url.Values{}
	form.Find("input[name], select[name], textarea[name]").Each(func(_ int, field *goquery.Selection) {
		name := field.AttrOr("name", "")
		_, readonly := field.Attr("readonly")
		switch kind := field.AttrOr("type", "text"); {
		case kind == "hidden" || kind == "file" || readonly:
		case kind == "password" || name == "passphrase": // which its maker can see
			typed.Set(name, secretTyped)
		case kind == "checkbox":
			if _, ticked := field.Attr("checked"); !ticked {
				typed.Set(name, "true")
			}
		case kind == "radio": // the last one, which is not the usual one
			typed.Set(name, field.AttrOr("value", ""))
		case field.Is("select"):
			typed.Set(name, field.Find("option").Last().AttrOr("value", ""))
		default:
			typed.Set(name, "typed <"+name+"> \"é\"")
		}
	})
	return typed
}

// patternOf returns the route that takes a form.
func patternOf(app *testapp.App, action string) string {
	for _, route := range app.Routes {
		parts, sent := strings.Split(route.Path, "/"), strings.Split(action, "/")
		if route.Method == "POST" && slices.EqualFunc(parts, sent, func(part, sent string) bool { return part == sent || strings.HasPrefix(part, ":") && models.IsID(sent) }) {
			return route.Path
		}
	}
	return action
}

// wantKept sends a form after its session has ended, signs in and looks at the form again.
func wantKept(t *testing.T, app *testapp.App, path, action string, form *goquery.Selection, typed url.Values) {
	t.Helper()
	browser := app.SignIn("root")
	app.Clock.Advance(2 * time.Hour)
	sent := maps.Clone(typed)
	form.Find("input[type=hidden]").Each(func(_ int, field *goquery.Selection) { sent.Set(field.AttrOr("name", ""), field.AttrOr("value", "")) })
	asked := browser.Post(action, sent).Want(401)
	hasNot(t, asked, secretTyped)
	filled := asked.Submit("/sign-in", "name", "root", "password", testapp.Secret).Want(303).Follow().Want(200)
	hasNot(t, filled, secretTyped)
	again := filled.Find(`form[action="` + form.AttrOr("action", "") + `"]`)
	if folded := again.Closest("details[id]"); folded.Length() > 0 && !folded.Is("[open]") {
		t.Errorf("%s, %s: the form is not open", path, action)
	}
	got := stands(again)
	for name, want := range typed {
		if want[0] == secretTyped {
			want = []string{""}
		}
		if got.Get(name) != want[0] {
			t.Errorf("%s, %s: %s is %q, want %q", path, action, name, got.Get(name), want[0])
		}
	}
	for name := range got {
		if !typed.Has(name) {
			t.Errorf("%s, %s: %s is ticked again", path, action, name)
		}
	}
}

// stands returns the content of the visible fields.
func stands(form *goquery.Selection) url.Values {
	values := url.Values{}
	form.Find("input[name]:not([type=hidden]):not([type=file]):not([readonly]), select[name], textarea[name]").Each(func(_ int, field *goquery.Selection) {
		name, value := field.AttrOr("name", ""), field.AttrOr("value", "")
		kind := field.AttrOr("type", "text")
		_, ticked := field.Attr("checked")
		switch {
		case (kind == "checkbox" || kind == "radio") && !ticked:
			return
		case field.Is("select"):
			value = field.Find("option[selected]").AttrOr("value", field.Find("option").First().AttrOr("value", ""))
		case field.Is("textarea"):
			value = strings.TrimPrefix(field.Text(), "\n")
		}
		values.Set(name, value)
	})
	return values
}

// typedCustomer returns the form for a new customer, sent after its session has ended.
func typedCustomer(app *testapp.App, browser *testapp.Client) *testapp.Reply {
	page := browser.Get("/accounts/new").Want(200)
	app.Clock.Advance(2 * time.Hour)
	return page.Submit("/accounts", "name", "neumann", "email", "neumann@example.com", "password_mode", "typed", "password", secretTyped, "one_time", "").Want(401)
}

// The typed text is restored once, only for the account that typed it.
func TestTextKeptOverSignIn(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		browser := app.SignIn("root")
		asked := typedCustomer(app, browser)
		check(t, "page", asked.Text("h1"), "Sign in")
		check(t, "why", asked.Text("[role=alert]"), "Your session has ended, so nothing was changed. Sign in to continue; your entries are kept, except passwords.")
		check(t, "navigation", asked.Has(".rail"), false)
		failed := asked.Submit("/sign-in", "name", "root", "password", "wrong").Want(422)
		back := failed.Submit("/sign-in", "name", "root", "password", testapp.Secret).WantRedirect("/accounts/new?kind=customer")
		if browser.Get("/accounts").Want(200); len(missing([]string{"neumann"}, browser.Get("/accounts").Texts("tbody th a"))) != 1 {
			t.Error("the form was sent by itself")
		}
		filled := back.Follow().Want(200)
		check(t, "message", filled.Text("[role=status]"), "Your entries are filled in again, except passwords. Nothing has been sent yet.")
		check(t, "name", filled.Value("name"), "neumann")
		check(t, "mode", filled.Find("[name=password_mode][checked]").AttrOr("value", ""), "typed")
		check(t, "one-time", filled.Has("#one_time[checked]"), false)
		check(t, "fresh again", browser.Get("/accounts/new?kind=customer").Value("name"), "")
		filled.Submit("/accounts", "password", testapp.Secret2).Want(303)

		asked = typedCustomer(app, browser)
		other := asked.Submit("/sign-in", "name", "acme", "password", testapp.Secret).Want(303).Follow().Want(200)
		hasNot(t, other, "neumann")
		hasNot(t, browser.Get("/accounts/new?kind=customer"), "neumann")

		customer := typedCustomer(app, app.SignIn("root")).Submit("/sign-in", "name", "ann", "password", testapp.Secret).WantRedirect("/me").Follow()
		hasNot(t, customer, "neumann")
	})
}

// The typed text also survives a required password change, and a session that ends during the use case.
func TestTextKeptOverThePasswordGate(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		browser := app.SignIn("acme")
		asked := typedCustomer(app, browser)
		app.Tamper(who.Acme.ID, func(a *models.Account) { a.MustChange = true })
		gate := asked.Submit("/sign-in", "name", "acme", "password", testapp.Secret).WantRedirect("/password").Follow().Want(200)
		hasNot(t, gate, "neumann")
		filled := gate.Submit("/password", "password", testapp.Secret2, "confirmation", testapp.Secret2).WantRedirect("/accounts/new?kind=customer").Follow()
		check(t, "name", filled.Value("name"), "neumann")
	})
}

// Nothing is stored of an unknown client, and no other site and no link can fill in a form.
func TestAnonymousTextIsNotKept(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		stranger := app.Client()
		unchanged(t, app, "a stranger's form", func() {
			asked := stranger.Post("/accounts", testapp.Form("name", "neumann", "password", secretTyped, "unknown", "x")).Want(401)
			check(t, "kept", strings.Join(asked.Find("input[name^='kept.']").Map(func(_ int, s *goquery.Selection) string { return s.AttrOr("name", "") }), " "), "kept.name")
			for _, path := range []string{"/sign-in?next=/accounts/new&kept.name=neumann", "/sign-in?kept.by=&kept.name=neumann"} {
				hasNot(t, stranger.Get(path).Want(200), "neumann")
			}
			large := testapp.Form("kind", "customer", "name", strings.Repeat("ü", 6000)).Encode()
			asked = stranger.Do(stranger.Request("POST", "/accounts", strings.NewReader(large), "Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site", "same-origin")).Want(401)
			check(t, "too much", asked.Text("[role=alert]"), "Your session has ended, so nothing was changed. Sign in and send the form again.")
			stranger.Post("/accounts", testapp.Form("name", "neumann"), "Accept", "application/json").Want(401)
			for _, path := range []string{"/accounts", "/sign-in"} {
				stranger.Post(path, testapp.Form("name", "root", "password", testapp.Secret, "next", "/accounts/new?kind=customer", "kept.name", "neumann"),
					"Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site").Want(403)
			}
		})
		odd := stranger.Post("/sign-in", testapp.Form("name", "root", "password", testapp.Secret, "next", "/accounts/"+who.Ann.ID,
			"kept.password", secretTyped, "kept.submission", secretTyped, "kept.email", "typed@example.com")).Want(303).Follow().Want(200)
		hasNot(t, odd, secretTyped)
		check(t, "e-mail", odd.Value("email"), "typed@example.com")
		for _, line := range app.DB.Dump(t) {
			if strings.Contains(line, secretTyped) {
				t.Errorf("the database has %s", line)
			}
		}
	})
}

// A policy that was sent as a browser does, in a form that may hold a file, is kept too.
func TestPolicyTextKeptOverSignIn(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, _ testapp.Company) {
		send := func(text string) *testapp.Reply {
			browser := app.SignIn("root")
			app.Clock.Advance(2 * time.Hour)
			var body bytes.Buffer
			form := multipart.NewWriter(&body)
			for name, value := range map[string]string{"policy": text} {
				if err := form.WriteField(name, value); err != nil {
					t.Fatal(err)
				}
			}
			if err := form.Close(); err != nil {
				t.Fatal(err)
			}
			return browser.Do(browser.Request("POST", "/policy/preview", &body, "Content-Type", form.FormDataContentType(), "Sec-Fetch-Site", "same-origin")).Want(401)
		}
		text := "{\r\n  // mine\r\n}"
		filled := send(text).Submit("/sign-in", "name", "root", "password", testapp.Secret).WantRedirect("/policy/preview").Follow().Want(200)
		check(t, "text", fmt.Sprintf("%q", strings.TrimSpace(filled.Text("textarea"))), `"{ // mine }"`)
		for _, text := range []string{strings.Repeat("x", 60_000), "a\x00b", "\xff"} {
			fresh := send(text).Submit("/sign-in", "name", "root", "password", testapp.Secret).WantRedirect("/policy/preview").Follow().Want(200)
			check(t, "what cannot be kept", strings.Contains(fresh.Text("textarea"), "passwordPolicyConfigurations"), true)
		}
	})
}
