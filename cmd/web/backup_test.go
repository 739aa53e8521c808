package main

import (
	"fmt"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"latchkey/config"
	"latchkey/internal/testapp"
	"latchkey/internal/testdb"
	"latchkey/internal/testkit"
	"latchkey/internal/testsmtp"
	"latchkey/models"
)

// TestBackup makes a backup as the README says, while the program serves, and restores it elsewhere: people sign in with
// their passwords, a block still holds, what was mailed is not mailed again, and no session comes back that had ended.
func TestBackup(t *testing.T) {
	testkit.Parallel(t)
	for _, engine := range []models.Engine{models.SQLite, models.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			testkit.Parallel(t)
			sink := testsmtp.NewSink(t)
			here, there := newProgram(t, engine, "--smtp", sink.URL()), newProgram(t, engine, "--smtp", sink.URL())
			for _, p := range []*program{here, there} {
				p.env["LATCHKEY_SECURITY_NOTICES_OFF"] = strings.Join(config.SecurityNotices, ",")
			}
			here.seed("ada", "eve", "joe")
			sessions := here.fill(sink)
			here.restoreTo(there)
			there.wantRestored(sink, sessions)
		})
	}
}

// fill makes what is to be backed up. It returns sessions, and whether they may be used after it.
func (p *program) fill(sink *testsmtp.Sink) map[string]bool {
	p.t.Helper()
	r := p.process()
	blacklist(p.t, r, "eve")
	sink.Wait(1)
	r.awaitCount(1, "SELECT count(*) FROM mails WHERE state = 'sent'")
	lapsed := r.SignIn("joe").Session()
	r.DB.Exec(p.t, "UPDATE sessions SET idle_end = '2001-01-01 00:00:00+00:00'")
	ended, live := r.SignIn("ada"), r.SignIn("ada").Session()
	sessions := map[string]bool{live: true, ended.Session(): false, lapsed: false}
	ended.Post("/sign-out", nil).Want(http.StatusSeeOther)
	return sessions
}

// restoreTo copies the database of one program to another, and the key, which is not in the copy.
func (p *program) restoreTo(other *program) {
	p.t.Helper()
	if err := other.keyFile().Create(p.keys()[0]); err != nil {
		p.t.Fatal(err)
	}
	from, to := p.env["LATCHKEY_DATABASE"], other.env["LATCHKEY_DATABASE"]
	if from == "" {
		copied := filepath.Join(other.args[1], "latchkey.db")
		if printed := p.must("", "backup", copied); !strings.Contains(printed, "The sealing key is not in the copy: keep a copy of "+p.keyFile().Path) {
			p.t.Errorf("printed %q", printed)
		}
		return
	}
	dump := filepath.Join(p.t.TempDir(), "latchkey.dump")
	p.tool("pg_dump", "--format=custom", "--file="+dump, from)
	p.tool("pg_restore", "--exit-on-error", "--no-owner", "--dbname="+to, dump)
}

func (p *program) tool(name string, args ...string) {
	p.t.Helper()
	output, err := exec.CommandContext(p.t.Context(), testdb.PostgresTool(p.t, name), args...).CombinedOutput()
	if err != nil {
		p.t.Fatalf("%s: %v\n%s", name, err, output)
	}
}

func (p *program) wantRestored(sink *testsmtp.Sink, sessions map[string]bool) {
	p.t.Helper()
	r := p.process()
	for session, holds := range sessions {
		browser := r.Client()
		browser.SetSession(session)
		if page := browser.Get("/me"); (page.Status == http.StatusOK) != holds {
			p.t.Errorf("a session that holds: %t, answers %d", holds, page.Status)
		}
	}
	r.SignIn("ada")
	r.SignIn("joe")
	r.Client().SignIn("eve", testapp.Secret).Want(http.StatusUnprocessableEntity)
	blacklist(p.t, r, "joe") // whose mail is due after any that was due before
	sink.Wait(2)
	for i, mail := range sink.All() {
		if want := []string{"eve@example.com", "joe@example.com"}; i >= len(want) || mail.To[0] != want[i] {
			p.t.Errorf("mail %d went to %v", i, mail.To)
		}
	}
}

// blacklist guesses the account's password as often as the policy allows.
func blacklist(t *testing.T, r *process, name string) {
	t.Helper()
	for i := range 10 {
		r.Client().SignIn(name, fmt.Sprint("Wrong-Guess-", i)).Want(http.StatusUnprocessableEntity)
	}
}

// awaitCount waits until a query counts so many.
func (r *process) awaitCount(want int, query string) {
	r.Helper()
	deadline, look := time.After(longestAnswer), time.NewTicker(10*time.Millisecond)
	defer look.Stop()
	for r.DB.Count(r, query) != want {
		select {
		case <-deadline:
			r.Fatalf("%s is not %d", query, want)
		case <-look.C:
		}
	}
}
