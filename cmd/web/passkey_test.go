package main

import (
	"strings"
	"testing"

	"latchkey/internal/testkit"
	"latchkey/models"
)

// TestPasskeyInABrowser: a SuperAdmin adds a passkey, signs in with it, and in a browser without it with a recovery code.
func TestPasskeyInABrowser(t *testing.T) {
	testkit.Parallel(t)
	for _, engine := range []models.Engine{models.SQLite, models.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			testkit.Parallel(t)
			p := newProgram(t, engine)
			p.must(operatorPassword+"\n", "create-superadmin", "--name", operator, "--email", "olga@example.com")
			p.start("127.0.0.1:0")
			usePasskey(t, &walker{t: t, program: p})
		})
	}
}

func usePasskey(t *testing.T, w *walker) {
	t.Helper()
	olga := w.browser()
	olga.Authenticator()
	olga.signIn(operator, operatorPassword)
	olga.open("/me/security")
	olga.Submit(`a[href="/me/security/passkey"]`)
	olga.Fill("#title", "Laptop")
	olga.Submit("[data-passkey]")
	codes := strings.Fields(olga.Text("#recovery-codes"))
	if len(codes) != 10 {
		t.Errorf("shown %q", codes)
	}
	olga.Click("#saved")
	olga.Submit("main a.button.end")
	olga.at("/me/security")
	olga.says("Passkey or security key")

	olga.open("/me/security/passkey") // browsers do not make a second one on the same device
	olga.Click("[data-passkey]")
	olga.Wait(".toast")
	if toast := olga.Text(".toast"); toast != "No passkey was added. Try again." {
		t.Errorf("the page says %q", toast)
	}

	olga.Submit(`form[action="/sign-out"] button`)
	olga.signIn(operator, operatorPassword)
	olga.at("/second-factor")
	olga.Wait("[data-passkey]:focus")
	olga.Submit("[data-passkey]")
	olga.at("/")
	olga.noProblems()

	other := w.browser() // on a device without the passkey
	other.signIn(operator, operatorPassword)
	other.at("/second-factor")
	other.Click("details summary")
	other.Fill("#recovery_code", codes[0])
	other.Submit("details button")
	other.at("/")
	other.noProblems()
}
