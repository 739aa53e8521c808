package main

import (
	"fmt"
	"net/http"
	"path/filepath"
	"testing"

	"latchkey/internal/testkit"
	"latchkey/models"
)

// TestDiskFull: when SQLite has no room to write, people are told to come back, those who only look go on looking, nothing
// is broken, and all is well again as soon as there is room.
func TestDiskFull(t *testing.T) {
	testkit.Parallel(t)
	for _, room := range testkit.Rooms(t) {
		t.Run(room.Kind, func(t *testing.T) { fullDisk(t, room) })
	}
}

func fullDisk(t *testing.T, room testkit.Room) {
	p := newProgram(t, models.SQLite)
	p.args[1] = filepath.Join(room.Dir, "data")
	p.seed("root")
	r := p.process()
	all, session := r.visitors(t, 8), r.SignIn("root").Session()
	r.wantStatus(t, all, session, createForm("before"), http.StatusSeeOther)

	room.Fill(t, r.Process)
	for round := range testkit.Times(2, 50) {
		wantBusy(t, all, session, createForm(fmt.Sprint("during-", round)), signInForm("root"), signInForm("nobody"))
	}
	for _, page := range []string{"/", "/accounts", "/me", "/audit", "/healthz"} {
		r.wantStatus(t, all, session, page, http.StatusOK)
	}
	r.wantIntegrity(t)

	room.Free(t, r.Process)
	r.wantStatus(t, all, session, createForm("during-0"), http.StatusSeeOther)
	r.wantStatus(t, all, "", signInForm("root"), http.StatusSeeOther)
	r.stops(t)
	again := p.process()
	again.wantStatus(t, again.visitors(t, 1), "", signInForm("root"), http.StatusSeeOther)
	again.wantIntegrity(t)
	if n := again.DB.Count(t, "SELECT count(*) FROM accounts WHERE name IN ('before', 'during-0')"); n != 2 {
		t.Errorf("of two accounts that were made %d are there", n)
	}
	if n := again.DB.Count(t, "SELECT count(*) FROM accounts WHERE name LIKE 'during-%'"); n != 1 {
		t.Errorf("%d accounts are there that were not made", n-1)
	}
}

func (r *process) wantStatus(t *testing.T, all *visitors, session, address string, want int) {
	t.Helper()
	if got := all.ask(t.Context(), address, session); got.status != want || got.err != nil {
		t.Errorf("%s: %d, %v; want %d", address, got.status, got.err, want)
	}
}

// wantIntegrity lets SQLite look for what is broken.
func (r *process) wantIntegrity(t *testing.T) {
	t.Helper()
	var found string
	if err := r.DB.Raw(t).QueryRowContext(t.Context(), "PRAGMA integrity_check").Scan(&found); err != nil || found != "ok" {
		t.Errorf("the database is %q, %v", found, err)
	}
}
