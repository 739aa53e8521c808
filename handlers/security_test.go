package handlers_test

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"latchkey/internal/testapp"
	"latchkey/internal/testkit"
	"latchkey/models"
)

// beginTOTP opens the page that sets up an authenticator app.
func beginTOTP(browser *testapp.Client) *testapp.Reply {
	browser.App.Helper()
	return browser.Get("/me/security").Want(200).Submit("/me/security/totp").Want(303).Follow().Want(200)
}

// confirmTOTP sends the app's code.
func confirmTOTP(page *testapp.Reply, changes ...string) *testapp.Reply {
	app := page.Client().App
	app.Helper()
	form := page.Find("form[action$='/confirm']").AttrOr("action", "")
	return page.Submit(form, append([]string{"code", app.Code(page.Text("#totp-secret"))}, changes...)...)
}

func TestSetUpOfAuthenticatorApp(t *testing.T) {
	onBoth(t, func(t *testing.T, app *testapp.App) {
		ada := app.Seed(models.Customer, "ada")
		browser := app.SignIn("ada")
		check(t, "state", browser.Get("/me/security").Text(".state"), "Off")
		page := beginTOTP(browser)
		secret := page.Text("#totp-secret")
		check(t, "base32", regexp.MustCompile(`^[A-Z2-7]{32}$`).MatchString(secret), true)
		check(t, "link", page.Find("a[href^='otpauth:']").AttrOr("href", ""), "otpauth://totp/Latchkey:ada?secret="+secret+"&issuer=Latchkey")
		check(t, "name of the QR code", page.Find("svg.qr[role=img]").AttrOr("aria-label", ""), "QR code with the set-up key")
		check(t, "page loaded again", browser.Get(page.Path()).Text("#totp-secret"), secret)
		check(t, "factors before the code", len(app.SignIn("ada").Get("/me/security").Texts("#factors li")), 0)

		form := page.Find("form[action$='/confirm']").AttrOr("action", "")
		again := page.Submit(form, "code", app.WrongCode(secret), "title", "My phone").Want(422)
		check(t, "hint", strings.Contains(again.Text("#code-error"), "sets its clock automatically"), true)
		check(t, "title kept", again.Value("title"), "My phone")
		check(t, "secret kept", again.Text("#totp-secret"), secret)

		shown := confirmTOTP(again).Want(200)
		codes := strings.Fields(shown.Text("#recovery-codes"))
		check(t, "recovery codes", len(codes), 10)
		check(t, "lines", strings.Count(shown.Find("#recovery-codes").Text(), "\n"), 9)
		security := browser.Get("/me/security")
		check(t, "state", strings.Join(security.Texts(".state"), " "), "On 10 of 10 left None None")
		check(t, "factor", strings.Contains(security.Text("#factors li"), "My phone Authenticator app · Added"), true)
		check(t, "codes shown again", security.Has("#recovery-codes") || strings.Contains(security.Body, codes[0]), false)

		app.Clock.Advance(30 * time.Second)
		other := app.Client()
		other.SignIn("ada", testapp.Secret).WantRedirect("/second-factor")
		other.Post("/second-factor", testapp.Form("code", app.Code(secret))).WantRedirect("/me")
		check(t, "failed attempts", app.Account(ada.ID).FailedAttempts, 0)

		// A second app brings no new codes, and this page is over.
		browser.Get(page.Path()).Want(404)
		confirmTOTP(beginTOTP(browser)).WantRedirect("/me/security")
		check(t, "factors", len(browser.Get("/me/security").Texts("#factors li")), 2)
	})
}

// The page of a confirmed app can be sent again later, and shows nothing twice.
func TestConfirmedAppIsNotConfirmedAgain(t *testing.T) {
	each(t, func(t *testing.T, app *testapp.App) {
		app.Seed(models.Customer, "ada")
		page := beginTOTP(app.SignIn("ada"))
		first := confirmTOTP(page).Want(200)
		check(t, "the same form at once", confirmTOTP(page).Want(200).Body, first.Body)
		app.Clock.Advance(2 * time.Minute)
		late := confirmTOTP(page).Want(200)
		check(t, "heading", late.Text("h1"), "Already done")
		check(t, "codes", strings.Contains(late.Body, strings.Fields(first.Text("#recovery-codes"))[0]) || late.Has("#recovery-codes"), false)
	})
}

