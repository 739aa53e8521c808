package handlers_test

import (
	"context"
	"fmt"
	"html"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"latchkey/accounts"
	"latchkey/accounts/handover"
	"latchkey/internal/testapp"
	"latchkey/internal/testbrowser"
	"latchkey/internal/testdb"
	"latchkey/internal/testkit"
	"latchkey/models"
	"latchkey/password"
)

// sentForm is a form as a browser sends it, which can be sent again with the cookies of the first time.
type sentForm struct {
	path    string
	fields  url.Values
	session string
	address string // of the client, as a proxy says it; "" = it comes by no proxy
}

// fill reads the submission of the page's form for the path, with other fields.
func fill(page *testapp.Reply, browser *testapp.Client, path string, changes ...string) sentForm {
	browser.App.Helper()
	form := page.Find(fmt.Sprintf(`form[action="%[1]s"], form[action^="%[1]s?"], form:has([formaction="%[1]s"])`, path)).First()
	if form.Length() == 0 {
		browser.App.Fatalf("no form for %s: %s", path, page.Summary())
	}
	fields := url.Values{}
	if id := form.Find("[name=submission]"); id.Length() > 0 {
		fields.Set("submission", id.AttrOr("value", ""))
	}
	for i := 0; i < len(changes); i += 2 {
		fields.Set(changes[i], changes[i+1])
	}
	return sentForm{path: path, fields: fields, session: browser.Session()}
}

// send posts the form from a browser with the cookies that it had then.
func (f sentForm) send(app *testapp.App) *testapp.Reply {
	browser := app.Client()
	if f.session != "" {
		browser.SetSession(f.session)
	}
	if f.address != "" {
		return browser.Post(f.path, f.fields, "X-Forwarded-For", f.address)
	}
	return browser.Post(f.path, f.fields)
}

// sameAnswer compares what a browser makes of two answers.
func sameAnswer(t *testing.T, what string, first, second *testapp.Reply) {
	t.Helper()
	for _, part := range []struct{ name, first, second string }{
		{"status", fmt.Sprint(first.Status), fmt.Sprint(second.Status)},
		{"body", first.Body, second.Body},
		{"Location", first.Header.Get("Location"), second.Header.Get("Location")},
		{"Set-Cookie", fmt.Sprint(first.Header["Set-Cookie"]), fmt.Sprint(second.Header["Set-Cookie"])},
		{"Content-Type", first.Header.Get("Content-Type"), second.Header.Get("Content-Type")},
	} {
		if part.first != part.second {
			t.Errorf("%s: %s\n%s\nthen\n%s", what, part.name, part.first, part.second)
		}
	}
}

