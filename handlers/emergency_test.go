package handlers_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"latchkey/accounts/core"
	"latchkey/internal/testapp"
	"latchkey/models"
)

// emergencyCode gives the account an emergency code for Ben, with a lead time in hours.
func emergencyCode(app *testapp.App, account models.Account, lead int) (id, shown string) {
	app.Helper()
	owner := core.Actor{ID: account.ID, Name: account.Name, Kind: account.Kind}
	code, shown, err := app.Accounts.Emergency.Add(app.Context(), owner, "Ben", strconv.Itoa(lead), "")
	if err != nil {
		app.Fatal(err)
	}
	return code.ID, shown
}

// enter uses a code.
func enter(browser *testapp.Client, name, code string) *testapp.Reply {
	return browser.Post("/emergency", testapp.Form("name", name, "code", code))
}

// enterEmergency opens an emergency session of the account.
func enterEmergency(browser *testapp.Client, account models.Account) (code string) {
	_, code = emergencyCode(browser.App, account, 0)
	enter(browser, account.Name, code).Want(200)
	enter(browser, account.Name, code).Want(303)
	return code
}

const noEmergency = "Wrong name or emergency code, or this account cannot be used now. The owner may have stopped it. Several failed attempts block an account for a while."

// TestEmergencyCodesPage: a code is shown once, and can be deleted, for which the page asks who does it.
func TestEmergencyCodesPage(t *testing.T) {
	each(t, func(t *testing.T, app *testapp.App) {
		app.Seed(models.Customer, "ada")
		browser := app.SignIn("ada")
		check(t, "link", browser.Get("/me/security").Has("a[href='/me/emergency-codes']"), true)
		page := browser.Get("/me/emergency-codes").Want(200)
		check(t, "lead time", page.Value("lead_hours"), "24")
		wrong := page.Submit("/me/emergency-codes", "person", "", "lead_hours", "8761").Want(422)
		check(t, "person", wrong.Text("#person-error"), "Enter who gets the code.")
		check(t, "lead time", wrong.Text("#lead_hours-error"), "Enter a whole number of hours from 0 to 8,760.")
		check(t, "what was typed", wrong.Value("lead_hours"), "8761")

		shown := wrong.Submit("/me/emergency-codes", "person", "Ben & Co", "lead_hours", "0").Want(200)
		code := shown.Text("#emergency-code")
		check(t, "code", len(strings.ReplaceAll(code, "-", "")), 25)
		check(t, "marked", shown.Text("strong.bad"), "Opens the account at once")
		list := browser.Get("/me/emergency-codes").Want(200)
		check(t, "shown again", strings.Contains(list.Body, code), false)
		check(t, "person", list.Text("#emergency-codes bdi"), "Ben & Co")
		check(t, "marked in the list", list.Text("#emergency-codes strong.bad"), "Opens the account at once")
		for _, line := range app.DB.Dump(t) {
			if strings.Contains(line, code) || strings.Contains(line, strings.ReplaceAll(code, "-", "")) {
				t.Errorf("the database has %s", line)
			}
		}

		later(app)
		remove := list.Find("form[action$='/delete']").AttrOr("action", "")
		list.Submit(remove).WantRedirect("/confirm-identity").Follow().Submit("/confirm-identity", "password", testapp.Secret).WantRedirect("/me/emergency-codes")
		browser.Get("/me/emergency-codes").Submit(remove).WantRedirect("/me/emergency-codes").Follow().Want(200)
		enter(app.Client(), "ada", code).Want(422)
	})
}

