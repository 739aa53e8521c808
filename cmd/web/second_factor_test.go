package main

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"latchkey/internal/testkit"
	"latchkey/models"
)

// TestTwoStepVerification: a SuperAdmin sets up an authenticator app, signs in with its code, lets the browser be remembered, and uses a
// recovery code in another one, without scripts.
func TestTwoStepVerification(t *testing.T) {
	testkit.Parallel(t)
	for _, engine := range []models.Engine{models.SQLite, models.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			testkit.Parallel(t)
			p := newProgram(t, engine)
			p.must(operatorPassword+"\n", "create-superadmin", "--name", operator, "--email", "olga@example.com")
			p.start("127.0.0.1:0")
			useTwoSteps(t, &walker{t: t, program: p})
		})
	}
}

func useTwoSteps(t *testing.T, w *walker) {
	t.Helper()
	olga, downloads := w.browser(), t.TempDir()
	olga.Downloads(downloads)
	olga.signIn(operator, operatorPassword)
	olga.open("/me")
	olga.Submit(`.tabs a[href="/me/security"]`)
	olga.Submit(`form[action="/me/security/totp"] button`)
	secret := olga.Text("#totp-secret")
	olga.Fill("#code", testkit.WrongTOTP(secret, time.Now()))
	olga.Submit("form[action$='/confirm'] button.primary")
	olga.says("sets its clock automatically")
	olga.Fill("#code", testkit.TOTP(secret, time.Now()))
	olga.Fill("#title", "Phone")
	olga.Submit("form[action$='/confirm'] button.primary")
	shown := olga.Text("#recovery-codes")
	codes := strings.Fields(shown)
	olga.keepCopies()
	olga.Click("[data-copy=recovery-codes]")
	if copied := olga.copied(); len(codes) != 10 || strings.Join(strings.Split(copied, "\n"), " ") != strings.Join(codes, " ") {
		t.Errorf("shown %q, copied %q", shown, copied)
	}
	olga.Click("[data-download=recovery-codes]")
	if file := awaitFile(t, filepath.Join(downloads, "recovery-codes.txt")); file != strings.Join(codes, "\n")+"\n" {
		t.Errorf("the file has %q", file)
	}
	olga.Submit("main a.button.end")
	olga.at("/me/security")
	olga.says("10 of 10 left")

	olga.Submit(`form[action="/sign-out"] button`)
	olga.signIn(operator, operatorPassword)
	olga.at("/second-factor")
	olga.Wait("#code:focus")
	olga.Fill("#code", testkit.TOTP(secret, time.Now().Add(30*time.Second))) // the present one was used
	olga.Click("#remember_device")
	olga.Submit("main button.primary")
	olga.at("/")
	olga.Submit(`form[action="/sign-out"] button`)
	olga.signIn(operator, operatorPassword)
	olga.at("/") // this browser is not asked again
	olga.noProblems()

	other := w.browser()
	other.Scripts(false)
	other.signIn(operator, operatorPassword)
	other.at("/second-factor")
	other.Click("details summary")
	other.Fill("#recovery_code", strings.ToLower(codes[0]))
	other.Submit("details button")
	other.at("/")
	other.open("/me/security")
	other.says("9 of 10 left")
	other.noProblems()
}

// TestLeavingRecoveryCodesAsks, as with a password that is shown once.
func TestLeavingRecoveryCodesAsks(t *testing.T) {
	testkit.Parallel(t)
	w := newOffice(t)
	olga := w.browser()
	olga.signIn(operator, operatorPassword)
	for name, kept := range map[string]string{"none": "", "ticked": "#saved", "copied": "[data-copy=recovery-codes]", "downloaded": "[data-download]"} {
		olga.open("/me/security")
		if olga.has("#codes-left") {
			olga.Click(`a[href="#replace-codes"]`)
		}
		olga.Submit(`form[action="/me/security/recovery-codes"] button:not([data-script])`)
		before := len(olga.Problems())
		olga.keepCopies()
		olga.Click("h1")
		if kept != "" {
			olga.Click(kept)
		}
		olga.Submit("main a.button.end")
		asked := strings.Contains(strings.Join(olga.Problems()[before:], " "), "beforeunload")
		if want := name == "none"; asked != want {
			t.Errorf("%s: the page asks: %t", name, asked)
		}
	}
}