// resubmissions are forms that a person may send twice. Each gives the form, and the status of its one answer. Set-up has a test of
// its own, since it needs an installation without accounts; repeatableForms has the others.
func resubmissions(t *testing.T, app *testapp.App, who testapp.Company) map[string]func() (sentForm, int) {
	t.Helper()
	root := app.SignIn("root")
	ofAccount := func(act string, status int, fields ...string) func() (sentForm, int) {
		return func() (sentForm, int) {
			account := app.Seed(models.Customer, strings.ReplaceAll(act, "/", "")+"d", testapp.Of(who.Acme))
			path := "/accounts/" + account.ID
			return fill(root.Get(path), root, path+act, append([]string{"confirm", account.Name}, fields...)...), status
		}
	}
	after := func(first, act string) func() (sentForm, int) {
		return func() (sentForm, int) {
			path := "/accounts/" + app.Seed(models.Customer, strings.ReplaceAll(act, "/", "")+"d", testapp.Of(who.Acme)).ID
			root.Post(path+first, nil).Want(303)
			return fill(root.Get(path), root, path+act), 303
		}
	}
	own := func(status int, current string) func() (sentForm, int) {
		return func() (sentForm, int) {
			browser := app.SignIn(app.Seed(models.Customer, fmt.Sprint("own", status)).Name)
			return fill(browser.Get("/password"), browser, "/password", "current", current, "password", testapp.Secret2, "confirmation", testapp.Secret2), status
		}
	}
	signIn := func(status int, secret string) func() (sentForm, int) {
		return func() (sentForm, int) {
			browser := app.Client()
			return fill(browser.Get("/sign-in"), browser, "/sign-in", "name", "ann", "password", secret), status
		}
	}
	secondStep := func(status int, code func(secondFactor) string) func() (sentForm, int) {
		return func() (sentForm, int) {
			f := atSecondFactor(app, models.Customer, fmt.Sprint("factor", status), "")
			return fill(f.browser.Get("/second-factor"), f.browser, "/second-factor", "code", code(f)), status
		}
	}
	recovery := func(status int, code func([]string) string) func() (sentForm, int) {
		return func() (sentForm, int) {
			account, browser := app.Seed(models.Customer, fmt.Sprint("lost", status)), app.Client()
			return fill(browser.Get("/recover"), browser, "/recover", "name", account.Name, "code", code(recoveryCodes(app, account))), status
		}
	}
	deleted := func(act string) func() (sentForm, int) {
		return func() (sentForm, int) {
			account := app.Seed(models.Customer, "gone-"+act)
			root.Post("/accounts/"+account.ID+"/delete", testapp.Form("confirm", account.Name)).Want(303)
			return fill(root.Get("/accounts/deleted"), root, "/accounts/"+account.ID+"/"+act), 303
		}
	}
	emergency := func(status, lead int) func() (sentForm, int) {
		return func() (sentForm, int) {
			account, browser := app.Seed(models.Customer, fmt.Sprint("away", lead)), app.Client()
			_, code := emergencyCode(app, account, lead)
			return fill(browser.Get("/emergency"), browser, "/emergency", "name", account.Name, "code", code), status
		}
	}
	confirm := func(status int, secret string) func() (sentForm, int) {
		return func() (sentForm, int) { // its page is shown only while another form waits
			browser := app.SignIn("ann")
			fields := testapp.Form("submission", app.Accounts.NewID(), "password", secret)
			return sentForm{path: "/confirm-identity", fields: fields, session: browser.Session()}, status
		}
	}
	failedMail := func(name string) models.Mail {
		app.Seed(models.Customer, name, testapp.Of(who.Acme))
		blacklist(app, name)
		mail := app.Sweep()[0]
		app.Settle(func(m *models.Mail) { m.State = models.MailFailed })
		return mail
	}
	return map[string]func() (sentForm, int){
		"create": func() (sentForm, int) {
			return fill(root.Get("/accounts/new"), root, "/accounts", "kind", "customer", "name", "new", "email", "new@example.com", "password_mode", "generated"), 200
		},
		"create, refused": func() (sentForm, int) {
			return fill(root.Get("/accounts/new"), root, "/accounts", "kind", "customer", "name", "ann", "email", "x@example.com", "password_mode", "generated"), 422
		},
		"reset second factors": func() (sentForm, int) {
			account := app.Seed(models.Customer, "loses", testapp.Of(who.Acme))
			app.Factor(account)
			path := "/accounts/" + account.ID
			return fill(root.Get(path), root, path+"/second-factor/reset"), 303
		},
		"reset":    ofAccount("/password", 200, "password_mode", "generated"),
		"edit":     ofAccount("/edit", 303, "email", "edited@example.com"),
		"move":     ofAccount("/move", 303, "organization", who.Bond.ID),
		"require":  ofAccount("/require-change", 303),
		"withdraw": after("/require-change", "/withdraw-change"),
		"disable":  ofAccount("/disable", 303),
		"enable":   after("/disable", "/enable"),
		"delete":   ofAccount("/delete", 303),
		"unblock": func() (sentForm, int) {
			account := app.Seed(models.Customer, "unblocked", testapp.Of(who.Acme))
			blacklist(app, account.Name)
			path := "/accounts/" + account.ID
			return fill(root.Get(path), root, path+"/unblock"), 303
		},
		"end all sessions": func() (sentForm, int) {
			path := "/accounts/" + app.Seed(models.Customer, "twice", testapp.Of(who.Acme)).ID
			app.SignIn("twice")
			app.SignIn("twice")
			return fill(root.Get(path), root, path+"/end-sessions"), 303
		},
		"end a session": func() (sentForm, int) {
			account := app.Seed(models.Customer, "ended", testapp.Of(who.Acme))
			path, session := "/accounts/"+account.ID, sessionOf(t, app.SignIn(account.Name))
			return fill(root.Get(path), root, path+"/sessions/"+session+"/end"), 303
		},
		"own password":             own(303, testapp.Secret),
		"own password, not right":  own(422, "wrong"),
		"sign in":                  signIn(303, testapp.Secret),
		"sign in, not right":       signIn(422, "wrong"),
		"second factor":            secondStep(303, secondFactor.code),
		"second factor, not right": secondStep(422, secondFactor.wrong),
		"begin an authenticator app": func() (sentForm, int) {
			browser := app.SignIn(app.Seed(models.Customer, "begins").Name)
			return fill(browser.Get("/me/security"), browser, "/me/security/totp"), 303
		},
		"another authenticator app": func() (sentForm, int) { // TestConfirmedAppIsNotConfirmedAgain sends that of the first
			f := atSecondFactor(app, models.Customer, "apps", "")
			f.browser.Post("/second-factor", testapp.Form("code", f.code())).Want(303)
			page := beginTOTP(f.browser)
			form := page.Find("form[action$='/confirm']").AttrOr("action", "")
			return fill(page, f.browser, form, "code", app.Code(page.Text("#totp-secret"))), 303
		},
		"add a passkey": func() (sentForm, int) {
			browser := app.SignIn(app.Seed(models.Customer, "keys").Name)
			confirmTOTP(beginTOTP(browser)) // with the first factor come recovery codes
			page := browser.Get("/me/security/passkey")
			key := testkit.NewPasskey(passkeyHost, passkeyOrigin)
			return fill(page, browser, "/me/security/passkey", "title", "Laptop", "credential", key.Create(t, options(browser, "/me/security/passkey/options"))), 303
		},
		"recovery codes": func() (sentForm, int) {
			browser := app.SignIn(app.Seed(models.Customer, "codes").Name)
			return fill(browser.Get("/me/security"), browser, "/me/security/recovery-codes"), 200
		},
		"remove an authenticator app": func() (sentForm, int) {
			browser := app.SignIn(app.Seed(models.Customer, "removes").Name)
			confirmTOTP(beginTOTP(browser))
			page := browser.Get("/me/security")
			return fill(page, browser, page.Find("form[action$='/remove']").AttrOr("action", "")), 303
		},
		"sign out": func() (sentForm, int) {
			browser := app.SignIn("ann")
			return fill(browser.Get("/me"), browser, "/sign-out"), 303
		},
		"end one of one's sessions": func() (sentForm, int) {
			other, browser := sessionOf(t, app.SignIn("ann")), app.SignIn("ann")
			return fill(browser.Get("/me"), browser, "/me/sessions/"+other+"/end"), 303
		},
		"end the session itself": func() (sentForm, int) { // no page has this form
			browser := app.SignIn("ann")
			return sentForm{path: "/me/sessions/" + sessionOf(t, browser) + "/end", fields: testapp.Form("submission", app.Accounts.NewID()), session: browser.Session()}, 303
		},
		"end one's other sessions": func() (sentForm, int) {
			browser := app.SignIn(app.Seed(models.Customer, "others").Name)
			app.SignIn("others")
			return fill(browser.Get("/me"), browser, "/me/sessions/end-others"), 303
		},
		"recover":            recovery(303, func(codes []string) string { return codes[0] }),
		"recover, not right": recovery(422, func([]string) string { return "7K3M-Q9PX-0000-7K3M" }),
		"restore":            deleted("restore"),
		"erase":              deleted("erase"),
		"change one's address": func() (sentForm, int) {
			browser := app.SignIn(app.Seed(models.Customer, "mover").Name)
			return fill(browser.Get("/me/email"), browser, "/me/email", "email", "moved@example.com"), 303
		},
		"confirm an address": func() (sentForm, int) {
			path, browser := "/confirm-email/"+requestEmail(app, app.Seed(models.Customer, "confirmer"), "confirmed@example.com"), app.Client()
			return fill(browser.Get(path), browser, path), 200
		},
		"take an address back": func() (sentForm, int) {
			browser := app.Client()
			app.Client().Post("/confirm-email/"+requestEmail(app, app.Seed(models.Customer, "undoer"), "undone@example.com"), testapp.Form()).Want(200)
			path := "/undo-email/" + emailToken(app, "undoer@example.com")
			return fill(browser.Get(path), browser, path), 200
		},
		"delete oneself": func() (sentForm, int) {
			browser := app.SignIn(app.Seed(models.Customer, "leaver").Name)
			return fill(browser.Get("/me/delete"), browser, "/me/delete", "confirm", "leaver"), 303
		},
		"emergency access, the first use": emergency(200, 24),
		"emergency access, not right": func() (sentForm, int) {
			browser := app.Client()
			return fill(browser.Get("/emergency"), browser, "/emergency", "name", "ann", "code", "7K3M7-Q9PX0-00007-K3M7K-3M7K3"), 422
		},
		"create an emergency code": func() (sentForm, int) {
			browser := app.SignIn(app.Seed(models.Customer, "careful").Name)
			return fill(browser.Get("/me/emergency-codes"), browser, "/me/emergency-codes", "person", "Ben", "lead_hours", "24"), 200
		},
		"read a secret link": func() (sentForm, int) {
			link, _ := secretLink(app, app.Seed(models.Customer, "reader"), handover.Form{})
			browser := app.Client()
			return fill(browser.Get(link), browser, link), 200
		},
		"revoke a secret link": func() (sentForm, int) {
			_, id := secretLink(app, app.Seed(models.Customer, "too-late"), handover.Form{})
			root := app.SignIn("root")
			return fill(root.Get("/secret-links"), root, "/secret-links/"+id+"/revoke"), 303
		},
		"save a view": func() (sentForm, int) {
			return fill(root.Get("/accounts?state=active"), root, "/views", "title", "once", "query", "state=active"), 303
		},
		"delete a view": func() (sentForm, int) {
			root.Get("/accounts?q=a").Submit("/views", "title", "gone").Want(303)
			page := root.Get("/accounts")
			return fill(page, root, page.Find("#views form[action$=delete]").Last().AttrOr("action", "")), 303
		},
		"create an API key": func() (sentForm, int) {
			browser := app.SignIn(app.Seed(models.Customer, "scripted").Name)
			return fill(browser.Get("/me/api-keys"), browser, "/me/api-keys", "title", "Import"), 200
		},
		"revoke an API key": func() (sentForm, int) {
			account := app.Seed(models.Customer, "unscripted")
			app.Key(account)
			browser := app.SignIn(account.Name)
			page := browser.Get("/me/api-keys")
			return fill(page, browser, page.Find("form[action$=revoke]").AttrOr("action", "")), 303
		},
		"create a technical account's API key": func() (sentForm, int) {
			path := "/accounts/" + app.Seed(models.Customer, "device", testapp.Technical).ID + "/api-keys"
			return fill(root.Get(path), root, path, "title", "Import"), 200
		},
		"revoke a technical account's API key": func() (sentForm, int) {
			account := app.Seed(models.Customer, "old-device", testapp.Technical)
			app.Key(account)
			page := root.Get("/accounts/" + account.ID + "/api-keys")
			return fill(page, root, page.Find("form[action$=revoke]").AttrOr("action", "")), 303
		},
		"delete an emergency code": func() (sentForm, int) {
			account := app.Seed(models.Customer, "regrets")
			id, _ := emergencyCode(app, account, 24)
			browser := app.SignIn(account.Name)
			return fill(browser.Get("/me/emergency-codes"), browser, "/me/emergency-codes/"+id+"/delete"), 303
		},
		"stop emergency access": func() (sentForm, int) {
			account := app.Seed(models.Customer, "stops")
			id, code := emergencyCode(app, account, 24)
			enter(app.Client(), account.Name, code).Want(200)
			browser := app.SignIn(account.Name)
			return fill(browser.Get("/me"), browser, "/me/emergency-codes/"+id+"/stop"), 303
		},
		"stop emergency access to an account": func() (sentForm, int) {
			account := app.Seed(models.Customer, "stopped", testapp.Of(who.Acme))
			id, code := emergencyCode(app, account, 24)
			enter(app.Client(), account.Name, code).Want(200)
			path := "/accounts/" + account.ID
			return fill(root.Get(path), root, path+"/emergency-codes/"+id+"/stop"), 303
		},
		"send a link": func() (sentForm, int) {
			path := "/accounts/" + app.Seed(models.Customer, "linked", testapp.Of(who.Acme)).ID
			return fill(root.Get(path), root, path+"/password", "password_mode", "link"), 303
		},
		"send a link again": func() (sentForm, int) {
			account := app.Seed(models.Customer, "resent", testapp.Of(who.Acme))
			link := sendLink(t, root, account)
			path := "/accounts/" + account.ID
			return fill(root.Get(path), root, path+"/links/"+link.ID+"/resend"), 303
		},
		"revoke a link": func() (sentForm, int) {
			account := app.Seed(models.Customer, "revoked", testapp.Of(who.Acme))
			link := sendLink(t, root, account)
			path := "/accounts/" + account.ID
			return fill(root.Get(path), root, path+"/links/"+link.ID+"/revoke"), 303
		},
		"forgotten password": func() (sentForm, int) {
			browser := app.Client()
			return fill(browser.Get("/forgot"), browser, "/forgot", "name", "ann"), 303
		},
		"set a password by link": func() (sentForm, int) {
			account, browser := app.Seed(models.Customer, "invited", testapp.Of(who.Acme)), app.Client()
			path := "/set-password/" + tokenOf(app, sendLink(t, root, account))
			return fill(browser.Get(path), browser, path, "password", testapp.Secret2, "confirmation", testapp.Secret2), 303
		},
		"set a password by link, not right": func() (sentForm, int) {
			account, browser := app.Seed(models.Customer, "inviting", testapp.Of(who.Acme)), app.Client()
			path := "/set-password/" + tokenOf(app, sendLink(t, root, account))
			return fill(browser.Get(path), browser, path, "password", "short", "confirmation", "other"), 422
		},
		"show a link": func() (sentForm, int) {
			account := app.Seed(models.Customer, "shown", testapp.Of(who.Acme))
			path := "/mail/" + capturedLink(t, app, root, account)
			return fill(root.Get(path), root, path+"/link"), 200
		},
		"confirm one's identity":            confirm(303, testapp.Secret),
		"confirm one's identity, not right": confirm(422, "wrong"),
		"edit one's own account": func() (sentForm, int) {
			browser := app.SignIn("ann")
			return fill(browser.Get("/me"), browser, "/me/edit", "locale", "de"), 303
		},
		"language and theme": func() (sentForm, int) {
			browser := app.SignIn("bob")
			return fill(browser.Get("/me"), browser, "/preferences", "locale", "de", "theme", "dark", "next", "/me"), 303
		},
		"language of a guest": func() (sentForm, int) {
			browser := app.Client()
			return fill(browser.Get("/sign-in"), browser, "/preferences", "locale", "de", "next", "/sign-in"), 303
		},
		"hide the first steps": func() (sentForm, int) {
			return fill(root.Get("/"), root, "/first-steps/hide"), 303
		},
		"test mail": func() (sentForm, int) {
			return fill(root.Get(preview), root, preview+"/test", "locale", "en", "state", "1"), 303
		},
		"retry a mail": func() (sentForm, int) {
			path := "/mail/" + failedMail("one-mail").ID
			return fill(root.Get(path), root, path+"/retry"), 303
		},
		"retry all mails": func() (sentForm, int) {
			failedMail("all-mails")
			return fill(root.Get("/mail?state=failed"), root, "/mail/retry"), 303
		},
	}
}