// TestEmergencyAccessOnPages: who enters the code learns the seconds left, owner and operators see it and can stop it.
func TestEmergencyAccessOnPages(t *testing.T) {
	companyOnBoth(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		_, code := emergencyCode(app, who.Ann, 24)
		waits := app.Client().Get("/emergency").Want(200).Submit("/emergency", "name", "ann", "code", code).Want(200)
		check(t, "seconds", waits.Text("#remaining-seconds"), "86400")
		check(t, "the code in the page", strings.Contains(waits.Body, code), false)
		app.Clock.Advance(time.Hour + time.Millisecond)
		check(t, "seconds, rounded up", enter(app.Client(), "ann", code).Want(200).Text("#remaining-seconds"), "82800")

		ann := app.SignIn("ann")
		for _, path := range []string{"/me", "/me/security", "/password", "/me/emergency-codes", "/nothing"} {
			check(t, "banner at "+path, strings.Contains(ann.Get(path).Text(".notice.emergency"), "Ben has asked for emergency access to your account. It opens in 23 hours."), true)
		}
		acme, root := app.SignIn("acme"), app.SignIn("root")
		for name, browser := range map[string]*testapp.Client{"acme": acme, "root": root} {
			check(t, "overview of "+name, browser.Get("/").Text(".waiting small"), "\u2068Ben\u2069: opens in 23 hours")
			check(t, "page for "+name, browser.Get("/accounts/"+who.Ann.ID).Text(".notice.emergency p"), "Emergency access · Ben: opens in 23 hours")
			check(t, "banner for "+name, browser.Get("/").Has(".notice.emergency"), false)
		}
		bond := app.SignIn("bond")
		check(t, "overview of bond", strings.Contains(bond.Get("/").Body, "Ben"), false)

		stop := acme.Get("/").Find("form[action$='/stop']").AttrOr("action", "")
		bond.Post(stop, nil).Want(404)
		after := acme.Get("/").Submit(stop).WantRedirect("/").Follow()
		check(t, "message", after.Text(".flash p"), "Emergency access stopped.")
		check(t, "banner afterwards", ann.Get("/me").Has(".notice.emergency"), false)
		app.Clock.Advance(24 * time.Hour)
		check(t, "the code", enter(app.Client(), "ann", code).Want(422).Text("[role=alert]"), noEmergency)
	})
}

// TestEmergencySessionOnPages: it is marked wherever it shows, and is refused where credentials change.
func TestEmergencySessionOnPages(t *testing.T) {
	companyOnBoth(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		boss := app.Seed(models.SuperAdmin, "boss")
		browser := app.Client()
		code := enterEmergency(browser, boss)
		page := browser.Get("/").Want(200)
		check(t, "banner", strings.HasPrefix(page.Text(".notice.emergency"), "Emergency access of Ben to the account boss, until"), true)
		check(t, "stop in the session", page.Has("form[action$='/stop']"), false)
		me := browser.Get("/me").Want(200)
		check(t, "ways to credentials", me.Has("a[href='/password'], a[href='/me/security'], form[action^='/me/sessions']"), false)
		refused := browser.Get("/password").Want(403)
		check(t, "refused", strings.Contains(refused.Text("main"), "Only the owner of the account can do this, not emergency access."), true)
		browser.Post("/password", testapp.Form("current", testapp.Secret, "password", testapp.Secret2, "confirmation", testapp.Secret2)).Want(403)
		browser.Post("/accounts/"+who.Ann.ID+"/disable", nil).Want(303)

		root := app.SignIn("root")
		check(t, "session list", strings.Contains(root.Get("/accounts/"+boss.ID).Text("#sessions"), "Emergency access of Ben"), true)
		refusals := root.Get("/audit?action=access-refused").Text("table")
		check(t, "refusals", strings.Contains(refusals, "POST /password") && strings.Contains(refusals, "Emergency access of Ben"), true)
		check(t, "audit log", strings.Contains(root.Get("/audit?action=disabled").Text("table"), "Emergency access of Ben"), true)

		app.Clock.Advance(11 * time.Minute)
		asked := browser.Post("/accounts/"+who.Bob.ID+"/delete", testapp.Form("confirm", "bob")).WantRedirect("/confirm-identity").Follow().Want(200)
		check(t, "password asked", asked.Has("[name=password]"), false)
		asked.Submit("/confirm-identity", "code", "7K3M7-Q9PX0-00007-K3M7K-3M7K3").Want(422).
			Submit("/confirm-identity", "code", code).WantRedirect("/accounts/" + who.Bob.ID)
		browser.Post("/accounts/"+who.Bob.ID+"/delete", testapp.Form("confirm", "bob")).Want(303)

		owner := app.SignIn("boss")
		owner.Get("/").Submit(owner.Get("/").Find(".notice.emergency form").AttrOr("action", "")).Want(303)
		browser.Get("/").Want(303)
		later := owner.Get("/me").Text(".timeline")
		for _, event := range []string{"Emergency access requested", "Emergency access used", "Stopped emergency access"} {
			check(t, "the owner learns later: "+event, strings.Contains(later, event), true)
		}
	})
}