func TestRecoveryCodesAreReplaced(t *testing.T) {
	onBoth(t, func(t *testing.T, app *testapp.App) {
		app.Seed(models.Customer, "ada")
		browser := app.SignIn("ada")
		page := browser.Get("/me/security")
		first := page.Submit("/me/security/recovery-codes").Want(200).Text("#recovery-codes")
		app.Clock.Advance(2 * time.Minute)
		late := page.Submit("/me/security/recovery-codes").Want(200) // a page that was loaded again
		check(t, "the same form later", late.Text("h1"), "Already done")
		again := browser.Get("/me/security")
		check(t, "left, without a second factor", again.Text("#codes-left"), "10 of 10 left")
		second := again.Submit("/me/security/recovery-codes").Want(200).Text("#recovery-codes")
		if first == second || len(strings.Fields(second)) != 10 {
			t.Errorf("%q after %q", second, first)
		}
	})
}

// The number of codes that are left is shown, as a warning if it is low.
func TestFewRecoveryCodes(t *testing.T) {
	each(t, func(t *testing.T, app *testapp.App) {
		f := atSecondFactor(app, models.Customer, "ada", "")
		for i := range 7 {
			f.browser.Post("/second-factor", testapp.Form("recovery_code", f.recovery[i])).WantRedirect("/me")
			left := f.browser.Get("/me/security").Find("#codes-left")
			check(t, "warning", left.HasClass("is-warn"), i == 6)
			if i == 6 {
				check(t, "left", strings.TrimSpace(left.Text()), "3 of 10 left")
			}
			f.browser.Post("/sign-out", nil).Want(303)
			f.signIn("")
		}
	})
}

func TestRemovedFactor(t *testing.T) {
	onBoth(t, func(t *testing.T, app *testapp.App) {
		f := atSecondFactor(app, models.Customer, "ada", "")
		f.browser.Post("/second-factor", testapp.Form("code", f.code())).WantRedirect("/me")
		page := f.browser.Get("/me/security")
		form := page.Find("dialog form[action$='/remove']").AttrOr("action", "")
		check(t, "link to the dialog", page.Find("#factors a").AttrOr("href", ""), "#"+page.Find("dialog:has(form[action$='/remove'])").AttrOr("id", ""))

		app.Seed(models.Customer, "eve")
		eve := app.SignIn("eve")
		eve.Post(form, nil).Want(404)
		eve.Get("/me/security/totp/" + page.Find("#factors li").AttrOr("data-id", "")).Want(404)
		eve.Post("/me/security/totp/"+page.Find("#factors li").AttrOr("data-id", "")+"/confirm", testapp.Form("code", "123456")).Want(404)

		after := page.Submit(form).WantRedirect("/me/security").Follow()
		check(t, "message", after.Text(".flash p"), "Second factor removed.")
		check(t, "states", strings.Join(after.Texts(".state"), " "), "Off 10 of 10 left None None") // the codes also replace a password
		app.Client().SignIn("ada", testapp.Secret).WantRedirect("/me")
	})
}

