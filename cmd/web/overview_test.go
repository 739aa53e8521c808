package main

import (
	"strings"
	"testing"

	"latchkey/internal/testkit"
)

// TestKeyboardReadsAChart: a bar shows its value while it has the focus, and opens what it counts.
func TestKeyboardReadsAChart(t *testing.T) {
	testkit.Parallel(t)
	w := newOffice(t)
	olga := typist{w.browser()}
	w.crowd(2)
	olga.signIn(operator, operatorPassword)
	olga.TabTo(".chart svg a")
	olga.WaitFor(`getComputedStyle(document.activeElement.querySelector(".value")).opacity === "1"`)
	olga.Enter()
	if !strings.HasSuffix(olga.URL(), "/accounts?expiring=7") {
		t.Errorf("the first bar leads to %s", olga.URL())
	}
	olga.noProblems()
}
