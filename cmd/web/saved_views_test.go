package main

import (
	"testing"

	"latchkey/internal/testkit"
	"latchkey/models"
)

// TestSavedViewsWalk: a list is saved, opened from the whole list, and deleted, with a script that closes menus.
func TestSavedViewsWalk(t *testing.T) {
	testkit.Parallel(t)
	p := newProgram(t, models.SQLite)
	p.must(operatorPassword+"\n", "create-superadmin", "--name", operator, "--email", "olga@example.com")
	p.start("127.0.0.1:0")
	olga := (&walker{t: t, program: p}).browser()
	olga.signIn(operator, operatorPassword)
	olga.open("/accounts?state=blacklisted")
	olga.Click("#views > summary")
	olga.Fill("#title", "Blocked ones")
	olga.Click("#shared")
	olga.Submit("#views .stack > button")
	olga.says("View saved.")
	olga.open("/accounts")
	olga.Click("#views > summary")
	olga.Submit("#views li a")
	olga.at("/accounts?state=blacklisted")
	olga.Click("#views > summary")
	olga.Submit("#views li button")
	olga.says("View deleted.")
	olga.at("/accounts?state=blacklisted")
	olga.noProblems()
}