func TestSetUpRefusals(t *testing.T) {
	each(t, func(t *testing.T, app *testapp.App) {
		app.Seed(models.Customer, "ada")
		browser := app.SignIn("ada")
		page := beginTOTP(browser)
		long := confirmTOTP(page, "title", strings.Repeat("x", 65)).Want(422)
		check(t, "title", long.Text("#title-error"), "At most 64 characters are allowed.")
		form := page.Find("form[action$='/confirm']").AttrOr("action", "")
		check(t, "code", page.Submit(form, "code", "12 34").Want(422).Text("#code-error"), "Enter all characters of the code.")
		secret := page.Text("#totp-secret")
		off := testkit.TOTP(secret, app.Clock.Now().Add(-2*time.Minute)) // of a clock that is two minutes late
		refused := page.Submit(form, "code", off).Want(422)
		check(t, "what to do about the clock", refused.Text("#code-error"), "This code is wrong. Check that the phone sets its clock automatically, and enter the code shown now.")
		for range 20 {
			confirmTOTP(beginTOTP(browser))
		}
		full := browser.Get("/me/security").Submit("/me/security/totp").Want(422)
		check(t, "a 21st", full.Text("[role=alert] li"), "An account can have 20 second factors. Remove one first.")
	})
}

func TestOperatorResetsSecondFactor(t *testing.T) {
	companyOnBoth(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		root, acme := app.SignIn("root"), app.SignIn("acme")
		path := "/accounts/" + who.Ann.ID
		plain := acme.Get(path)
		check(t, "facts before", strings.Contains(plain.Text(".panel:contains(Security) dl"), "Two-step verificationOff"), true)
		check(t, "menu before", plain.Has("form[action$='/second-factor/reset']"), false)
		check(t, "nothing to reset", acme.Post(path+"/second-factor/reset", nil).Want(422).Text("[role=alert] li"), "This account has no second factor.")

		app.Factor(who.Ann)
		ann := app.Client()
		ann.SignIn("ann", testapp.Secret).WantRedirect("/second-factor")
		page := acme.Get(path)
		facts := page.Text(".panel:contains(Security) dl")
		check(t, "facts", strings.Contains(facts, "Two-step verificationAuthenticator app “Phone”Recovery codes10 of 10 left"), true)
		app.SignIn("bond").Post(path+"/second-factor/reset", nil).Want(404)
		after := page.Submit(path + "/second-factor/reset").WantRedirect(path).Follow()
		check(t, "message", after.Text(".flash p"), "Two-step verification is reset.")
		ann.Get("/second-factor").Want(303)
		check(t, "half session", ann.Get("/me").Header.Get("Location"), "/sign-in?next=%2Fme")
		ann.SignIn("ann", testapp.Secret).WantRedirect("/me")
		check(t, "codes", ann.Get("/me/security").Has("#codes-left"), false)

		// Codes without a factor are removed too, and one's own cannot be reset here.
		ann.Post("/me/security/recovery-codes", nil).Want(200)
		root.Get(path).Submit(path + "/second-factor/reset").Want(303)
		check(t, "codes", app.SignIn("ann").Get("/me/security").Has("#codes-left"), false)
		root.Post("/accounts/"+who.Root.ID+"/second-factor/reset", nil).Want(403)
	})
}

// A new password from an operator leaves second factors alone, unless the tick takes them too.
func TestPasswordResetWithTick(t *testing.T) {
	companyOnBoth(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		acme, path := app.SignIn("acme"), "/accounts/"+who.Ann.ID
		check(t, "tick without a factor", acme.Get(path).Has("#reset_credentials"), false)
		app.Factor(who.Ann)
		_, ticked := acme.Get(path).Find("#reset_credentials").Attr("checked")
		check(t, "ticked at first", ticked, false)
		acme.Get(path).Submit(path+"/password", "password_mode", "typed", "password", testapp.Secret2, "one_time", "").Want(303)
		app.Client().SignIn("ann", testapp.Secret2).WantRedirect("/second-factor")

		refused := acme.Get(path).Submit(path+"/password", "password_mode", "typed", "password", "x", "reset_credentials", "true").Want(422)
		_, ticked = refused.Find("#reset_credentials").Attr("checked")
		check(t, "tick kept", ticked, true)
		app.Client().SignIn("ann", testapp.Secret2).WantRedirect("/second-factor")

		refused.Submit(path+"/password", "password_mode", "typed", "password", "Third-Stable-9!", "one_time", "").Want(303)
		app.Client().SignIn("ann", "Third-Stable-9!").WantRedirect("/me")
		acme.Post(path+"/password", testapp.Form("password_mode", "typed", "password", "Fourth-Stable-9!", "reset_credentials", "on")).Want(303) // nothing to remove
	})
}