// setUpForm is the form of an installation without accounts.
func setUpForm(t *testing.T, app *testapp.App) sentForm {
	t.Helper()
	browser, token := app.Client(), setupToken(t, app)
	return fill(browser.Get("/setup?token="+token), browser, "/setup",
		"token", token, "name", "ada", "email", "ada@example.com", "password", testapp.Secret, "confirmation", testapp.Secret)
}

// repeatableForms are forms that only show something: they may be carried out as often as they are sent.
func repeatableForms(app *testapp.App, who testapp.Company) map[string]func() sentForm {
	root := app.SignIn("root")
	policy := func(path string) func() sentForm {
		return func() sentForm {
			previewed := root.Get("/policy/preview").Submit("/policy/preview", "policy", stricterPolicy).Want(200)
			return fill(previewed, root, path, "policy", stricterPolicy)
		}
	}
	return map[string]func() sentForm{
		"use the suggested password": func() sentForm {
			ann := app.SignIn("ann")
			return fill(ann.Get("/password"), ann, "/password/suggest", "suggestion", testapp.Secret2)
		},
		"generate a password for a new account": func() sentForm {
			return fill(root.Get("/accounts/new"), root, "/accounts/generate-password", "kind", "customer", "name", "shown")
		},
		"preview a policy":  policy("/policy/preview"),
		"download a policy": policy("/policy/preview/download"),
	}
}

