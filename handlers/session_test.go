package handlers_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"latchkey/internal/testapp"
	"latchkey/internal/testdb"
	"latchkey/internal/testkit"
	"latchkey/models"
)

const toSignIn = "/sign-in?next=%2Fme"

// Session fixation is impossible: the session gets a new id at sign-in and with a new password.
func TestSessionFixation(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		browser := app.Client()
		if page := browser.Get("/sign-in"); page.Cookie != nil {
			t.Errorf("a guest gets the cookie %v", page.Cookie)
		}
		const preset = "cHJlc2V0LXByZXNldC1wcmVzZXQtcHJlc2V0LXByZXM"
		browser.SetSession(preset)
		reply := browser.SignIn("ann", testapp.Secret).Want(303)
		if reply.Cookie == nil || reply.Cookie.Value == preset || len(reply.Cookie.Value) < 43 {
			t.Fatalf("the session's id after a preset one: %v", reply.Cookie)
		}
		thief := app.Client()
		thief.SetSession(preset)
		thief.Get("/me").WantRedirect(toSignIn)

		first := browser.Session()
		browser.Post("/sign-in", testapp.Form("name", "bob", "password", testapp.Secret)).Want(303)
		if browser.Session() == first {
			t.Error("signing in anew keeps the id")
		}
		thief.SetSession(first)
		thief.Get("/me").WantRedirect(toSignIn)
		check(t, "who is signed in", browser.Get("/me").Text("h1"), "bob")
	})
}

func TestSessionCookie(t *testing.T) {
	testkit.Parallel(t)
	for _, https := range []bool{false, true} {
		t.Run(fmt.Sprintf("https %t", https), func(t *testing.T) {
			company(t, func(t *testing.T, app *testapp.App, _ testapp.Company) {
				cookie := app.Client().SignIn("root", testapp.Secret).Want(303).Cookie
				want := map[bool]string{
					false: "latchkey=…; Path=/; HttpOnly; SameSite=Lax", true: "__Host-latchkey=…; Path=/; HttpOnly; Secure; SameSite=Lax",
				}[https]
				check(t, "cookie", strings.Replace(cookie.Raw, cookie.Value, "…", 1), want)
				for _, line := range app.DB.Dump(t) {
					if strings.Contains(line, cookie.Value) {
						t.Errorf("the cookie's value stands in the database: %s", line)
					}
				}
			}, func(o *testapp.AppOptions) { o.HTTPS = https })
		})
	}
}

func TestSessionsEnd(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, _ testapp.Company) {
		idle := app.SignIn("ann")
		app.Clock.Advance(time.Hour - time.Second)
		idle.Get("/me").Want(200)
		app.Clock.Advance(time.Hour - time.Second)
		idle.Get("/me").Want(200)
		app.Clock.Advance(time.Hour)
		idle.Get("/me").WantRedirect(toSignIn)

		busy := app.SignIn("ann")
		for range 47 {
			app.Clock.Advance(30 * time.Minute)
			busy.Get("/me").Want(200)
		}
		app.Clock.Advance(30*time.Minute - time.Second)
		busy.Get("/me").Want(200)
		app.Clock.Advance(time.Second)
		busy.Get("/me").WantRedirect(toSignIn)
	})
}

// What an operator does to an account, or its owner in another browser, holds from the next request on: in every browser, and
// on another process that has seen the sessions before.
func TestSessionRevocation(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		other := testapp.NewApp(t, testdb.Database{DB: app.DB.Again(t), Address: app.DB.Address})
		root := app.SignIn("root")
		for act, tc := range revocations {
			victim := app.Seed(models.Customer, "victim", testapp.Of(who.Acme), testapp.OverDeleted)
			browsers := []*testapp.Client{app.SignIn("victim"), app.SignIn("victim@example.com"), other.SignIn("victim")}
			elsewhere := other.Client()
			elsewhere.SetSession(browsers[0].Session())
			elsewhere.Get("/me").Want(200)
			tc.do(app, root, victim.ID)
			for _, browser := range append(browsers, elsewhere) {
				browser.Get("/me").WantRedirect(tc.to)
				if status := browser.Post("/me/edit", testapp.Form("locale", "en")).Status; status != 401 && status != 403 {
					t.Errorf("after %s a form is answered with %d", act, status)
				}
			}
			if act != "delete" {
				root.Post("/accounts/"+victim.ID+"/delete", testapp.Form("confirm", "victim")).Want(303)
			}
		}
	})
}