// To remove a factor, it is shown once more with the password, unless that was done lately.
func TestRemovalOfAFactorAsksForIt(t *testing.T) {
	onBoth(t, func(t *testing.T, app *testapp.App) {
		f := atSecondFactor(app, models.Customer, "ada", "")
		f.browser.Post("/second-factor", testapp.Form("recovery_code", f.recovery[0])).WantRedirect("/me")
		page := f.browser.Get("/me/security")
		form := page.Find("form[action$='/remove']").AttrOr("action", "")
		asked := page.Submit(form).WantRedirect("/confirm-identity").Follow() // a recovery code is no factor
		check(t, "what", asked.Text(".why"), "Remove a second factor")
		asked.Submit("/confirm-identity", "password", testapp.Secret, "code", f.code()).WantRedirect("/me/security")
		f.browser.Get("/me/security").Submit(form).WantRedirect("/me/security")
		check(t, "factors", f.browser.Get("/me/security").Has("#factors"), false)
	})
}

// A SuperAdmin confirms who they are before the tick removes factors; an organization need not.
func TestTickAsksSuperAdminsToConfirm(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		root, acme, path := app.SignIn("root"), app.SignIn("acme"), "/accounts/"+who.Ann.ID+"/password"
		later(app)
		app.Factor(who.Ann)
		form := testapp.Form("password_mode", "typed", "password", testapp.Secret2)
		ticked := testapp.Form("password_mode", "typed", "password", "Third-Stable-9!", "reset_credentials", "on")
		root.Post(path, form).WantRedirect("/accounts/" + who.Ann.ID)
		root.Post(path, ticked).WantRedirect("/confirm-identity")
		app.Client().SignIn("ann", testapp.Secret2).WantRedirect("/second-factor")
		acme.Post(path, ticked).WantRedirect("/accounts/" + who.Ann.ID)
		app.Client().SignIn("ann", "Third-Stable-9!").WantRedirect("/me")
	})
}

// TestLateConfirmationOfAnAppAsks: more than ten minutes after the sign-in the password is asked for, and the title is kept.
func TestLateConfirmationOfAnAppAsks(t *testing.T) {
	each(t, func(t *testing.T, app *testapp.App) {
		app.Seed(models.Customer, "ada")
		browser := app.SignIn("ada")
		page := beginTOTP(browser)
		secret, form := page.Text("#totp-secret"), page.Find("form[action$='/confirm']").AttrOr("action", "")
		later(app)
		asked := page.Submit(form, "code", app.Code(secret), "title", "Phone").WantRedirect("/confirm-identity").Follow().Want(200)
		back := asked.Submit("/confirm-identity", "password", testapp.Secret).WantRedirect(strings.TrimSuffix(form, "/confirm")).Follow().Want(200)
		check(t, "title", back.Value("title"), "Phone")
		check(t, "secret", back.Text("#totp-secret"), secret)
		back.Submit(form, "code", app.Code(secret)).Want(200)
		check(t, "factors", len(browser.Get("/me/security").Texts("#factors li")), 1)
	})
}

// TestSecurityPageCountsTrustedBrowsers, unless there are none.
func TestSecurityPageCountsTrustedBrowsers(t *testing.T) {
	for cookies, want := range map[bool]string{true: "2", false: ""} {
		t.Run(strconv.FormatBool(cookies), func(t *testing.T) {
			each(t, func(t *testing.T, app *testapp.App) {
				app.Seed(models.Customer, "ada")
				app.SignIn("ada")
				page := app.SignIn("ada").Get("/me/security").Want(200)
				check(t, "browsers", page.Text("dt:contains('Trusted browsers') + dd"), want)
			}, func(o *testapp.AppOptions) { o.Settings.DeviceCookies = cookies })
		})
	}
}