// events counts the lines of the audit log.
func events(app *testapp.App) (count int) {
	for _, line := range app.DB.Dump(app) {
		if strings.HasPrefix(line, "audit_events: ") {
			count++
		}
	}
	return count
}

// A form that is sent twice has the same effect and the same answer as a form that is sent once.
func TestFormSentTwice(t *testing.T) {
	companyOnBoth(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		for what, prepare := range resubmissions(t, app, who) {
			form, status := prepare()
			sendTwice(t, app, what, form, status)
		}
	}, sending)
}

func TestSetUpSentTwice(t *testing.T) {
	onBoth(t, func(t *testing.T, app *testapp.App) { sendTwice(t, app, "set-up", setUpForm(t, app), 303) })
}

func sendTwice(t *testing.T, app *testapp.App, what string, form sentForm, status int) {
	t.Helper()
	first := form.send(app).Want(status)
	unchanged(t, app, what+" sent again", func() {
		sameAnswer(t, what, first, form.send(app))
	})
}

// Forms that only show something change nothing, and no answer of them is kept: it may hold a password.
func TestRepeatableFormSentTwice(t *testing.T) {
	companyOnBoth(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		for what, prepare := range repeatableForms(app, who) {
			form := prepare()
			before := answers(app)
			unchanged(t, app, what+", twice", func() {
				first, second := form.send(app).Want(200), form.send(app).Want(200)
				check(t, what+": file", second.Header.Get("Content-Disposition"), first.Header.Get("Content-Disposition"))
				wantAlike(t, what, withoutPassword(second), withoutPassword(first))
			})
			check(t, what+": answers kept", answers(app)-before, 0)
		}
	})
}

