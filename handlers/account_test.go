package handlers_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/chromedp/chromedp/kb"

	"latchkey/accounts/core"
	"latchkey/internal/testapp"
	"latchkey/internal/testbrowser"
	"latchkey/models"
)

func TestAccountPageShowsStateAndFacts(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		app.SignIn("ann")
		blacklist(app, "ann")
		page := app.SignIn("root").Get("/accounts/" + who.Ann.ID).Want(200)
		check(t, "heading", page.Text("h1"), "ann")
		check(t, "state", page.Text(".heading .badge"), "Blocked")
		check(t, "why", page.Text(".why"), "After 10 failed sign-ins. Even the correct password is refused. Only trusted browsers can still sign in.")
		facts := map[string]string{}
		for _, term := range page.Find(".facts dt").EachIter() {
			facts[term.Text()] = strings.Join(strings.Fields(term.Next().Text()), " ")
		}
		for name, want := range map[string]string{
			"Kind": "Customer", "Password set": "just nowpolicy version unknown", "Failed attempts": "10 of 10", "Trusted browsers": "1",
			"Policy": "ACCOUNT: 6–30 characters, expires after 64 days",
		} {
			check(t, name, facts[name], want)
		}
		check(t, "title", page.Text(".notice h2"), "Blocked until 2 Mar 2026, 09:20 UTC")
		check(t, "second line", strings.Join(page.Texts(".sub bdi"), " "), "ann@example.com acme")
		check(t, "next", strings.Join(page.Texts(".next li"), " | "), "in 20 minutes Block ends | "+
			"in 59 days Reminder to ann@example.com | "+
			"in 64 days Password expires, e-mail is sent")
		check(t, "sessions", page.Find("#sessions [data-id]").Length(), 1)
		text := page.Text("main")
		for _, want := range []string{
			"E-mail: Account blocked Waiting", "Signed in", "Sign-in failed 10 times Unknown · Wrong password · 127.0.0.1", "Created the account",
		} {
			if !strings.Contains(text, want) {
				t.Errorf("the page does not tell of %q", want)
			}
		}
	}, func(o *testapp.AppOptions) { o.Sending = true })
}

func TestAccountActions(t *testing.T) {
	companyOnBoth(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		root, path := app.SignIn("root"), "/accounts/"+who.Ann.ID
		act := func(name, flash string, fields ...string) *testapp.Reply {
			page := root.Get(path).Want(200).Submit(path+"/"+name, fields...).WantRedirect(path).Follow().Want(200)
			check(t, name, page.Text("[role=status]"), flash)
			return page
		}
		app.SignIn("ann")
		app.SignIn("ann")
		blacklist(app, "ann")
		page := act("unblock", "Account unblocked.")
		if app.Account(who.Ann.ID).BlockedAt != nil || page.Has(`form[action$="/unblock"]`) {
			t.Error("the account is still blacklisted, or still to be unblocked")
		}
		app.SignIn("ann")
		last := root.Get(path).Find("#sessions [data-id]").First().AttrOr("data-id", "")
		act("sessions/"+last+"/end", "Session ended.")
		act("end-sessions", "All sessions of the account have been ended.")
		act("require-change", "The user must choose a new password at the next click or sign-in.")
		check(t, "state", app.Accounts.Policies.Current().State(app.Account(who.Ann.ID)), models.MustChange)
		undo := func(page *testapp.Reply, name, flash string) {
			page = page.Submit(path + "/" + name).WantRedirect(path).Follow().Want(200)
			check(t, name, page.Text("[role=status]"), flash)
			check(t, "state", app.Accounts.Policies.Current().State(app.Account(who.Ann.ID)), models.Active)
		}
		undo(root.Post(path+"/require-change", nil).Follow(), "withdraw-change", "Password change no longer required.")
		page = act("disable", "Account disabled and signed out.")
		check(t, "state", app.Accounts.Policies.Current().State(app.Account(who.Ann.ID)), models.Disabled)
		check(t, "undo", page.Text(`.flash form[action="`+path+`/enable"] button`), "Undo")
		undo(page, "enable", "Account enabled.")
		act("move", "Customer moved.", "organization", who.Bond.ID)
		check(t, "organization", *app.Account(who.Ann.ID).OrganizationID, who.Bond.ID)
		act("edit", "Account saved.", "email", "anna@example.com", "locale", "en")
		check(t, "e-mail and language", app.Account(who.Ann.ID).Email+app.Account(who.Ann.ID).Locale, "anna@example.comen")
		act("password", "The new password is set.", "password_mode", "typed", "password", testapp.Secret2, "one_time", "")
		check(t, "state", app.Accounts.Policies.Current().State(app.Account(who.Ann.ID)), models.Active)
		app.Client().SignIn("anna@example.com", testapp.Secret2).WantRedirect("/me")

		wrong := root.Get(path).Submit(path+"/delete", "confirm", "anna").Want(422)
		wantProblems(t, wrong, "confirm")
		if !wrong.Has(".act.open #confirm") {
			t.Error("the form that was refused is folded away")
		}
		wrong.Submit(path+"/delete", "confirm", "ann").WantRedirect("/accounts")
		root.Get(path).Want(404)
		for _, name := range []string{"unblock", "delete", "edit", "password"} {
			root.Post(path+"/"+name, testapp.Form("confirm", "ann", "password_mode", "generated", "email", "a@example.com")).Want(404)
		}
	})
}

