package main

import (
	"os"
	"path/filepath"
	"testing"

	"latchkey/demo"
	"latchkey/internal/testbrowser"
	"latchkey/models"
)

// screenshot is a picture of a page of the demo for the docs.
type screenshot struct {
	name, who, path string
	width, height   int
	dark            bool
	days            string // typed into the policy form first, as the days after which passwords expire; "" = nothing
	click           string // clicked then; "" = nothing
}

var screenshots = []screenshot{
	{name: "overview", who: "olga", path: "/", width: 1280, height: 800},
	{name: "overview-dark", who: "olga", path: "/", width: 1280, height: 800, dark: true},
	{name: "accounts", who: "olga", path: "/accounts", width: 1280, height: 800},
	{name: "account", who: "olga", path: "/accounts?state=blacklisted", width: 1280, height: 800, click: "tr[data-id] a"},
	{name: "create", who: "olga", path: "/accounts/new", width: 1280, height: 800},
	{name: "policy", who: "olga", path: "/policy", width: 1280, height: 800},
	{
		name: "policy-preview", who: "olga", path: "/policy/preview", width: 1280, height: 1200,
		days: "45", click: previewButton,
	},
	{name: "mail", who: "olga", path: "/mail?state=failed", width: 1280, height: 800, click: "tr[data-id] a"},
	{name: "accounts-phone", who: "olga", path: "/accounts", width: 390, height: 800},
	{name: "reset-phone", who: "nora", path: "/password", width: 390, height: 800},
	{name: "reset", who: "emil", path: "/password", width: 1280, height: 800},
}

// TestScreenshots takes the pictures of the docs (`task screenshots`). They are not compared, since fonts differ between
// machines.
func TestScreenshots(t *testing.T) {
	dir := os.Getenv("LATCHKEY_SCREENSHOTS")
	if dir == "" {
		t.Skip("LATCHKEY_SCREENSHOTS names no directory; see task screenshots")
	}
	p := newProgram(t, models.SQLite, "demo")
	p.start("127.0.0.1:0")
	w := &walker{t: t, program: p}
	people := map[string]person{}
	for _, picture := range screenshots {
		who, ok := people[picture.who]
		if !ok {
			who = w.browser()
			who.signIn(picture.who, passwordOf(picture.who))
			people[picture.who] = who
		}
		who.Look(testbrowser.Look{Width: picture.width, Height: picture.height, Dark: picture.dark})
		who.open(picture.path)
		if picture.days != "" {
			who.Fill(`[name="ACCOUNT.passwordExpirationInDays"]`, picture.days)
		}
		if picture.click != "" {
			who.Submit(picture.click)
		}
		if err := os.WriteFile(filepath.Join(dir, picture.name+".png"), who.Screenshot(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// passwordOf returns the password that the demo prints.
func passwordOf(name string) string {
	for _, login := range demo.Logins() {
		if login.Name == name {
			return login.Password
		}
	}
	return ""
}