// withoutPassword returns a page without what differs each time it is shown, the generated password included.
func withoutPassword(reply *testapp.Reply) string {
	page := bare(reply)
	if generated := reply.Value("password"); generated != "" {
		page = strings.ReplaceAll(page, html.EscapeString(generated), "")
	}
	return page
}

// Every form of the router is sent twice by a test: a route without a case fails.
func TestEveryFormIsSentTwice(t *testing.T) {
	each(t, func(t *testing.T, app *testapp.App) {
		sent := []string{setUpForm(t, app).path}
		who := app.Company()
		for _, prepare := range resubmissions(t, app, who) {
			form, _ := prepare()
			sent = append(sent, form.path)
		}
		for _, prepare := range repeatableForms(app, who) {
			sent = append(sent, prepare().path)
		}
		parameter := regexp.MustCompile(`:\w+`)
		for _, route := range app.Routes {
			pattern := regexp.MustCompile("^" + parameter.ReplaceAllString(regexp.QuoteMeta(route.Path), "[^/]+") + "$")
			// Each answer of the options is another challenge, of which the last one counts: TestPasskeyAnswerWorksOnce.
			if changes(route) && !strings.HasSuffix(route.Path, "/options") && !slices.ContainsFunc(sent, pattern.MatchString) {
				t.Errorf("%s is sent by no test of this file", route)
			}
		}
	}, sending)
}

