package main

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"latchkey/internal/testkit"
)

// TestPalette: an account is opened from anywhere with the keyboard, and a blocked one unblocked.
func TestPalette(t *testing.T) {
	testkit.Parallel(t)
	w := newOffice(t)
	w.crowd(12)
	w.block("customer-07")
	olga := typist{w.browser()}
	olga.signIn(operator, operatorPassword)
	open := func() {
		olga.Press("k", chromedp.KeyModifiers(chromedp.ModifierCtrl))
		olga.Wait("#palette[open] .found")
	}

	olga.Press("/")
	olga.Wait("#palette[open] .found")
	if got := olga.Value("#palette input"); got != "" {
		t.Errorf("the key that opens the palette types %q into it", got)
	}
	if problems := olga.Axe(); len(problems) > 0 {
		t.Errorf("the palette: %s", problems)
	}
	olga.Press(kb.Escape)
	olga.WaitFor(`!document.querySelector("#palette").open`)

	open()
	olga.Press("customer-05")
	olga.WaitFor(`document.querySelectorAll("#palette .found bdi").length === 3`) // name, e-mail address and organization
	olga.Leave(kb.Enter)
	olga.says("customer-05")

	open()
	olga.Press("customer-0") // and the keys after it, before the answer
	olga.Press(kb.ArrowDown)
	olga.Press(kb.ArrowDown)
	olga.Leave(kb.Enter)
	olga.says("customer-01") // the first one is customer-00

	open()
	olga.Press("customer-07")
	olga.WaitFor(`document.querySelectorAll("#palette .found bdi").length === 3`)
	olga.TabTo(`#palette form[action$="/unblock"] button`)
	olga.Leave(" ")
	olga.says("Account unblocked")
	olga.noProblems()
}

// TestPaletteLeavesFieldsAlone: a slash is typed into a field.
func TestPaletteLeavesFieldsAlone(t *testing.T) {
	testkit.Parallel(t)
	w := newOffice(t)
	olga := typist{w.browser()}
	olga.signIn(operator, operatorPassword)
	olga.open("/accounts")
	olga.TabTo("#q")
	olga.Press("a/b")
	if got := olga.Value("#q"); got != "a/b" {
		t.Errorf("the field has %q", got)
	}
}
