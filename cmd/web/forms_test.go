package main

import (
	"net/url"
	"strings"
	"testing"

	"latchkey/internal/testbrowser"
	"latchkey/internal/testkit"
	"latchkey/models"
)

// TestEnterSendsTheForm: the key does what the form is for, though buttons that generate stand before the one that sends.
func TestEnterSendsTheForm(t *testing.T) {
	testkit.Parallel(t)
	p := newProgram(t, models.SQLite)
	w := &walker{t: t, program: p}
	olga := w.browser()
	w.setUp(olga, p.start("127.0.0.1:0"))

	olga.open("/accounts/new")
	olga.Fill("#email", "carla@example.com")
	olga.Fill("#name", carla)
	olga.Enter()
	oneTime := olga.Text("#generated-password")

	customer := w.browser()
	customer.signIn(carla, oneTime)
	customer.Fill("#password", carlaPassword)
	customer.Enter()
	customer.at("/me")
	customer.Submit("header form button")
	customer.signIn(carla, carlaPassword)
	customer.at("/me")

	olga.open("/accounts/" + w.idOf(carla))
	olga.Click(`main a[href="#issue"]`)
	olga.Click("[name=password_mode][value=typed]")
	olga.Fill("#password", carlaPassword+"9")
	olga.Enter()
	olga.says("The new password is set.")
}

// TestFormsOnPlainHTTP: where a browser sends no Sec-Fetch-Site, its Origin must do.
func TestFormsOnPlainHTTP(t *testing.T) {
	testkit.Parallel(t)
	p := newProgram(t, models.SQLite, "--base-url", "http://latchkey.test")
	setUp, err := url.Parse(p.start("127.0.0.1:0"))
	if err != nil {
		t.Fatal(err)
	}
	base := "http://latchkey.test:" + p.port
	w := &walker{t: t, program: p}
	olga := w.browser()
	olga.Goto(base + setUp.RequestURI())
	olga.Fill("#name", operator)
	olga.Fill("#email", "olga@example.com")
	olga.Fill("#password", operatorPassword)
	olga.Submit("main button.primary")
	if olga.Status != 200 || !strings.Contains(olga.Text("main"), "Latchkey is set up") {
		t.Errorf("the form was answered %d:\n%s", olga.Status, olga.Text("main"))
	}
}

// TestFailedGenerationAsksOnce: if the script gets no password, the form is sent instead; it does not ask again and again.
func TestFailedGenerationAsksOnce(t *testing.T) {
	testkit.Parallel(t)
	p := newProgram(t, models.SQLite)
	w := &walker{t: t, program: p}
	olga := w.browser()
	w.setUp(olga, p.start("127.0.0.1:0"))
	olga.open("/accounts/new?kind=customer")
	testbrowser.Eval[bool](olga.Page, `(window.asked = 0, window.fetch = () => { window.asked++; return Promise.reject(new Error("away")); }, true)`)
	olga.Submit("[data-generate]")
	olga.at("/accounts/generate-password")
	if olga.Value("#password") == "" {
		t.Error("the page without a script has no password")
	}
}