// eventsOf returns how many audit events a form causes at most.
func eventsOf(form string) int {
	switch form {
	case "set a password by link", // which also signs in
		"take an address back": // which also sends a link
		return 2
	default:
		return 1
	}
}

// A form that is sent eight times concurrently is carried out once, and all requests get its answer.
func TestFormSentAtOnce(t *testing.T) {
	companyOnBoth(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		other := testapp.NewApp(t, testdb.Database{DB: app.DB.Again(t), Address: app.DB.Address}, sending)
		for what, prepare := range resubmissions(t, app, who) {
			form, status := prepare()
			apps := []*testapp.App{app, app, app, app, app, app, other, other}
			if form.session == "" {
				apps = apps[:6] // what anyone may send is known to one process only
			}
			replies := make([]*testapp.Reply, len(apps))
			before := events(app)
			var all sync.WaitGroup
			for i, app := range apps {
				all.Go(func() { replies[i] = form.send(app) })
			}
			all.Wait()
			replies[0].Want(status)
			for _, reply := range replies[1:] {
				sameAnswer(t, what, replies[0], reply)
			}
			if written := events(app) - before; written > eventsOf(what) {
				t.Errorf("%s: %d audit events", what, written)
			}
		}
	}, sending)
}

// Browsers cancel the first request when a form is sent again. It is still carried out, and the second request gets its answer.
func TestFormSentAgainByABrowserThatDropsTheFirst(t *testing.T) {
	slow := func(o *testapp.AppOptions) { o.Hash = password.Params{Memory: 8 << 10, Time: 3, Threads: 1} }
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		for what, prepare := range resubmissions(t, app, who) {
			form, status := prepare()
			before := events(app)
			sendAndLeave(t, app, form)
			form.send(app).Want(status)
			if written := events(app) - before; written > eventsOf(what) {
				t.Errorf("%s: %d audit events", what, written)
			}
		}
	}, slow, sending)
}