func TestResetPassword(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		root, path := app.SignIn("root"), "/accounts/"+who.Ann.ID
		blacklist(app, "ann")
		page := root.Get(path)
		shown := page.Submit(path + "/password")
		secret := wantShownOnce(t, shown)
		check(t, "name", shown.Text("output#issued-name"), "ann")
		app.Client().SignIn("ann", secret).WantRedirect("/password")
		wrong := root.Get(path).Submit(path+"/password", "password_mode", "typed", "password", "canary").Want(422)
		wantProblems(t, wrong, "password")
		hasNot(t, wrong, "canary")
		former := root.Get(path).Submit(path+"/password", "password_mode", "typed", "password", testapp.Secret).Want(422)
		wantProblems(t, former, "password")
		wantProblems(t, root.Get(path).Submit(path+"/password", "password_mode", "x").Want(422), "password_mode")
		wantProblems(t, root.Get(path).Submit(path+"/edit", "email", "x").Want(422), "email")
		wantProblems(t, root.Get(path).Submit(path+"/edit", "email", "BOB@example.com", "technical", "true").Want(422), "technical")
		wantProblems(t, root.Get(path).Submit(path+"/edit", "email", "BOB@example.com", "locale", "xx").Want(422), "email", "locale")
		wantProblems(t, root.Get(path).Submit(path+"/move", "organization", "x").Want(422), "organization")
	})
}

func TestOneTimePasswordIsShownWithItsExpiry(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		const end = "9 Mar 2026, 09:00 UTC, for one sign-in"
		root, path := app.SignIn("root"), "/accounts/"+who.Ann.ID
		for what, page := range map[string]*testapp.Reply{
			"creation":       root.Get("/accounts/new").Submit("/accounts", "name", "new", "email", "new@example.com"),
			"reset password": root.Get(path).Submit(path + "/password"),
		} {
			if wantShownOnce(t, page); page.Text(".credentials div:last-child dt") != "Valid until" || page.Text(".credentials div:last-child dd") != end {
				t.Errorf("%s: nothing is said of the end of the one-time password: %s", what, page.Text("main"))
			}
		}
		theirs := root.Get("/accounts/new").Submit("/accounts", "name", "greta", "email", "greta@example.com", "locale", "de").Want(200)
		check(t, "what is copied for a German", theirs.Find("[data-text]").AttrOr("data-text", ""),
			"Kontoname: greta\nPasswort: {password}\nAnmelden unter: "+app.BaseURL.String()+"/sign-in\nGültig bis 9. März 2026, 09:00 UTC, für eine Anmeldung.")
		page := root.Get(path).Submit(path+"/password", "one_time", "")
		if wantShownOnce(t, page); strings.Contains(page.Text("main"), "Valid until") {
			t.Error("an ordinary password has the end of the one-time password before it")
		}
	})
}

