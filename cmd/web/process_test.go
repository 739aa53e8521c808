package main

import (
	"encoding/json"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"latchkey/internal/testapp"
	"latchkey/internal/testdb"
	"latchkey/internal/testkit"
	"latchkey/models"
)

// asProgram names the variable that makes this test's binary be the program: what main does, and no tests.
const asProgram = "LATCHKEY_TEST_AS_PROGRAM"

// testTimings names the variable with the timings of such a program, in JSON.
const testTimings = "LATCHKEY_TEST_TIMINGS"

// timingsFromTest are those that the test has given to this process, or else those of production.
func timingsFromTest() timings {
	timings := productionTimings
	if text := os.Getenv(testTimings); text != "" {
		if err := json.Unmarshal([]byte(text), &timings); err != nil {
			panic(err)
		}
	}
	return timings
}

// process is the program as a process of its own, which others share a database with and which can be killed. Its App
// is that process seen from outside: [testapp.App.Client] opens browsers that speak to it.
type process struct {
	*testapp.App
	*testkit.Process
	address string // host and port
	log     *lines
}

// process starts one more process on the program's settings. Environment is names and values in turn.
func (p *program) process(environment ...string) *process {
	p.t.Helper()
	log := &lines{changed: make(chan struct{}, 1)}
	command := exec.Command(os.Args[0], append([]string{"--listen", "127.0.0.1:0"}, p.args...)...)
	command.Env, command.Stderr = p.environment(environment), log
	running := &process{Process: testkit.StartProcess(p.t, command), log: log}
	p.t.Cleanup(func() {
		if p.t.Failed() {
			p.t.Logf("the end of the log of process %d:\n%s", running.ID(), log.end())
		}
	})
	running.await(p)
	return running
}

func (p *program) environment(more []string) []string {
	environment := slices.DeleteFunc(os.Environ(), func(variable string) bool { return strings.HasPrefix(variable, "LATCHKEY_") })
	environment = append(environment, asProgram+"=1", "LATCHKEY_SIGN_IN_RATE=0")
	for name, value := range p.env {
		environment = append(environment, name+"="+value)
	}
	timings, err := json.Marshal(p.timings)
	if err != nil {
		p.t.Fatal(err)
	}
	environment = append(environment, "LATCHKEY_LOG_LEVEL=info", testTimings+"="+string(timings))
	for i := 0; i+1 < len(more); i += 2 {
		environment = append(environment, more[i]+"="+more[i+1])
	}
	return environment
}

// await returns when the process serves.
func (r *process) await(p *program) {
	p.t.Helper()
	ended := make(chan error, 1)
	go func() { <-r.Ended(); ended <- nil }()
	base, err := url.Parse(r.log.await(p.t, ended, serving))
	if err != nil {
		p.t.Fatal(err)
	}
	r.address = "127.0.0.1:" + r.log.await(p.t, ended, port)
	r.App = &testapp.App{TB: p.t, BaseURL: base, DB: p.shared()}
}

// shared opens the program's database in the test.
func (p *program) shared() testdb.Database {
	p.t.Helper()
	address := p.env["LATCHKEY_DATABASE"]
	if address == "" {
		address = filepath.Join(p.args[1], "latchkey.db")
	}
	return testdb.Database{DB: p.database(), Address: address}
}

// seed makes SuperAdmins with [testapp.Secret], whose hashes cost what they cost.
func (p *program) seed(names ...string) (seeded []models.Account) {
	p.t.Helper()
	for _, name := range names {
		p.must(testapp.Secret+"\n", "create-superadmin", "--name", name, "--email", name+"@example.com")
		seeded = append(seeded, p.stored(name))
	}
	return seeded
}

// stops asks the process to end, and fails the test unless it does so in order.
func (r *process) stops(t *testing.T) {
	t.Helper()
	r.Stop()
	if code := r.Wait(); code != 0 {
		t.Errorf("the process ended with %d", code)
	}
}