// sendAndLeave drops the request once it is being carried out.
func sendAndLeave(t *testing.T, app *testapp.App, form sentForm) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	request := must[*http.Request](t)(http.NewRequestWithContext(ctx, http.MethodPost, app.BaseURL.String()+form.path, strings.NewReader(form.fields.Encode())))
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.AddCookie(&http.Cookie{Name: "latchkey", Value: form.session})
	verified, rows := app.Hashes.Verified(), answers(app)
	done := make(chan struct{})
	go func() {
		defer close(done)
		if response, err := http.DefaultTransport.RoundTrip(request); err == nil {
			response.Body.Close()
		}
	}()
	for answers(app) == rows && app.Hashes.Verified() == verified && !closed(done) {
		time.Sleep(time.Millisecond)
	}
	cancel()
	<-done
}

func closed(done <-chan struct{}) bool {
	select {
	case <-done:
		return true
	default:
		return false
	}
}

// answers counts the forms that are kept, those that are being carried out included.
func answers(app *testapp.App) (count int) {
	for _, line := range app.DB.Dump(app) {
		if strings.HasPrefix(line, "answers: ") {
			count++
		}
	}
	return count
}

// A stored answer is used for the same form of the same session and client, for a minute.
func TestStoredAnswersBelongToOneForm(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		root := app.SignIn("root")
		path := "/accounts/" + who.Ann.ID
		form := fill(root.Get(path), root, path+"/password", "password_mode", "generated")
		form.address = "192.0.2.1"
		secret := wantShownOnce(t, form.send(app))
		for what, change := range map[string]func(*sentForm){
			"other fields":         func(f *sentForm) { f.fields.Set("one_time", "on") },
			"other session":        func(f *sentForm) { f.session = app.SignIn("root").Session() },
			"other client address": func(f *sentForm) { f.address = "192.0.2.2" },
		} {
			other := form
			other.fields = maps.Clone(form.fields)
			change(&other)
			reply := other.send(app).Want(200)
			hasNot(t, reply, secret)
			check(t, what, reply.Text("h1"), "Already done") // which the use case says of the page's id
		}
		unsigned := form
		unsigned.session = ""
		hasNot(t, unsigned.send(app).Want(401), secret)
		app.Clock.Advance(accounts.AnswerLife - time.Second)
		check(t, "after 59 s", wantShownOnce(t, form.send(app)), secret)
		app.Clock.Advance(time.Second)
		late := form.send(app).Want(200)
		check(t, "after a minute", late.Text("h1"), "Already done")
		hasNot(t, late, secret)
		if fresh := wantShownOnce(t, fill(root.Get(path), root, path+"/password", "password_mode", "generated").send(app)); fresh == secret {
			t.Error("another page's form got the first one's password")
		}
	}, func(o *testapp.AppOptions) { o.TrustedProxies = prefixes("127.0.0.1/32") })
}

// Answers are not shown to a session that has ended or may no longer do this.
func TestAnswersEndWithTheSession(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		root := app.SignIn("root")
		do := func(id, act string) {
			root.Post("/accounts/"+id+act, nil).Want(303)
		}
		for act, status := range map[string]int{"/disable": 401, "/end-sessions": 401, "/require-change": 403} {
			operator := app.Seed(models.Organization, "operator"+strings.ReplaceAll(act, "/", "-"))
			browser := app.SignIn(operator.Name)
			form := fill(browser.Get("/accounts/new"), browser, "/accounts", "kind", "customer", "name", "of-"+operator.Name, "email", operator.Name+"@new.example", "password_mode", "generated")
			secret := wantShownOnce(t, form.send(app))
			do(operator.ID, act)
			hasNot(t, form.send(app).Want(status), secret)
		}
		// The session that an own change or a sign-in gave is given again only while it holds.
		browser := app.SignIn("bob")
		change := fill(browser.Get("/password"), browser, "/password", "current", testapp.Secret, "password", testapp.Secret2, "confirmation", testapp.Secret2)
		change.send(app).Want(303)
		do(who.Bob.ID, "/end-sessions")
		change.send(app).Want(401)
		visitor := app.Client()
		signIn := fill(visitor.Get("/sign-in"), visitor, "/sign-in", "name", "ann", "password", testapp.Secret)
		first := signIn.send(app).Want(303)
		do(who.Ann.ID, "/end-sessions")
		if second := signIn.send(app).Want(303); fmt.Sprint(first.Header["Set-Cookie"]) == fmt.Sprint(second.Header["Set-Cookie"]) {
			t.Error("a sign-in gave a session that has ended")
		}
	})
}

