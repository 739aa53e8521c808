package main

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"latchkey/internal/testapp"
	"latchkey/internal/testdb"
	"latchkey/internal/testkit"
	"latchkey/models"
)

// TestSIGHUPReloadsPolicy: the program as a process of its own, a real file and real signals. A broken file and one
// that is gone leave the policy in force, which the log, the policy page and /readyz say until a file is right again.
func TestSIGHUPReloadsPolicy(t *testing.T) {
	testdb.Engines(t, func(t *testing.T, db testdb.Database) {
		file := policyFile{t, filepath.Join(t.TempDir(), "passwordpolicy.json")}
		file.write(`"minimumSymbols": 6`)
		p := newProgram(t, db.Engine(), "--password-policy", file.path)
		p.seed("root")
		running := p.process()
		root := running.Client()
		root.SignIn("root", testapp.Secret)
		reads := func() string { return root.Get("/policy").Want(http.StatusOK).Text("[data-rule=minimumSymbols] td") }
		if reads() != "6" {
			t.Fatalf("the policy is\n%s", reads())
		}

		file.write(`"minimumSymbols": 9`)
		running.hangUp(t, `password policy reloaded.*(version=2)`)
		if reads() != "9" {
			t.Errorf("after SIGHUP the policy is\n%s", reads())
		}

		file.write(`"minimumSymbol": 12`)
		running.hangUp(t, `(?s)refused, the one before stays in force.*(minimumSymbol: is not known)`)
		running.says(root, "ready\na newer password policy is refused, the one before is in force\n", "passwordpolicy.json:1")
		if err := os.Remove(file.path); err != nil {
			t.Fatal(err)
		}
		running.hangUp(t, `(no such file)`)
		running.says(root, "ready\na newer password policy is refused, the one before is in force\n", "no such file")
		if reads() != "9" {
			t.Errorf("after files that are no good the policy is\n%s", reads())
		}

		file.write(`"minimumSymbols": 12`)
		running.hangUp(t, `password policy reloaded.*(version=3)`)
		running.says(root, "ready\n", "")
		if reads() != "12" {
			t.Errorf("at the end the policy is\n%s", reads())
		}
		running.stops(t)
	})
}

// policyFile is a policy file that can be rewritten.
type policyFile struct {
	t    *testing.T
	path string
}

func (f policyFile) write(account string) {
	f.t.Helper()
	text := `{"passwordPolicyConfigurations": {"ACCOUNT": {` + account + `}, "TECHNICAL": {}}}`
	if err := os.WriteFile(f.path, []byte(text), 0o600); err != nil {
		f.t.Fatal(err)
	}
}

// hangUp sends SIGHUP, and returns when the log says what it should.
func (r *process) hangUp(t *testing.T, said string) {
	t.Helper()
	r.Signal(syscall.SIGHUP)
	ended := make(chan error, 1)
	go func() { <-r.Ended(); ended <- nil }()
	r.log.await(t, ended, regexp.MustCompile(said))
}

// says compares /readyz, and what the policy page shows about a refused policy.
func (r *process) says(root *testapp.Client, ready, refused string) {
	r.App.Helper()
	if got := r.Client().Get("/readyz").Want(http.StatusOK).Body; got != ready {
		r.App.Errorf("/readyz says %q, want %q", got, ready)
	}
	if got := root.Get("/policy").Text(".refused"); !strings.Contains(got, refused) || (got == "") != (refused == "") {
		r.App.Errorf("the page says %q, want %q", got, refused)
	}
}

// TestPolicyFileCreatedLater: a file that is put in its place while the program runs is taken up too, and is the file then.
func TestPolicyFileCreatedLater(t *testing.T) {
	testkit.Parallel(t)
	dir := t.TempDir()
	settings := filepath.Join(dir, "settings.yml")
	if err := os.WriteFile(settings, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	p := newProgram(t, models.SQLite, "--settings", settings)
	running := p.process()
	running.hangUp(t, `password policy reloaded.*(version=1 file="built in")`)
	file := policyFile{t, filepath.Join(dir, "passwordpolicy.json")}
	file.write(`"minimumSymbols": 7`)
	running.hangUp(t, `password policy reloaded.*(version=2)`)
	if err := os.Remove(file.path); err != nil {
		t.Fatal(err)
	}
	running.hangUp(t, `(no such file)`) // and not back to the built-in one
	running.stops(t)
}

// TestUnenforcedRulesAreLogged: at start the log warns of rules for which no password could be generated, even if it is not
// proved that there is none.
func TestUnenforcedRulesAreLogged(t *testing.T) {
	testkit.Parallel(t)
	file := policyFile{t, filepath.Join(t.TempDir(), "passwordpolicy.json")}
	file.write(`"allowedRegex": "(?<=x)[a-z]{9}"`)
	p := newProgram(t, models.SQLite, "--password-policy", file.path, "--listen", "127.0.0.1:0")
	p.env["LATCHKEY_LOG_LEVEL"] = "info"
	if section := p.log(regexp.MustCompile(`warning="no password could be generated that keeps all of its rules" section=(\w+)\n`)); section != "ACCOUNT" {
		t.Errorf("it is said of %s", section)
	}
}