// The account's page shows why an action was refused, and nothing is changed.
func TestRefusedAccountActions(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		robot := app.Seed(models.Customer, "robot", testapp.Technical)
		root := app.SignIn("root")
		for _, tc := range []struct {
			id, act string
			says    core.Code
		}{
			{robot.ID, "require-change", core.ErrTechnicalOneTime},
			{who.Ann.ID, "unblock", core.ErrNotBlacklisted},
			{who.Ann.ID, "withdraw-change", core.ErrNoChangeRequired},
			{who.Acme.ID, "delete", core.ErrHasCustomers},
			{models.DefaultOrganizationID, "disable", core.ErrDefaultOrganization},
			{models.DefaultOrganizationID, "delete", core.ErrDefaultOrganization},
			{models.DefaultOrganizationID, "password", core.ErrDefaultOrganization},
			{models.DefaultOrganizationID, "edit", core.ErrDefaultOrganization},
		} {
			unchanged(t, app, tc.act, func() {
				form := testapp.Form("confirm", "acme", "password_mode", "generated", "email", "x@example.com")
				page := root.Post("/accounts/"+tc.id+"/"+tc.act, form).Want(422)
				if got := page.Text("[role=alert]"); !strings.Contains(got, sentence(t, tc.says)) {
					t.Errorf("%s says %q", tc.act, got)
				}
			})
		}
	})
}

func TestOwnAccountCannotBeManaged(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		root, path := app.SignIn("root"), "/accounts/"+who.Root.ID
		page := root.Get(path).Want(200)
		if page.Has(`main form`) || !page.Has(`main a[href="/me"]`) {
			t.Error("one's own account has forms, or no way to /me")
		}
		for _, act := range acts() {
			unchanged(t, app, act, func() {
				form := testapp.Form("confirm", "root", "password_mode", "typed", "password", testapp.Secret2, "email", "x@example.com", "organization", who.Acme.ID)
				page := root.Post(path+"/"+act, form).Want(403)
				check(t, act, page.Text("main h1 + p"), sentence(t, core.ErrOwnAccount))
			})
		}
	})
}

// acts returns the actions of operators on accounts.
func acts() []string {
	return []string{"password", "require-change", "withdraw-change", "unblock", "disable", "enable", "end-sessions", "delete", "edit", "move"}
}

// TestDaysOfAnAccount: the first and the last day are created and edited, refused ones come back as typed, and the list finds who ends.
func TestDaysOfAnAccount(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		root, path := app.SignIn("root"), "/accounts/"+who.Ann.ID
		kept := root.Get("/accounts/new").Submit("/accounts", "name", "x", "email", "x@example.com", "valid_from", "2026-03-09", "valid_until", "2026-03-08").Want(422)
		wantProblems(t, kept, "valid_until")
		check(t, "the first day", kept.Value("valid_from"), "2026-03-09")
		root.Get("/accounts/new").Submit("/accounts", "name", "x", "email", "x@example.com", "valid_from", "2026-03-09", "valid_until", "2026-03-20").Want(200)
		refused := root.Get(path).Submit(path+"/edit", "valid_from", "tomorrow", "valid_until", "31.12.2026").Want(422)
		wantProblems(t, refused, "valid_from", "valid_until")
		root.Get(path).Submit(path+"/edit", "valid_until", "2026-03-20").Want(303)
		root.Post(path+"/edit", testapp.Form("email", "ann@example.com")).Want(303) // a script that knows nothing of them
		check(t, "the last day", root.Get(path).Want(200).Value("valid_until"), "2026-03-20")
		check(t, "all that end", strings.Join(names(root.Get("/accounts?ends=2026-03-20").Want(200)), " "), "ann x")
		check(t, "not yet valid", strings.Join(names(root.Get("/accounts?state=not-yet-valid").Want(200)), " "), "x")
		check(t, "those of an organization", strings.Join(names(app.SignIn("acme").Get("/accounts?ends=2026-03-20").Want(200)), " "), "ann")
		root.Get("/accounts?ends=soon").Want(422)
		ann := app.SignIn("ann")
		ann.Get("/me").Want(200)
		root.Get(path).Submit(path+"/edit", "valid_until", "2026-03-01").Want(303)
		ann.Get("/me").WantRedirect("/sign-in?next=%2Fme")
		app.Client().SignIn("ann", testapp.Secret).Want(422)
		check(t, "ended", strings.Join(names(root.Get("/accounts?state=ended").Want(200)), " "), "ann")
		second := root.Get("/accounts/" + who.Root.ID).Want(200)
		if second.Has("#valid_until") {
			t.Error("one's own account has the form")
		}
	})
}

