package main

import (
	"strings"
	"testing"

	"latchkey/internal/testbrowser"
	"latchkey/internal/testkit"
	"latchkey/models"
)

// TestLeavingAPasswordAsks: the page that shows a password this once asks before it is left, unless it was kept.
func TestLeavingAPasswordAsks(t *testing.T) {
	testkit.Parallel(t)
	w := newOffice(t)
	olga := w.browser()
	olga.signIn(operator, operatorPassword)
	for name, kept := range map[string]string{"none": "", "ticked": "#saved", "printed": "[data-print]", "copied": ".credentials [data-copy=generated-password]", "name": ".credentials [data-copy=issued-name]"} {
		w.createUnsaved(olga, models.Customer, name, "")
		before := len(olga.Problems())
		olga.keepCopies()
		testbrowser.Eval[bool](olga.Page, `(window.print = () => {}, true)`)
		olga.Click("h1")
		if kept != "" {
			olga.Click(kept)
		}
		olga.Submit("main a.button.end")
		asked := strings.Join(olga.Problems()[before:], " ")
		if want := name == "none" || name == "name"; strings.Contains(asked, "beforeunload") != want {
			t.Errorf("%s: the page asks: %t, %s", name, !want, asked)
		}
	}
}

// TestPasswordModes: a generated password has no field until it is shown, and what was typed before is no part of it.
func TestPasswordModes(t *testing.T) {
	testkit.Parallel(t)
	w := newOffice(t)
	olga := w.browser()
	olga.signIn(operator, operatorPassword)
	visible := func(selector string) bool {
		return testbrowser.Eval[bool](olga.Page, `document.querySelector('`+selector+`').checkVisibility()`)
	}
	wants := func(when string, want ...bool) {
		t.Helper()
		for i, selector := range []string{"#password", ".show-now", ".options", "#password-checks", ".inside [data-copy]"} {
			if visible(selector) != want[i] {
				t.Errorf("%s: %s is visible: %t", when, selector, !want[i])
			}
		}
	}
	olga.open("/accounts/new?kind=customer")
	if words := testbrowser.Eval[int](olga.Page, `document.querySelector("main").innerText.trim().split(/\s+/).length`); words > 90 {
		t.Errorf("the form has %d words, want 90 at most", words)
	}
	wants("at first", false, true, true, false, false)
	olga.Click("[name=password_mode][value=typed]")
	wants("typed", true, false, false, true, false)
	olga.Fill("#password", "ab")
	olga.Click("#show-password")
	wants("typed and shown", true, false, false, true, false)
	olga.Click("[name=password_mode][value=generated]")
	wants("generated again", false, true, true, false, false)
	olga.Click(".show-now")
	olga.WaitFor(`document.querySelector("#password").value.length > 6`)
	wants("generated and shown", true, false, true, false, true)
	first := olga.Value("#password")
	olga.Click(".inside [data-generate]")
	olga.WaitFor(`document.querySelector("#password").value !== "` + strings.ReplaceAll(first, `"`, `\"`) + `"`)
	olga.Click("[name=password_mode][value=typed]")
	if got := olga.Value("#password"); got != "" {
		t.Errorf("the field for a typed password has the generated one %q", got)
	}
	olga.Fill("#password", "ab")
	olga.Click("[name=password_mode][value=generated]")
	olga.Fill("#name", "greta")
	olga.Fill("#email", "greta@example.com")
	olga.Enter()
	if shown := olga.Text("#generated-password"); len(shown) < 20 {
		t.Errorf("the page shows %q", shown)
	}
	olga.noProblems()
}