// A copy of the database reveals nothing: no password, cookie or id of a page.
func TestAnswersAreSealed(t *testing.T) {
	companyOnBoth(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		root := app.SignIn("root")
		path := "/accounts/" + who.Ann.ID
		form := fill(root.Get(path), root, path+"/password", "password_mode", "generated")
		secret := wantShownOnce(t, form.send(app))
		browser := app.SignIn("bob")
		change := fill(browser.Get("/password"), browser, "/password", "current", testapp.Secret, "password", testapp.Secret2, "confirmation", testapp.Secret2).send(app).Want(303)
		token := must[*http.Cookie](t)(http.ParseSetCookie(change.Header.Get("Set-Cookie"))).Value
		kept := 0
		for _, line := range app.DB.Dump(t) {
			if !strings.HasPrefix(line, "answers: ") {
				continue
			}
			kept++
			for _, canary := range []string{secret, token, "Location", form.fields.Get("submission"), root.Session(), browser.Session()} {
				if strings.Contains(line, canary) {
					t.Errorf("%q stands in %s", canary, line)
				}
			}
		}
		check(t, "answers", kept, 2)
		app.Clock.Advance(accounts.AnswerLife)
		if err := app.Accounts.PurgeExpired(t.Context()); err != nil {
			t.Fatal(err)
		}
		if left := slices.IndexFunc(app.DB.Dump(t), func(line string) bool { return strings.HasPrefix(line, "answers: ") }); left >= 0 {
			t.Error("answers are kept beyond their minute")
		}
	})
}

// Two clicks while the password is hashed, with scripts and without: the password that is shown at the end is the account's.
func TestDoubleClick(t *testing.T) {
	slow := func(o *testapp.AppOptions) { o.Hash = password.Params{Memory: 16 << 10, Time: 8, Threads: 1} }
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		page := testbrowser.Browser(t)
		page.Goto(app.BaseURL.String() + "/sign-in")
		page.Fill("#name", "root")
		page.Fill("#password", testapp.Secret)
		page.Submit("main form button")
		for _, scripts := range []bool{true, false} {
			page.Scripts(scripts)
			page.Goto(app.BaseURL.String() + "/accounts/" + who.Ann.ID)
			for range 2 {
				testbrowser.Eval[bool](page, `document.querySelector("form[action$='/password'] button.primary")?.click(), true`)
			}
			page.Wait(once)
			app.Client().SignIn("ann", page.Text(once)).Want(303)
		}
	}, slow)
}

// The page itself sends a form once, until it is shown again.
func TestSubmitGuard(t *testing.T) {
	each(t, func(t *testing.T, app *testapp.App) {
		page := testbrowser.Browser(t)
		page.Goto(app.BaseURL.String() + "/sign-in")
		page.Fill("#name", "root")
		page.Fill("#password", testapp.Secret)
		sent := testbrowser.Eval[[]int](page, `(() => {
			let sent = 0;
			document.addEventListener("submit", (event) => { if (!event.defaultPrevented) sent++; event.preventDefault(); });
			const click = () => document.querySelector("main form button").click();
			const counts = [];
			click(); click(); counts.push(sent);
			dispatchEvent(new PageTransitionEvent("pageshow")); click(); click(); counts.push(sent);
			return counts;
		})()`)
		check(t, "forms sent by two clicks, and by two more after coming back", fmt.Sprint(sent), "[1 2]")
	})
}

// Every form that changes something has a submission id.
func TestFormsCarryASubmission(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		forms := 0
		root, ann := app.SignIn("root"), app.SignIn("ann")
		for _, page := range []*testapp.Reply{
			app.Client().Get("/sign-in"), ann.Get("/me"), ann.Get("/password"), root.Get("/accounts/new"), root.Get("/accounts/" + who.Ann.ID), root.Get(preview), root.Get("/policy/preview"),
		} {
			page.Find("form[method=post]").Each(func(_ int, form *goquery.Selection) {
				forms++
				if id := form.Find("input[name=submission]").AttrOr("value", ""); !models.IsID(id) && form.AttrOr("action", "") != "/policy/preview" {
					t.Errorf("the form for %s has the submission %q", form.AttrOr("action", ""), id)
				}
			})
		}
		if forms < 15 {
			t.Errorf("only %d forms", forms)
		}
	})
}
