package main

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"latchkey/internal/testdb"
	"latchkey/internal/testkit"
	"latchkey/models"
	"latchkey/password"
)

// peakFile names the variable with the file to which the program writes its peak memory in MiB. The system reports that for an
// ended process too, but includes the memory of the parent at its start.
const peakFile = "LATCHKEY_TEST_PEAK"

func notePeak(file string) (status int) {
	peak, err := testkit.Memory(os.Getpid(), "VmHWM")
	if err == nil {
		err = os.WriteFile(file, []byte(strconv.FormatFloat(peak, 'f', 1, 64)), 0o600)
	}
	if err != nil {
		return 2
	}
	return 0
}

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		status := start(timingsFromTest())
		if file := os.Getenv(peakFile); file != "" {
			status |= notePeak(file)
		}
		os.Exit(status)
	}
	os.Exit(testkit.Main(m))
}

// program is the whole of it, run as a process would be.
type program struct {
	t       *testing.T
	args    []string
	env     map[string]string
	base    string
	port    string
	said    *lines // on standard output
	dbs     map[string]*models.DB
	stop    func()
	timings timings // quickTimings, unless the test changes them before it starts anything
}

// quickTimings are those of production, but with hashes that cost nothing in the ordinary run: most tests make accounts and
// sign in only to get to what they are about.
func quickTimings() timings {
	quick := productionTimings
	if !testkit.Long() {
		quick.Hash = password.Params{Memory: 64, Time: 1, Threads: 1}
	}
	return quick
}

// halfHash costs half of what a hash does in production, with the same memory, and in the long mode all of it: enough for
// a crowd to wait for hashes.
func halfHash() password.Params {
	params := productionTimings.Hash
	params.Time = uint32(testkit.Times(1, int(params.Time)))
	return params
}

// newProgram prepares the program for an engine; nothing runs yet.
func newProgram(t *testing.T, engine models.Engine, args ...string) *program {
	t.Helper()
	p := &program{t: t, timings: quickTimings(), args: append([]string{"--data", filepath.Join(t.TempDir(), "data")}, args...), env: map[string]string{
		"LATCHKEY_SETTINGS": "", "LATCHKEY_LOG_LEVEL": "error", "LATCHKEY_LISTEN": "127.0.0.1:0",
	}}
	if engine == models.Postgres {
		p.env["LATCHKEY_DATABASE"] = testdb.EmptyPostgres(t)
	}
	return p
}

var (
	serving  = regexp.MustCompile(`address=(http://\S+) listen=127.0.0.1:\d+`)
	port     = regexp.MustCompile(`listen=127.0.0.1:(\d+)`)
	setUpURL = regexp.MustCompile(`http://\S+/setup\?token=\S+`)
)

// start serves until stop or the test's end, and returns the set-up address where there is one.
func (p *program) start(listen string) (setUp string) {
	p.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	stdout, stderr := &lines{}, &lines{changed: make(chan struct{}, 1)}
	ended := make(chan error, 1)
	env := map[string]string{"LATCHKEY_LOG_LEVEL": "info"}
	for name, value := range p.env {
		if name != "LATCHKEY_LOG_LEVEL" {
			env[name] = value
		}
	}
	go func() {
		ended <- run(ctx, append([]string{"--listen", listen}, p.args...), p.newEnv(env, "", stdout, stderr))
	}()
	p.stop = func() {
		cancel()
		if err, ok := <-ended; ok && err != nil {
			p.t.Errorf("the program ended with %v", err)
		}
		close(ended)
		p.stop = func() {}
	}
	p.said = stdout
	p.t.Cleanup(func() {
		p.stop()
		if p.t.Failed() {
			p.t.Logf("the program's log:\n%s", stderr)
		}
	})
	p.base = stderr.await(p.t, ended, serving)
	p.port = stderr.await(p.t, ended, port)
	return setUpURL.FindString(stdout.String())
}

// command runs one command on the same settings, and returns what it printed.
func (p *program) command(stdin string, args ...string) (string, error) {
	p.t.Helper()
	var stdout lines
	err := run(context.Background(), append(args, p.args...), p.newEnv(p.env, stdin, &stdout, io.Discard))
	return stdout.String(), err
}

// envOf returns the environment of a program in the process of the test.
func envOf(variables map[string]string, stdin string, stdout, stderr io.Writer) *env {
	getenv := func(name string) string { return variables[name] }
	return &env{
		getenv: getenv, stdin: strings.NewReader(stdin), stdout: stdout, stderr: stderr, timings: productionTimings,
	}
}

// newEnv is [envOf] with the program's timings.
func (p *program) newEnv(variables map[string]string, stdin string, stdout, stderr io.Writer) *env {
	out := envOf(variables, stdin, stdout, stderr)
	out.timings = p.timings
	return out
}

// database opens the program's database in the test.
func (p *program) database() *models.DB {
	p.t.Helper()
	open, address := testdb.OpenSQLite, filepath.Join(p.args[1], "latchkey.db")
	if dsn := p.env["LATCHKEY_DATABASE"]; dsn != "" {
		open, address = models.OpenPostgres, dsn
	}
	if db := p.dbs[address]; db != nil {
		return db
	}
	db, err := open(address)
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { _ = db.Close() })
	if p.dbs == nil {
		p.dbs = map[string]*models.DB{}
	}
	p.dbs[address] = db
	return db
}
