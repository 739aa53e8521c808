package handlers_test

import (
	"strings"
	"testing"

	"latchkey/internal/testbrowser"
)

// mostAccountWords is how many words an account's page may show before anything is opened.
const mostAccountWords = 250

// An account's page of the demo shows few words: the state and the acts, not rules and explanations.
func TestAccountPageIsShort(t *testing.T) {
	app := dev(t)
	browser := testbrowser.Browser(t)
	for _, sample := range []string{"account-active", "account-blacklisted", "account-blacklisted-for-good"} {
		browser.Goto(app.BaseURL.String() + "/dev/pages/" + sample + "?lang=en")
		said := testbrowser.Eval[string](browser, `document.querySelector("main").innerText`)
		if words := len(strings.Fields(said)); words > mostAccountWords || words < 50 {
			t.Errorf("%s has %d words, at most %d are allowed:\n%s", sample, words, mostAccountWords, said)
		}
	}
}
