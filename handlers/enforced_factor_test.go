package handlers_test

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"time"

	"latchkey/internal/testapp"
	"latchkey/models"
)

// Someone who has to have a second factor sets one up before anything else, is led back to it, and then goes on.
func TestEnforcedFactorIsSetUpFirst(t *testing.T) {
	each(t, func(t *testing.T, app *testapp.App) {
		app.Seed(models.Customer, "ada")
		browser := app.Client()
		browser.SignIn("ada", testapp.Secret).WantRedirect("/me/security?setup=1")
		browser.Get("/me").WantRedirect("/me/security?setup=1")
		wantGate(t, browser.Get("/me", "Accept", "application/json"), "second-factor-setup")
		browser.Post("/me/edit", testapp.Form("locale", "de")).Want(403)
		security := browser.Get("/me/security?setup=1").Want(200)
		check(t, "notice", security.Text(".notice"), "Your account needs a second factor. Set up an authenticator app or add a passkey to continue.")
		for _, selector := range []string{"nav", `a[href="/password"]`, `a[href="/me"]`} {
			check(t, selector, security.Has("main "+selector), false)
		}
		codes := confirmTOTP(beginTOTP(browser)).Want(200)
		check(t, "codes", codes.Has("#recovery-codes"), true)
		browser.Get("/me").Want(200)
		security = browser.Get("/me/security").Want(200)
		check(t, "notice", security.Has(".notice"), false)
		check(t, "why it stays", security.Text("#factors .required"), "Your account needs a second factor.")
		check(t, "removal offered", security.Has("#factors a.button"), false)
		id := security.Find("#factors li").AttrOr("data-id", "")
		kept := browser.Post("/me/security/factors/"+id+"/remove", testapp.Form()).Want(422)
		check(t, "problem", kept.Text(".notice.bad li"), "Your account needs a second factor. Add another one before you remove this one.")
	}, func(o *testapp.AppOptions) { o.Settings.FactorsFor = []models.Kind{models.Customer} })
}

// The page says what can be set up, and offers the same.
func TestEnforcedFactorNamesWhatIsOffered(t *testing.T) {
	const needed, app, passkey = "Your account needs a second factor", "form[action='/me/security/totp'] button", "a[href='/me/security/passkey']"
	for name, tc := range map[string]struct {
		adjust       func(*testapp.AppOptions)
		says, about  string
		app, passkey bool
	}{
		"apps and passkeys": {func(*testapp.AppOptions) {}, ". Set up an authenticator app or add a passkey to continue.", "enter a code from an app or use a passkey.", true, true},
		"apps":              {func(o *testapp.AppOptions) { o.Settings.NoPasskeys = true }, ". Set up an authenticator app to continue.", "enter a code from an app.", true, false},
		"no host name":      {func(o *testapp.AppOptions) { o.Settings.BaseURL = nil }, ". Set up an authenticator app to continue.", "enter a code from an app.", true, false},
		"passkeys":          {func(o *testapp.AppOptions) { o.Settings.NoApps = true }, ". Add a passkey to continue.", "also use a passkey.", false, true},
		"none": {func(o *testapp.AppOptions) { o.Settings.NoApps, o.Settings.BaseURL = true, nil },
			", but none can be set up now. Ask your operator for help.", "enter a code from an app or use a passkey.", false, false},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, a *testapp.App) {
				a.Seed(models.Customer, "ada")
				page := a.Client().SignIn("ada", testapp.Secret).WantRedirect("/me/security?setup=1").Follow().Want(200)
				check(t, "notice", page.Text(".notice"), needed+tc.says)
				check(t, "explanation", strings.Contains(page.Text("main .empty"), tc.about), true)
				check(t, "app", page.Has(app), tc.app)
				check(t, "passkey", page.Has(passkey), tc.passkey)
				check(t, "one main action", page.Find("main .tools .primary").Length() == 1, tc.app || tc.passkey)
			}, tc.adjust, func(o *testapp.AppOptions) { o.Settings.FactorsFor = []models.Kind{models.Customer} })
		})
	}
}

// In a session that is older, the one who sets it up confirms first who they are, and comes back.
func TestEnforcedFactorInAnOlderSession(t *testing.T) {
	each(t, func(t *testing.T, app *testapp.App) {
		ada := app.Seed(models.Customer, "ada")
		browser := app.SignIn("ada")
		app.Tamper(ada.ID, func(a *models.Account) { a.MustSetFactor = true })
		app.Clock.Advance(20 * time.Minute)
		browser.Get("/me").WantRedirect("/me/security?setup=1")
		asked := browser.Get("/me/security?setup=1").Submit("/me/security/totp").WantRedirect("/confirm-identity").Follow().Want(200)
		again := asked.Submit("/confirm-identity", "password", testapp.Secret).WantRedirect("/me/security").Follow().Want(200)
		confirmTOTP(again.Submit("/me/security/totp").Want(303).Follow().Want(200)).Want(200)
		browser.Get("/me").Want(200)
		if app.Account(ada.ID).MustSetFactor {
			t.Error("another one has to be set up")
		}
	})
}

// What a setting switches off is refused with its name, and says who did it.
func TestAppsAreSwitchedOff(t *testing.T) {
	each(t, func(t *testing.T, app *testapp.App) {
		app.Seed(models.Customer, "ada")
		browser := app.SignIn("ada")
		refused := browser.Get("/me/security").Want(200).Submit("/me/security/totp").Want(403)
		check(t, "text", refused.Text("main h1 + p"), "Switched off by your administrator.")
		var answer map[string]string
		asked := browser.Post("/me/security/totp", testapp.Form(), "Accept", "application/json").Want(403)
		if err := json.Unmarshal([]byte(asked.Body), &answer); err != nil || answer["setting"] != "ALLOWED_SECOND_FACTORS" {
			t.Errorf("answered %s: %v", asked.Body, err)
		}
	}, func(o *testapp.AppOptions) { o.Settings.NoApps = true })
}

// SuperAdmins see how many accounts of each kind have no second factor, with a link to them.
func TestOverviewShowsAccountsWithoutFactor(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, _ testapp.Company) {
		root := app.SignIn("root")
		overview := root.Get("/").Want(200)
		facts := overview.Find(`section[aria-labelledby="without-factor"] dl`)
		for i, kind := range []models.Kind{models.SuperAdmin, models.Organization, models.Customer} {
			link := facts.Find("dd a").Eq(i)
			listed := root.Get(link.AttrOr("href", "")).Want(200)
			if n := len(listed.Texts("tbody tr")); link.Text() != strconv.Itoa(n) || n == 0 {
				t.Errorf("%s: %q, and %d are listed", kind, link.Text(), n)
			}
		}
		check(t, "for an organization", app.SignIn("acme").Get("/").Want(200).Has("#without-factor"), false)
	})
}