// TestPersonOfAnAccount: texts about a person are created and edited, refused ones come back as typed, and only operators see the note.
func TestPersonOfAnAccount(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		root, path := app.SignIn("root"), "/accounts/"+who.Ann.ID
		kept := root.Get("/accounts/new").Submit("/accounts", "name", "x y", "email", "x@example.com", "displayName", "Anna\x01").Want(422)
		wantProblems(t, kept, "name", "displayName")
		check(t, "the display name", kept.Value("displayName"), "Anna\x01")
		root.Get("/accounts/new").Submit("/accounts", "name", "ab3481", "email", "ab3481@example.com", "displayName", "Anna Becker").Want(200)
		refused := root.Get(path).Submit(path+"/edit", "displayName", strings.Repeat("n", 101), "externalId", "C\x01", "phone", "1 & 2", "note", "\ntwo\nlines\x02").Want(422)
		wantProblems(t, refused, "displayName", "externalId", "note")
		check(t, "the display name", refused.Value("displayName"), strings.Repeat("n", 101))
		check(t, "the external id", refused.Value("externalId"), "C\x01")
		check(t, "the phone number", refused.Value("phone"), "1 & 2")
		if note := refused.Text("textarea#note"); note != "two lines\x02" {
			t.Errorf("the note is %q", note)
		}
		root.Get(path).Submit(path+"/edit", "displayName", "Ann Lee", "externalId", "C-7", "phone", "+44 20 7946 0000", "note", "called\r\non Monday").Want(303)
		root.Post(path+"/edit", testapp.Form("email", "ann@example.com")).Want(303) // a script that knows nothing of them
		page := root.Get(path).Want(200)
		for _, text := range []string{"Ann Lee", "C-7", "+44 20 7946 0000", "called on Monday"} {
			if !strings.Contains(page.Text("main"), text) {
				t.Errorf("the page does not show %q: %s", text, page.Text("main"))
			}
		}
		if got := app.Account(who.Ann.ID).Note; got != "called\non Monday" {
			t.Errorf("the note became %q", got)
		}
		own := app.SignIn("ann").Get("/me").Want(200)
		if !strings.Contains(own.Text(".facts"), "Ann Lee") || strings.Contains(own.Text("body"), "Monday") {
			t.Errorf("the owner sees %s", own.Text(".facts"))
		}
		has := root.Get("/audit?account=" + who.Ann.ID).Want(200).Text("main")
		if !strings.Contains(has, "Changed: display name, external ID, note, phone") || strings.Contains(has, "called") {
			t.Errorf("the log says %s", has)
		}
		check(t, "found", found(root.Get("/search?q=lee+ann")), found(root.Get("/search?q=C-7")))
	})
}

// The page leads back to the list that it was opened from, also after its forms, and nowhere else.
func TestAccountPageLeadsBack(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		blacklist(app, "ann")
		root := app.SignIn("root")
		link := root.Get("/accounts?state=blacklisted&q=ann").Want(200).Find("tr[data-id] a").AttrOr("href", "")
		at, from, _ := strings.Cut(link, "?")
		check(t, "link", at, "/accounts/"+who.Ann.ID)
		page := root.Get(link).Want(200)
		back := func(page *testapp.Reply) string { return page.Find(".crumbs a").AttrOr("href", "") }
		check(t, "back", back(page), "/accounts?q=ann&state=blacklisted")
		check(t, "named", page.Text(".crumbs a"), "Accounts · Blocked · “ann”")
		page = page.Submit(at + "/unblock?" + from).WantRedirect(link).Follow().Want(200)
		check(t, "back after an act", back(page), "/accounts?q=ann&state=blacklisted")
		wrong := page.Submit(at+"/delete?"+from, "confirm", "x").Want(422)
		check(t, "back after a refused form", back(wrong), "/accounts?q=ann&state=blacklisted")
		wrong.Submit(at+"/delete?"+from, "confirm", "ann").WantRedirect("/accounts?q=ann&state=blacklisted")
		for _, from := range []string{"https://evil.example", "//evil.example", "x%3D1", "%25zz", strings.Repeat("q", 2000)} {
			page := root.Get("/accounts/" + who.Bob.ID + "?from=" + from).Want(200)
			check(t, "back of "+from, back(page), "/accounts")
		}
	})
}

