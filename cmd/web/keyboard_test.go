package main

import (
	"context"
	"net/url"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"

	"latchkey/accounts/core"
	"latchkey/internal/testbrowser"
	"latchkey/internal/testkit"
	"latchkey/models"
)

// TestKeyboard walks the main paths with the keys alone: no mouse, and no script of a test that helps.
func TestKeyboard(t *testing.T) {
	testkit.Parallel(t)
	w := newOffice(t)
	olga := typist{w.browser()}
	olga.signIn(operator, operatorPassword)
	olga.at("/")
	olga.skipToContent()
	oneTime := olga.create(carla)
	olga.signOut()

	customer := typist{w.browser()}
	customer.signIn(carla, oneTime)
	customer.at("/password")
	customer.choose(carlaPassword)
	customer.at("/me")
	customer.says("Your new password is set.")
}

// TestKeyboardManagesAccounts: an operator's daily tasks need the keyboard alone.
func TestKeyboardManagesAccounts(t *testing.T) {
	testkit.Parallel(t)
	w := newOffice(t)
	w.crowd(12)
	w.block("customer-07")
	olga := typist{w.browser()}
	olga.signIn(operator, operatorPassword)
	olga.find("customer-07")
	olga.press(`form[action*="/unblock"] button`)
	olga.says("Account unblocked")
	olga.press(`a[href="#disable"]`, true)
	olga.wants("dialog#disable:modal")
	olga.Press(kb.Escape)
	olga.Wait(".menu > summary:focus")
	olga.press(`a[href="#disable"]`, true)
	olga.press(`dialog#disable[open] button.danger`)
	olga.says("Account disabled")
	if olga.w.account("customer-07").DisabledAt == nil {
		t.Error("the account is not disabled")
	}
	olga.press(`form[action*="/enable"] button`)
	olga.says("Account enabled")
	if account := w.account("customer-07"); account.BlockedAt != nil || account.DisabledAt != nil {
		t.Errorf("blocked at %v, disabled at %v", account.BlockedAt, account.DisabledAt)
	}
	olga.issue()
	olga.noProblems()
}

// typist is a person who has no mouse.
type typist struct{ person }

// fill types into a field.
func (p typist) fill(field, text string) {
	p.w.t.Helper()
	p.TabTo(field)
	p.Press(text)
}

// follow goes where a link leads.
func (p typist) follow(link string) {
	p.w.t.Helper()
	p.TabTo(link)
	p.Enter()
}

// press pushes a button that sends a form, and unfolds first what it is folded into. A link of this page does not leave it.
func (p typist) press(button string, stays ...bool) {
	p.w.t.Helper()
	p.unfold(button)
	p.TabTo("main " + button)
	if len(stays) > 0 {
		p.Press(kb.Enter)
		return
	}
	p.Leave(" ")
}

// unfold opens the closed <details> around an element.
func (p typist) unfold(selector string) {
	p.w.t.Helper()
	if closed := folded(selector); p.has(closed) {
		p.TabTo(closed + " > summary")
		p.Press(kb.Enter)
	}
}

// folded returns the closed <details> around an element of the content.
func folded(selector string) string { return "main details:not([open]):has(" + selector + ")" }

func (p person) has(selector string) bool {
	p.w.t.Helper()
	return testbrowser.Eval[bool](p.Page, "document.querySelector('"+selector+"') !== null")
}

func (p typist) signIn(name, secret string) {
	p.w.t.Helper()
	p.open("/sign-in")
	p.fill("[name=name]", name)
	p.fill("[name=password]", secret)
	p.Enter()
}

// signOut leaves from the foot of the navigation, which stands before the content.
func (p typist) signOut() {
	p.w.t.Helper()
	p.TabBackTo(`form[action="/sign-out"] button`)
	p.Enter()
	p.at("/sign-in?signed-out=1")
}