// TestEmergencyAccessShowsAtGates: the owner learns of it before the gate is passed, and can stop it after.
func TestEmergencyAccessShowsAtGates(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		_, code := emergencyCode(app, who.Ann, 24)
		enter(app.Client(), "ann", code).Want(200)
		requireChange(app, who.Ann.ID)
		browser := app.Client()
		browser.SignIn("ann", testapp.Secret).WantRedirect("/password")
		page := browser.Get("/password").Want(200)
		check(t, "banner", strings.Contains(page.Text(".notice.emergency"), "Ben has asked for emergency access"), true)
		check(t, "stop", page.Has(".notice.emergency form"), false)
		half := app.Seed(models.Customer, "half")
		app.Factor(half)
		_, code = emergencyCode(app, half, 24)
		enter(app.Client(), "half", code).Want(200)
		guest := app.Client()
		guest.SignIn("half", testapp.Secret).WantRedirect("/second-factor")
		check(t, "after the password only", guest.Get("/second-factor").Want(200).Has(".notice.emergency"), false)
	})
}

// TestResetTakesBackEmergencyCodes: the form offers it also if they are all that there is.
func TestResetTakesBackEmergencyCodes(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		path := "/accounts/" + who.Ann.ID
		root := app.SignIn("root")
		check(t, "without a code", root.Get(path).Has("[name=reset_credentials]"), false)
		_, code := emergencyCode(app, who.Ann, 24)
		root.Get(path).Submit(path+"/password", "password_mode", "generated", "reset_credentials", "true").Want(200)
		enter(app.Client(), "ann", code).Want(422)
	})
}

// TestEmergencyFailuresLookAlike: an unknown name, a wrong code, and one that was used.
func TestEmergencyFailuresLookAlike(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		used := enterEmergency(app.Client(), who.Ann)
		_, code := emergencyCode(app, who.Bob, 24)
		look := func(name, code string) string {
			reply := enter(app.Client(), name, code).Want(422)
			check(t, name, reply.Text("[role=alert]"), noEmergency)
			return strings.ReplaceAll(strings.ReplaceAll(bare(reply), `value="`+name+`"`, ""), code, "")
		}
		want := look("zzzzz", code)
		for _, try := range [][2]string{{"ann", used}, {"ann", code}, {"bob@example.com", used}} {
			wantAlike(t, try[0], look(try[0], try[1]), want)
		}
	})
}

// TestEmergencySwitchedOff: pages and forms say so, and a code is that of an unknown account.
func TestEmergencySwitchedOff(t *testing.T) {
	each(t, func(t *testing.T, app *testapp.App) {
		ada := app.Seed(models.Customer, "ada")
		browser := app.SignIn("ada")
		check(t, "unknown", enter(app.Client(), ada.Name, "7K3M7-Q9PX0-00007-K3M7K-3M7K3").Want(422).Text("[role=alert]"), noEmergency)
		check(t, "page", strings.Contains(browser.Get("/me/emergency-codes").Want(200).Text("main"), "Switched off by your administrator."), true)
		check(t, "security page", strings.Contains(browser.Get("/me/security").Want(200).Text("main"), "Switched off by your administrator."), true)
		refused := browser.Post("/me/emergency-codes", testapp.Form("person", "Ben"), "Accept", "application/json").Want(403)
		check(t, "setting", strings.Contains(refused.Body, `"setting":"COMPLIANCE_DISABLE_EMERGENCY_CODES"`), true)
	}, func(o *testapp.AppOptions) { o.Settings.NoEmergency = true })
}

// TestEmergencyWithoutMails: the page says that its owner gets none.
func TestEmergencyWithoutMails(t *testing.T) {
	for want, adjust := range map[string]func(*testapp.AppOptions){
		"There is no mail server": func(*testapp.AppOptions) {},
		"E-mails about emergency access are switched off": func(o *testapp.AppOptions) {
			o.Sending, o.Settings.NoticesOff = true, []models.SecurityChange{models.EmergencyRequested}
		},
		"": func(o *testapp.AppOptions) { o.Sending = true },
	} {
		t.Run(want, func(t *testing.T) {
			each(t, func(t *testing.T, app *testapp.App) {
				app.Seed(models.Customer, "ada")
				warning := app.SignIn("ada").Get("/me/emergency-codes").Text(".notice")
				check(t, "warning", strings.HasPrefix(warning, want) && (want != "" || warning == ""), true)
			}, adjust)
		})
	}
}