// revocations are what ends sessions, or lets them only to the reset page, and where a page of theirs leads then.
var revocations = map[string]struct {
	do func(app *testapp.App, root *testapp.Client, id string)
	to string
}{
	"disable":        {operate("disable"), toSignIn},
	"end-sessions":   {operate("end-sessions"), toSignIn},
	"password":       {operate("password", "password_mode", "typed", "password", testapp.Secret2), toSignIn},
	"require-change": {operate("require-change"), "/password"},
	"technical":      {operate("edit", "email", "x@example.com", "technical", "true"), toSignIn},
	"delete":         {operate("delete", "confirm", "victim"), toSignIn},
	"change": {func(app *testapp.App, _ *testapp.Client, _ string) {
		app.SignIn("victim").Get("/password").Submit("/password", "current", testapp.Secret, "password", testapp.Secret2, "confirmation", testapp.Secret2).Want(303)
	}, toSignIn},
	"end-others": {func(app *testapp.App, _ *testapp.Client, _ string) {
		app.SignIn("victim").Get("/me").Submit("/me/sessions/end-others").Want(303)
	}, toSignIn},
}

// operate returns what an operator does on an account's page.
func operate(act string, fields ...string) func(*testapp.App, *testapp.Client, string) {
	return func(_ *testapp.App, root *testapp.Client, id string) {
		root.Post("/accounts/"+id+"/"+act, testapp.Form(fields...)).Want(303)
	}
}

// The session that changes the password goes on with another id; all others end, also the one with the former id.
func TestSessionRevocationByANewPassword(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, _ testapp.Company) {
		mine, other := app.SignIn("ann"), app.SignIn("ann")
		before := mine.Session()
		mine.Get("/password").Submit("/password", "current", testapp.Secret, "password", testapp.Secret2, "confirmation", testapp.Secret2).
			WantRedirect("/me").Follow().Want(200)
		if mine.Session() == before {
			t.Error("the session keeps its id")
		}
		other.Get("/me").WantRedirect(toSignIn)
		other.SetSession(before)
		other.Get("/me").WantRedirect(toSignIn)
		check(t, "sessions left", mine.Get("/me").Find("#sessions [data-id]").Length(), 1)
	})
}

// A session that was left open shows the others, but ends none without the password. It can be ended itself.
func TestEndingSessionsAsks(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, _ testapp.Company) {
		found, two, three := app.SignIn("ann"), app.SignIn("ann"), app.SignIn("ann")
		later(app)
		page := found.Get("/me").Want(200)
		check(t, "sessions", page.Find("#sessions [data-id]").Length(), 3)
		own, twos := sessionOf(t, found), sessionOf(t, two)
		unchanged(t, app, "before the confirmation", func() {
			wantGate(t, found.Post("/me/sessions/"+twos+"/end", nil, "Accept", "application/json"), "confirm-identity")
		})
		for path, does := range map[string]string{"/me/sessions/" + twos + "/end": "End another session", "/me/sessions/end-others": "Sign out other sessions"} {
			asked := found.Get("/me").Submit(path).WantRedirect("/confirm-identity").Follow().Want(200)
			check(t, "what", strings.Trim(asked.Text(".why"), " "), does)
			check(t, "cancel", asked.Find("main a.button").AttrOr("href", ""), "/me")
		}
		two.Get("/me").Want(200)
		back := found.Get("/confirm-identity").Submit("/confirm-identity", "password", testapp.Secret).WantRedirect("/me").Follow().Want(200)
		back.Submit("/me/sessions/" + twos + "/end").WantRedirect("/me").Follow().Want(200)
		two.Get("/me").WantRedirect(toSignIn)
		three.Get("/me").Want(200)
		found.Get("/me").Submit("/me/sessions/end-others").WantRedirect("/me")
		three.Get("/me").WantRedirect(toSignIn)
		later(app)
		found.Post("/me/sessions/"+own+"/end", nil).WantRedirect("/sign-in")
	})
}

func TestUsersManageOnlyTheirOwnSessions(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, _ testapp.Company) {
		mine, two, three, bob := app.SignIn("ann"), app.SignIn("ann"), app.SignIn("ann"), app.SignIn("bob")
		page := mine.Get("/me").Want(200)
		check(t, "sessions", page.Find("#sessions [data-id]").Length(), 3)
		check(t, "forms that end one", page.Find(`form[action$="/end"]`).Length(), 2)

		bobs := bob.Get("/me").Find("#sessions [data-id]").AttrOr("data-id", "")
		unchanged(t, app, "ending another's session", func() {
			mine.Post("/me/sessions/"+bobs+"/end", nil).Want(404)
			mine.Post("/me/sessions/"+app.Accounts.NewID()+"/end", nil).Want(404)
			mine.Post("/me/sessions/x/end", nil).Want(404)
		})
		twos := two.Get("/me").Find("#sessions [data-id]:not(:has(form))").AttrOr("data-id", "")
		page.Submit("/me/sessions/" + twos + "/end").WantRedirect("/me")
		two.Get("/me").WantRedirect(toSignIn)
		three.Get("/me").Want(200)

		mine.Get("/me").Submit("/me/sessions/end-others").WantRedirect("/me").Follow().Want(200)
		three.Get("/me").WantRedirect(toSignIn)
		bob.Get("/me").Want(200)
		own := mine.Get("/me").Find("#sessions [data-id]").AttrOr("data-id", "")
		mine.Post("/me/sessions/"+own+"/end", nil).WantRedirect("/sign-in")
		mine.Get("/me").WantRedirect(toSignIn)
	})
}
