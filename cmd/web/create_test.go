package main

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"latchkey/internal/testbrowser"
	"latchkey/internal/testkit"
	"latchkey/models"
)

// keepCopies remembers what the page copies, as the clipboard would.
const keepCopies = `(navigator.clipboard.writeText = (text) => { window.copied = text; return Promise.resolve(); }, true)`

func copied(p person) string { return testbrowser.Eval[string](p.Page, `window.copied ?? ""`) }

// TestCreateAndCopyInThreeActs: from the overview a customer of an organization is created, and its details are copied, with keys
// alone and three acts besides typing. The page asks before it is left until then.
func TestCreateAndCopyInThreeActs(t *testing.T) {
	testkit.Parallel(t)
	w := newOffice(t)
	olga := typist{w.browser()}
	olga.signIn(operator, operatorPassword)
	w.create(olga.person, models.Organization, "nordkai", "")
	olga.open("/")
	olga.follow(`a[href="/accounts/new?kind=customer"]`) // 1
	if words := testbrowser.Eval[int](olga.Page, `document.querySelector("main").innerText.trim().split(/\s+/).length`); words > 90 {
		t.Errorf("the form has %d words, want 90 at most", words)
	}
	olga.Press("greta")
	olga.TabTo("[name=email]")
	olga.Press("greta@example.com")
	olga.TabTo("[name=organization]")
	olga.Press("nord")
	olga.TabTo("[name=locale]")
	olga.Press("D")                  // Deutsch
	olga.press(sendsTo("/accounts")) // 2
	olga.TabTo("[data-text]")
	testbrowser.Eval[bool](olga.Page, keepCopies)
	olga.Press(kb.Enter) // 3
	olga.WaitFor(`window.copied !== undefined`)
	secret := olga.Text("#generated-password")
	want := "Kontoname: greta\nPasswort: " + secret + "\nAnmelden unter: " + w.program.base + "/sign-in\nGültig bis "
	if got := copied(olga.person); !strings.HasPrefix(got, want) || !strings.HasSuffix(got, ", für eine Anmeldung.") {
		t.Errorf("copied is\n%s\nwant\n%s…", got, want)
	}
	if owner := w.account("greta").OwnerID(); owner != w.idOf("nordkai") {
		t.Errorf("the customer belongs to %s", owner)
	}
	olga.open("/accounts")
	olga.noProblems() // such as a question before leaving
}

// TestLeavingAPasswordAsks: the page that shows a password this once asks before it is left, unless it was kept.
func TestLeavingAPasswordAsks(t *testing.T) {
	testkit.Parallel(t)
	w := newOffice(t)
	olga := w.browser()
	olga.signIn(operator, operatorPassword)
	for name, kept := range map[string]string{"none": "", "ticked": "#saved", "printed": "[data-print]", "copied": ".credentials [data-copy=generated-password]", "name": ".credentials [data-copy=issued-name]"} {
		w.createUnsaved(olga, models.Customer, name, "")
		before := len(olga.Problems())
		testbrowser.Eval[bool](olga.Page, keepCopies+`, (window.print = () => {}, true)`)
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

// TestOwnPasswordInTwoClicks: from a one-time password to one's own page it takes two clicks besides typing.
func TestOwnPasswordInTwoClicks(t *testing.T) {
	testkit.Parallel(t)
	w := newOffice(t)
	olga := w.browser()
	olga.signIn(operator, operatorPassword)
	for name, clicks := range map[string]bool{carla: true, dora: false} {
		oneTime := w.create(olga, models.Customer, name, "")
		customer := typist{w.browser()}
		customer.open("/sign-in")
		send := func() {
			if clicks {
				customer.Submit("main button.primary")
			} else {
				customer.Enter()
			}
		}
		customer.Press(name)
		customer.Press(kb.Tab)
		customer.Press(oneTime)
		send()
		customer.at("/password")
		if testbrowser.Eval[bool](customer.Page, `document.querySelector("#confirmation").checkVisibility()`) || strings.Contains(customer.Text("main"), "entropy") {
			t.Error("the page asks twice, or says something of entropy")
		}
		customer.Press(carlaPassword)
		send()
		customer.at("/me")
		customer.noProblems()
	}
}
