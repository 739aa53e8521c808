package main

import (
	"net/url"
	"strings"
	"testing"

	"latchkey/internal/testbrowser"
	"latchkey/internal/testkit"
	"latchkey/models"
)

// TestWithoutScripts walks the main paths in browsers that run no scripts: set-up, a customer with a password that the
// server generates, the reset page with one that it suggests, and what operators do to an account.
func TestWithoutScripts(t *testing.T) {
	testkit.Parallel(t)
	p := newProgram(t, models.SQLite)
	w := &walker{t: t, program: p}
	olga := w.plainBrowser()
	olga.Goto(p.start("127.0.0.1:0"))
	olga.fillAll("name", operator, "email", "olga@example.com", "password", operatorPassword, "confirmation", operatorPassword)
	olga.send(sendsTo("/setup"))
	olga.at("/")
	oneTime := olga.createPlainly(carla)

	customer := w.plainBrowser()
	chosen := customer.chooseSuggested(carla, oneTime)
	customer.send(`header form[action="/sign-out"] button`)
	customer.at("/sign-in?signed-out=1")
	customer.enter(carla, chosen)
	customer.at("/me")

	olga.lookAfter(carla)
	olga.noProblems()
	customer.noProblems()
}

// plainBrowser returns a browser without scripts.
func (w *walker) plainBrowser() person {
	w.t.Helper()
	p := w.browser()
	p.Scripts(false)
	return p
}

// fillAll fills fields by name and value in turn.
func (p person) fillAll(pairs ...string) {
	p.w.t.Helper()
	for i := 0; i+1 < len(pairs); i += 2 {
		p.Fill("main [name="+pairs[i]+"]", pairs[i+1])
	}
}

// send clicks on a button or link, and unfolds first what it is folded into. What only a script could do is not to be
// offered on the way.
func (p person) send(button string) {
	p.w.t.Helper()
	idle := testbrowser.Eval[[]string](p.Page, `[...document.querySelectorAll("[data-script]")].filter(part => part.checkVisibility()).map(part => part.innerText)`)
	if len(idle) > 0 {
		p.w.t.Errorf("%s offers %q, which does nothing without a script", p.URL(), idle)
	}
	if closed := folded(button); p.has(closed) {
		p.Click(closed + " > summary")
	}
	p.Submit(button)
}

// createPlainly makes a customer with a password that the server puts into the form.
func (p person) createPlainly(name string) string {
	p.w.t.Helper()
	p.send(`a[href="/accounts"]`)
	p.send(`a[href="/accounts/new?kind=customer"]`)
	p.fillAll("name", name, "email", name+"@example.com")
	p.send(`button[formaction="/accounts/generate-password"]`)
	p.at("/accounts/generate-password")
	generated := p.Value("main [name=password]")
	if generated == "" || p.Value("main [name=name]") != name {
		p.w.t.Fatalf("the form has the password %q for %q", generated, p.Value("main [name=name]"))
	}
	p.send(sendsTo("/accounts"))
	if shown := p.Text("#generated-password"); shown != generated {
		p.w.t.Errorf("the page shows %q, generated was %q", shown, generated)
	}
	return generated
}

// chooseSuggested signs in with a one-time password, and takes the password that the server suggests.
func (p person) chooseSuggested(name, oneTime string) string {
	p.w.t.Helper()
	p.enter(name, oneTime)
	p.at("/password")
	for _, wrong := range []struct{ password, says string }{
		{"short", `main .checklist [data-ok="false"]`},
		{"Long-Enough-9!", "#confirmation-error"},
	} {
		p.fillAll("password", wrong.password, "confirmation", "other")
		testbrowser.Eval[bool](p.Page, `document.querySelector("main form").noValidate = true`)
		p.send(sendsTo("/password"))
		if !p.has(wrong.says) {
			p.w.t.Errorf("the page does not say what is wrong with %q and another confirmation", wrong.password)
		}
	}
	p.send(`button[formaction="/password/suggest"]`)
	suggested := p.Value("main [name=password]")
	if suggested == "" || p.Value("main [name=confirmation]") != suggested {
		p.w.t.Fatalf("suggested %q, confirmed %q", suggested, p.Value("main [name=confirmation]"))
	}
	p.send(sendsTo("/password"))
	p.at("/me")
	p.says("Your new password is set.")
	return suggested
}

// lookAfter finds an account, and does what operators do to one.
func (p person) lookAfter(name string) {
	p.w.t.Helper()
	p.w.block(name)
	p.open("/accounts")
	p.fillAll("q", name)
	p.Enter()
	p.send("tr[data-id] a")
	p.at("/accounts/" + p.w.idOf(name) + "?from=" + url.QueryEscape("q="+name))
	for _, act := range []struct{ name, says string }{{"unblock", "Account unblocked"}, {"disable", "Account disabled"}, {"enable", "Account enabled"}} {
		if act.name == "disable" { // which asks first
			p.Click("main .menu > summary")
			p.Click(`a[href="#disable"]`)
		}
		p.send(`form[action*="/` + act.name + `"] button`)
		p.says(act.says)
	}
	p.Click(`a[href="#issue"]`)
	p.send(`form[action*="/password"] button[formaction]`)
	generated := p.Value("main [name=password]")
	p.send(`form[action*="/password"] button:not([type=button], [formaction], [tabindex="-1"])`)
	if shown := p.Text("#generated-password"); shown != generated || strings.TrimSpace(shown) == "" {
		p.w.t.Errorf("issued %q, generated %q", shown, generated)
	}
}
