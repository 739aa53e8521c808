package main

import (
	"testing"
	"time"

	"latchkey/internal/testkit"
	"latchkey/models"
)

// TestEnforcedFactorInABrowser: an operator who needs a second factor sees nothing else before it is set up, confirms before it is removed,
// and cannot remove the last one.
func TestEnforcedFactorInABrowser(t *testing.T) {
	testkit.Parallel(t)
	for _, engine := range []models.Engine{models.SQLite, models.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			testkit.Parallel(t)
			p := newProgram(t, engine)
			p.env["COMPLIANCE_ENFORCE_2FA"], p.env["LATCHKEY_ENFORCE_2FA_FOR"] = "True", "superadmin"
			p.must(operatorPassword+"\n", "create-superadmin", "--name", operator, "--email", "olga@example.com")
			p.start("127.0.0.1:0")
			setUpEnforced(t, &walker{t: t, program: p})
		})
	}
}

func setUpEnforced(t *testing.T, w *walker) {
	t.Helper()
	olga := w.browser()
	olga.Authenticator()
	olga.signIn(operator, operatorPassword)
	olga.at("/me/security?setup=1")
	olga.open("/accounts")
	olga.at("/me/security?setup=1")
	olga.Submit(`form[action="/me/security/totp"] button`)
	secret := olga.Text("#totp-secret")
	olga.Fill("#code", testkit.TOTP(secret, time.Now()))
	olga.Submit("form[action$='/confirm'] button.primary")
	olga.Click("#saved")
	olga.Submit("main a.button.end")
	olga.open("/accounts")
	olga.at("/accounts")

	olga.open("/me/security")
	if olga.has(`a[href="#remove-1"]`) {
		t.Error("the only factor can be removed")
	}
	olga.Submit(`a[href="/me/security/passkey"]`)
	olga.Submit("[data-passkey]")
	olga.at("/me/security")
	olga.Click(`a[href="#remove-1"]`)
	olga.Submit("dialog[open] button.danger")
	olga.at("/me/security")
	olga.says("Second factor removed.")
	if olga.has(`a[href="#remove-1"]`) {
		t.Error("the last factor can be removed")
	}
	olga.noProblems()
}
