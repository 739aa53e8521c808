package main

import (
	"strings"
	"testing"

	"latchkey/internal/testkit"
)

// TestOverviewUnblocksWithOneKey: a block is ended from the overview, which is shown again; and a bar shows its value while it has the
// focus, and opens what it counts.
func TestOverviewUnblocksWithOneKey(t *testing.T) {
	testkit.Parallel(t)
	w := newOffice(t)
	w.crowd(2)
	w.block("customer-01")
	olga := typist{w.browser()}
	olga.signIn(operator, operatorPassword)
	olga.press(`form[action="/accounts/` + w.idOf("customer-01") + `/unblock"] button`)
	olga.at("/")
	olga.says("Account unblocked.")
	if olga.has(`form[action$="/unblock"]`) {
		t.Error("the account still waits")
	}
	olga.TabTo(".chart svg a")
	olga.WaitFor(`getComputedStyle(document.activeElement.querySelector(".value")).opacity === "1"`)
	olga.Enter()
	if !strings.Contains(olga.URL(), "/accounts?expiring=7&sort=password-age") {
		t.Errorf("the first bar leads to %s", olga.URL())
	}
	olga.noProblems()
}
