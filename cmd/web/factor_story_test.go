package main

import (
	"strings"
	"testing"
	"time"

	"latchkey/internal/testkit"
	"latchkey/models"
)

// TestSecondFactorStory is all that can happen to the sign-in of one SuperAdmin, in order, and then what an organization meets when the
// second factor is enforced.
func TestSecondFactorStory(t *testing.T) {
	testkit.Parallel(t)
	for _, engine := range []models.Engine{models.SQLite, models.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			testkit.Parallel(t)
			p := newProgram(t, engine)
			p.must(operatorPassword+"\n", "create-superadmin", "--name", operator, "--email", "olga@example.com")
			p.start("127.0.0.1:0")
			w := &walker{t: t, program: p}
			olga := w.browser()
			olga.Authenticator()
			codes := w.factorsOf(olga)
			w.loseFactor(olga, codes[0])
			w.losePassword(olga, codes[1])
			w.emergencyOf(olga)
			oneTime := w.create(olga, models.Organization, "acme", "")
			olga.noProblems()

			p.stop()
			p.env["COMPLIANCE_ENFORCE_2FA"], p.env["LATCHKEY_ENFORCE_2FA_FOR"] = "True", "organization"
			p.start("127.0.0.1:0")
			w.walkTheGate(oneTime)
		})
	}
}

// factorsOf sets up an app and a passkey, and signs in with each. It returns the recovery codes.
func (w *walker) factorsOf(olga person) (codes []string) {
	w.t.Helper()
	olga.signIn(operator, operatorPassword)
	olga.open("/me/security")
	olga.Submit(`form[action="/me/security/totp"] button`)
	secret := olga.Text("#totp-secret")
	olga.Fill("#code", testkit.TOTP(secret, time.Now()))
	olga.Submit("form[action$='/confirm'] button.primary")
	codes = strings.Fields(olga.Text("#recovery-codes"))
	olga.Click("#saved")
	olga.Submit("main a.button.end")
	olga.Submit(`form[action="/sign-out"] button`)
	olga.signIn(operator, operatorPassword)
	olga.at("/second-factor")
	olga.Fill("#code", testkit.TOTP(secret, time.Now().Add(30*time.Second))) // the present one was used
	olga.Submit("main button.primary")
	olga.at("/")

	olga.open("/me/security/passkey")
	olga.Fill("#title", "Laptop")
	olga.Submit("[data-passkey]")
	olga.at("/me/security")
	olga.says("Passkey or security key")
	olga.open("/me/security/passkey") // browsers do not make a second one on the same device
	olga.Click("[data-passkey]")
	olga.Wait(".toast")
	if toast := olga.Text(".toast"); toast != "No passkey was added. Try again." {
		w.t.Errorf("the page says %q", toast)
	}
	olga.Submit(`form[action="/sign-out"] button`)
	olga.signIn(operator, operatorPassword)
	olga.Submit("[data-passkey]")
	olga.at("/")
	olga.Submit(`form[action="/sign-out"] button`)
	return codes
}

// loseFactor signs in with a recovery code. It shows no factor, so the removal of one asks for it.
func (w *walker) loseFactor(olga person, code string) {
	w.t.Helper()
	olga.signIn(operator, operatorPassword)
	olga.at("/second-factor")
	olga.Click("details summary")
	olga.Fill("#recovery_code", code)
	olga.Submit("details button")
	olga.at("/")
	olga.open("/me/security")
	olga.Click(`a[href="#remove-1"]`)
	olga.Submit("dialog[open] button.danger")
	olga.at("/confirm-identity")
	olga.Fill("#password", operatorPassword)
	olga.Submit("[data-passkey]")
	olga.at("/me/security")
	olga.Click(`a[href="#remove-1"]`)
	olga.Submit("dialog[open] button.danger")
	olga.says("Second factor removed.")
	olga.Submit(`form[action="/sign-out"] button`)
}

// losePassword recovers it with a code and the passkey that is left.
func (w *walker) losePassword(olga person, code string) {
	w.t.Helper()
	olga.Submit(`a[href="/recover"]`)
	olga.Fill("#name", operator)
	olga.Fill("#code", code)
	olga.Submit("main button.primary")
	olga.at("/second-factor")
	olga.Submit("[data-passkey]")
	olga.at("/password")
	olga.Fill("#password", "Another-Horse-22")
	olga.Submit("main button.primary")
	olga.at("/")
}

// emergencyOf lets another person in with a code without lead time, who is refused the password, and whom the owner stops.
func (w *walker) emergencyOf(olga person) {
	w.t.Helper()
	olga.open("/me/emergency-codes")
	olga.Fill("#person", "Ben")
	olga.Fill("#lead_hours", "0")
	olga.Submit(`form[action="/me/emergency-codes"] button.primary`)
	code := olga.Text("#emergency-code")
	olga.Click("#saved")
	olga.Submit("main a.button.end")

	ben := w.browser()
	ben.open("/emergency")
	ben.Fill("#name", operator)
	ben.Fill("#code", strings.ToLower(strings.ReplaceAll(code, "-", " ")))
	ben.Submit("main button.primary")
	if left := ben.Text("#remaining-seconds"); left != "0" {
		w.t.Errorf("%q seconds are left", left)
	}
	ben.Submit("main button.primary")
	ben.at("/")
	ben.says("Emergency access of")
	ben.open("/password")
	if ben.Status != 403 {
		w.t.Errorf("/password answers %d", ben.Status)
	}
	ben.says("Only the owner of the account can do this")

	olga.open("/accounts")
	olga.says("Ben")
	olga.Submit(".notice.emergency button")
	olga.says("Emergency access stopped.")
	ben.open("/")
	ben.at("/sign-in?next=%2F")
}

// walkTheGate lets the organization set up a passkey before anything else.
func (w *walker) walkTheGate(oneTime string) {
	w.t.Helper()
	acme := w.browser()
	acme.Authenticator()
	w.chooseFirst(acme, "acme", oneTime, "Harbour-Crane-55", "/me/security?setup=1")
	acme.open("/accounts")
	acme.at("/me/security?setup=1")
	acme.Submit(`a[href="/me/security/passkey"]`)
	acme.Submit("[data-passkey]")
	acme.Click("#saved")
	acme.Submit("main a.button.end")
	acme.open("/accounts")
	acme.at("/accounts")
	acme.open("/me/security")
	if acme.has(`a[href="#remove-1"]`) {
		w.t.Error("the only factor can be removed")
	}
	acme.noProblems()
}