// TestWalkThroughAList: the account page leads to the accounts before and after it in the list, and says where it is. An account that an act has
// removed from the list keeps its neighbours, and the next one takes its place.
func TestWalkThroughAList(t *testing.T) {
	each(t, func(t *testing.T, app *testapp.App) {
		app.Seed(models.SuperAdmin, "root")
		for _, name := range []string{"ann", "bea", "cid", "dan"} {
			app.Seed(models.Customer, name)
			blacklist(app, name)
		}
		root := app.SignIn("root")
		page := root.Get("/accounts?state=blacklisted&sort=name").Want(200)
		page = root.Get(page.Find("tr[data-id] th a").Eq(1).AttrOr("href", "")).Want(200)
		at := func(what, name, place string) {
			t.Helper()
			check(t, what, page.Text("h1"), name)
			check(t, what+": place", page.Text(".walk .muted"), place)
		}
		follow := func(rel string) { page = root.Get(page.Find(".walk [rel="+rel+"]").AttrOr("href", "")).Want(200) }
		at("opened", "bea", "2 of 4")
		follow("prev")
		at("first", "ann", "1 of 4")
		check(t, "before the first", page.Has(".walk [rel=prev]"), false)
		follow("next")
		follow("next")
		at("third", "cid", "3 of 4")
		page = page.Submit(page.Find("form[action*=unblock]").AttrOr("action", "")).Want(303).Follow()
		at("unblocked", "cid", "")
		follow("next")
		at("after it", "dan", "3 of 3")
		check(t, "after the last", page.Has(".walk [rel=next]"), false)
		follow("prev")
		at("before it", "bea", "2 of 3")
	})
}

// TestEveryActLeadsBackToTheList: whatever is done on the page of an account, the way back to the list stays.
func TestEveryActLeadsBackToTheList(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		root := app.SignIn("root")
		const list = "from=q%3Dann%26sort%3Dnewest"
		account := "/accounts/" + who.Ann.ID
		for _, tc := range []struct {
			act  string
			form []string
		}{
			{"require-change", nil}, {"withdraw-change", nil},
			{"password", []string{"password_mode", "generated", "one_time", "true"}},
			{"password", []string{"password_mode", "generated", "one_time", "true", "hand_over", "secret-link", "reads", "1", "valid_minutes", "60"}},
			{"password", []string{"password_mode", "typed", "password", "Harbour-Crane-7", "one_time", "true"}},
			{"disable", nil}, {"enable", nil}, {"edit", []string{"displayName", "Ann"}},
			{"move", []string{"organization", "bond"}}, {"delete", []string{"confirm", "ann"}},
		} {
			page := root.Get(account + "?" + list).Want(200)
			answer := page.Submit(account+"/"+tc.act+"?"+list, tc.form...)
			to := answer.Header.Get("Location")
			if answer.Status == http.StatusOK { // which shows a password or a link
				to = answer.Find(".tools.after a:last-of-type").AttrOr("href", "")
				answer.Find(`form[action*="/password"]`).Each(func(_ int, form *goquery.Selection) {
					check(t, tc.act+": another form", strings.HasSuffix(form.AttrOr("action", ""), list), true)
				})
			}
			if to != account+"?"+list && to != "/accounts?q=ann&sort=newest" {
				t.Errorf("%s: answered %d, and leads to %s", tc.act, answer.Status, to)
			}
			if tc.act == "delete" {
				undo := answer.Follow().Submit(account + "/restore?" + list)
				undo.WantRedirect(account + "?" + list)
			}
		}
	})
}

// A dialog that was opened by its address closes like one that was opened by a link.
func TestDialogOpenedByItsAddressCloses(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		page := testbrowser.Browser(t)
		page.Goto(app.BaseURL.String() + "/sign-in")
		page.Fill("#name", "root")
		page.Fill("#password", testapp.Secret)
		page.Submit("main form button")
		for _, leave := range []func(){
			func() { page.Click("#disable .actions a") },
			func() { page.Press(kb.Escape) },
		} {
			page.Goto(app.BaseURL.String() + "/healthz") // from the page itself the address would load nothing
			page.Goto(app.BaseURL.String() + "/accounts/" + who.Ann.ID + "#disable")
			page.Wait("#disable:modal")
			leave()
			page.WaitFor(`!document.getElementById("disable").checkVisibility()`)
		}
	})
}
