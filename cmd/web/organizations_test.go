package main

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"latchkey/internal/testbrowser"
	"latchkey/internal/testkit"
	"latchkey/models"
)

// expanded is a condition: the field for an organization shows its suggestions.
const expanded = `document.querySelector("#organization[aria-expanded=true]") !== null`

// suggestions returns the names that are suggested for an organization, with * at the marked one.
func (p person) suggestions() string {
	p.w.t.Helper()
	return strings.Join(testbrowser.Eval[[]string](p.Page, `[...document.querySelectorAll("#organization-suggestions:not([hidden]) [role=option]")].map((option) =>
		option.textContent + (option.id === document.querySelector("#organization").getAttribute("aria-activedescendant") ? "*" : ""))`), " ")
}

// wantSuggestions waits for suggestions.
func (p person) wantSuggestions(want string) {
	p.w.t.Helper()
	if want != "" {
		p.WaitFor(expanded)
	}
	if got := p.suggestions(); got != want {
		p.w.t.Errorf("suggested: %q, want %q", got, want)
	}
}

// newOfficeOf returns an office with organizations, and a SuperAdmin at the keyboard.
func newOfficeOf(t *testing.T, organizations ...string) typist {
	t.Helper()
	w := newOffice(t)
	w.crowdOf(models.Organization, organizations...)
	w.crowd(3)
	olga := typist{w.browser()}
	olga.signIn(operator, operatorPassword)
	return olga
}

// TestOrganizationIsSuggested: three letters and the arrow keys choose an organization in the filter, in the move form and for a new customer.
func TestOrganizationIsSuggested(t *testing.T) {
	testkit.Parallel(t)
	olga := newOfficeOf(t, "nordkai", "nordsee", "altnord", "suedhafen")
	w := olga.w
	olga.open("/accounts/" + w.idOf("customer-01") + "#move")
	if got := olga.Value("#organization"); got != "" {
		t.Errorf("the move form begins with %q", got)
	}
	olga.fill("#organization", "nor")
	olga.wantSuggestions("nordkai nordsee altnord")
	if problems := olga.Axe(); len(problems) > 0 {
		t.Errorf("with suggestions: %s", problems)
	}
	olga.Press(kb.ArrowUp)
	olga.wantSuggestions("nordkai nordsee altnord*")
	olga.Press(kb.ArrowDown)
	olga.Press(kb.ArrowDown)
	olga.wantSuggestions("nordkai nordsee* altnord")
	olga.Press(kb.Enter)
	olga.wantSuggestions("")
	if got := olga.Value("#organization"); got != "nordsee" {
		t.Errorf("Enter chose %q", got)
	}
	olga.Leave(kb.Enter)
	olga.says("Customer moved.")
	if owner := w.account("customer-01").OwnerID(); owner != w.idOf("nordsee") {
		t.Errorf("the customer belongs to %s", owner)
	}

	olga.open("/accounts")
	olga.unfold("#organization")
	olga.fill("#organization", "sea")
	olga.Press(kb.Backspace)
	olga.Press(kb.Backspace)
	olga.Press("ee")                // and the keys after it, before the answer
	olga.wantSuggestions("nordsee") // only the last text counts
	olga.Press(kb.ArrowDown)
	olga.wantSuggestions("nordsee*")
	olga.Press(kb.Enter)
	olga.Leave(kb.Enter)
	if rows := testbrowser.Eval[int](olga.Page, `document.querySelectorAll("tr[data-id]").length`); rows != 1 || olga.Text(".chip bdi") != "nordsee" {
		t.Errorf("%d customers of %q", rows, olga.Text(".chip bdi"))
	}

	olga.open("/accounts/new?kind=customer")
	olga.fill("#organization", "def")
	olga.Press(kb.ArrowDown) // before the answer
	olga.Press(kb.Enter)
	olga.WaitFor(`document.querySelector("#organization").value === "Default"`)
	olga.noProblems()
}

// organizationMenu opens the filter by organization.
const organizationMenu = "#by-organization"

// TestSuggestionsClose: Escape, a choice with the mouse and leaving the field close the list; the text stays and can be sent.
func TestSuggestionsClose(t *testing.T) {
	testkit.Parallel(t)
	olga := newOfficeOf(t, "nordkai", "nordsee")
	olga.open("/accounts")
	olga.unfold("#organization")
	olga.fill("#organization", "nor")
	olga.wantSuggestions("nordkai nordsee")
	olga.Press(kb.Escape)
	olga.wantSuggestions("")
	if got := olga.Value("#organization"); got != "nor" {
		t.Errorf("Escape left %q", got)
	}
	olga.Press(kb.ArrowDown)
	olga.wantSuggestions("nordkai* nordsee")
	olga.Press(kb.Tab)
	olga.wantSuggestions("")
	olga.Click("#organization")
	olga.wantSuggestions("nordkai nordsee")
	olga.Click("#organization-suggestions [role=option]:last-child")
	olga.wantSuggestions("")
	if got := olga.Value("#organization"); got != "nordsee" {
		t.Errorf("the mouse chose %q", got)
	}
	olga.Wait("#organization:focus")
	olga.Leave(kb.Enter)
	olga.at("/accounts?organization=nordsee")
	olga.noProblems()
}

// TestOrganizationWithoutScripts: one types the name, in any case.
func TestOrganizationWithoutScripts(t *testing.T) {
	testkit.Parallel(t)
	w := newOffice(t)
	w.crowdOf(models.Organization, "nordkai")
	w.crowd(2)
	olga := w.plainBrowser()
	olga.signIn(operator, operatorPassword)
	olga.open("/accounts/" + w.idOf("customer-01") + "#move")
	if olga.has("#organization[role]") || olga.has("#organization-suggestions:not([hidden])") {
		t.Error("the field promises suggestions, which only a script could show")
	}
	for _, typed := range []struct{ name, says string }{{"nowhere", "There is no such organization."}, {"NordKai", "Customer moved."}} {
		olga.fillAll("organization", typed.name)
		olga.send("#move button.primary")
		olga.says(typed.says)
	}
	if owner := w.account("customer-01").OwnerID(); owner != w.idOf("nordkai") {
		t.Errorf("the customer belongs to %s", owner)
	}
	olga.open("/accounts")
	olga.Click(organizationMenu)
	olga.fillAll("organization", "NORDKAI")
	olga.send(`.filter .form button`)
	if rows := testbrowser.Eval[int](olga.Page, `document.querySelectorAll("tr[data-id]").length`); rows != 1 || olga.Text(".chip bdi") != "nordkai" {
		t.Errorf("%d customers of %q", rows, olga.Text(".chip bdi"))
	}
	olga.noProblems()
}
