package main

import (
	"testing"

	"github.com/chromedp/chromedp/kb"

	"latchkey/internal/testkit"
)

// TestKeyboardOnPolicyPage: what the info button shows comes with the focus, and goes with it or with Escape.
func TestKeyboardOnPolicyPage(t *testing.T) {
	testkit.Parallel(t)
	w := newOffice(t)
	olga := typist{w.browser()}
	olga.signIn(operator, operatorPassword)
	olga.follow(`a[href="/accounts"]`)
	olga.follow(`a[href="/accounts/new?kind=customer"]`)
	olga.TabTo(".tip")
	olga.wants("#policy-tip:popover-open")
	olga.Press(kb.Escape)
	olga.wants("#policy-tip:not(:popover-open)")
	olga.wants(".tip:focus")
	olga.Press(kb.Tab)
	olga.TabBackTo(".tip")
	olga.wants("#policy-tip:popover-open")
	olga.Press(kb.Tab)
	olga.wants("#policy-tip:not(:popover-open)")
	olga.wants("[name=password_mode]:focus")
	olga.noProblems()
}

// TestKeyboardChoosesAState: the list's states are links, and the account behind one of its rows shows its forms one at a time.
func TestKeyboardChoosesAState(t *testing.T) {
	testkit.Parallel(t)
	w := newOffice(t)
	w.crowd(3)
	w.block("customer-02")
	olga := typist{w.browser()}
	olga.signIn(operator, operatorPassword)
	olga.follow(`a[href="/accounts"]`)
	olga.follow(`#state a[href="/accounts?state=blacklisted"]`)
	olga.at("/accounts?state=blacklisted")
	olga.wants(`#state a[aria-current=page][href="/accounts?state=blacklisted"]`)
	olga.follow("tr[data-id] a")
	olga.at("/accounts/" + w.idOf("customer-02") + "?from=state%3Dblacklisted")
	for id, act := range map[string]string{"issue": "password", "edit": "edit", "delete": "delete"} {
		link := `a[href="#` + id + `"]`
		olga.press(link, true)
		olga.Wait("#" + id + `:target form[action*="/` + act + `"] :focus`)
		olga.press("#"+id+` a[href="#main"]`, true)
		olga.Wait("main:not(:has(.act:target))")
	}
	olga.noProblems()
}

// TestKeyboardEndsASession: of one's several sessions a single one is ended, and the others go on.
func TestKeyboardEndsASession(t *testing.T) {
	testkit.Parallel(t)
	w := newOffice(t)
	forgotten, olga := typist{w.browser()}, typist{w.browser()}
	forgotten.signIn(operator, operatorPassword)
	olga.signIn(operator, operatorPassword)
	olga.TabBackTo(`a[href="/me"]`)
	olga.Enter()
	olga.at("/me")
	olga.press("#sessions form button")
	olga.says("Session ended.")
	if olga.has("#sessions form") {
		t.Error("the session that was ended is still in the list")
	}
	forgotten.open("/me")
	forgotten.wants(`form[action="/sign-in"]`)
}