// skipToContent passes the navigation by: that is what Tab offers first.
func (p typist) skipToContent() {
	p.w.t.Helper()
	p.Press(kb.Tab)
	if !testbrowser.Eval[bool](p.Page, `document.activeElement.matches('a[href="#main"]')`) {
		p.w.t.Error("Tab does not offer first to skip to the content")
	}
	p.TabTo(`a[href="#main"]`)
	p.Press(kb.Enter)
	p.Press(kb.Tab)
	if !testbrowser.Eval[bool](p.Page, `document.activeElement.matches("main *")`) {
		p.w.t.Error("after skipping to the content Tab does not lead into it")
	}
}

// create makes a customer with a generated one-time password, which it returns.
func (p typist) create(name string) string {
	p.w.t.Helper()
	p.follow(`a[href="/accounts"]`)
	p.follow(`a[href="/accounts/new?kind=customer"]`)
	p.fill("[name=name]", name)
	p.fill("[name=email]", name+"@example.com")
	p.TabTo("[name=password_mode]")
	p.Press(kb.ArrowDown)
	p.wants("[name=password_mode][value=typed]:checked")
	p.Press(kb.ArrowUp)
	p.wants("[name=password_mode][value=generated]:checked")
	p.TabTo("[name=one_time]")
	p.wants("[name=one_time]:checked")
	p.Press(" ")
	p.wants("[name=one_time]:not(:checked)")
	p.Press(" ")
	p.press(sendsTo("/accounts"))
	p.saved()
	return p.Text("#generated-password")
}

// saved says that a password that is shown this once was kept, so that the page can be left.
func (p typist) saved() {
	p.w.t.Helper()
	p.TabTo("#saved")
	p.Press(" ")
}

// sendsTo returns the button by which a form is sent for good: not one that shows, copies or generates.
func sendsTo(action string) string {
	return `form[action="` + action + `"] button:not([type=button], [formaction], [tabindex="-1"])`
}

// wants fails the test unless an element matches.
func (p typist) wants(selector string) {
	p.w.t.Helper()
	if !p.has(selector) {
		p.w.t.Fatalf("%s: there is no %s", p.URL(), selector)
	}
}

// choose sets one's own password.
func (p typist) choose(secret string) {
	p.w.t.Helper()
	p.fill("[name=password]", secret)
	p.press(sendsTo("/password"))
}

// find searches the list, and opens the row.
func (p typist) find(name string) {
	p.w.t.Helper()
	p.follow(`a[href="/accounts"]`)
	p.fill("[name=q]", name)
	p.Enter()
	p.follow("tr[data-id] a")
	p.at("/accounts/" + p.w.idOf(name) + "?from=" + url.QueryEscape("q="+name))
}

// issue gives the account another password, and reads it.
func (p typist) issue() {
	p.w.t.Helper()
	p.press(`a[href="#issue"]`, true)
	p.Wait("#issue:target :focus")
	p.press(`form[action*="/password"] button:not([type=button], [formaction], [tabindex="-1"])`)
	if p.Text("#generated-password") == "" {
		p.w.t.Error("no password was issued")
	}
	p.saved()
}

// block refuses the account's sign-ins, as too many failures do.
func (w *walker) block(name string) {
	w.t.Helper()
	now := time.Now()
	w.change(name, func(a *models.Account) { a.BlockedAt, a.FailedAttempts = &now, 10 })
}

// change changes the row of an account.
func (w *walker) change(name string, how func(*models.Account)) {
	w.t.Helper()
	err := w.program.database().Update(context.Background(), func(tx *models.Tx) error {
		account, err := tx.AccountForUpdate(w.idOf(name))
		if err != nil {
			return err
		}
		how(&account)
		return tx.SaveAccount(&account)
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// failFrom writes into the audit log that sign-ins failed from an IP address.
func (w *walker) failFrom(address string, names ...string) {
	w.t.Helper()
	ids := models.NewIDs(time.Now, nil)
	err := w.program.database().Update(context.Background(), func(tx *models.Tx) error {
		for _, name := range names {
			event := models.AuditEvent{ID: ids.New(), At: time.Now(), Action: core.ActionSignInFailed, SubjectID: w.idOf(name), SubjectName: name,
				Address: address, Detail: map[string]string{"reason": "wrong-password"}}
			if err := tx.Audit(event); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
}
