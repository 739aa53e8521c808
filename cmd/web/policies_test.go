package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"

	"latchkey/config"
	"latchkey/internal/testapp"
	"latchkey/internal/testkit"
	"latchkey/models"
)

// TestSIGHUPWithAPipe: one in the place of the policy file is refused as mistakes are, not waited for, and forgotten when a
// file is there again, behind links too. The program stops with one there.
func TestSIGHUPWithAPipe(t *testing.T) {
	testkit.Parallel(t)
	dir := t.TempDir()
	file := policyFile{t, filepath.Join(dir, "passwordpolicy.json")}
	file.write(`"minimumSymbols": 6`)
	p := newProgram(t, models.SQLite, "--password-policy", file.path)
	p.seed("root")
	running := p.process()
	root := running.Client()
	root.SignIn("root", testapp.Secret)

	file.becomesPipe()
	running.hangUp(t, `refused, the one before stays in force.*(is a pipe, and has to be a regular file)`)
	running.says(root, "ready\na newer password policy is refused, the one before is in force\n", file.path+" is a pipe")

	file.becomesLink(filepath.Join(dir, "..data", "passwordpolicy.json"), `"minimumSymbols": 9`)
	running.hangUp(t, `password policy reloaded.*(version=2)`)
	running.says(root, "ready\n", "")

	file.becomesPipe()
	running.hangUp(t, `(?s)version=2.*(is a pipe, and has to be a regular file)`)
	running.stops(t)
}

func (f policyFile) gone() {
	f.t.Helper()
	if err := os.Remove(f.path); err != nil {
		f.t.Fatal(err)
	}
}

func (f policyFile) becomesPipe() {
	f.t.Helper()
	f.gone()
	makePipe(f.t, f.path)
}

// becomesLink makes it a link through a directory that is a link too, as a ConfigMap is mounted.
func (f policyFile) becomesLink(through, account string) {
	f.t.Helper()
	f.gone()
	behind := filepath.Join(f.t.TempDir(), filepath.Base(through))
	policyFile{f.t, behind}.write(account)
	for link, target := range map[string]string{filepath.Dir(through): filepath.Dir(behind), f.path: through} {
		if err := os.Symlink(target, link); err != nil {
			f.t.Fatal(err)
		}
	}
}

// TestServeRefusesPipe from the start, named or in the place where a file is looked for; a command that needs no policy
// does not mind it.
func TestServeRefusesPipe(t *testing.T) {
	testkit.Parallel(t)
	dir := t.TempDir()
	pipe, settings := filepath.Join(dir, "passwordpolicy.json"), filepath.Join(dir, "settings.yml")
	makePipe(t, pipe)
	if err := os.WriteFile(settings, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"--password-policy", pipe}, {"--settings", settings}} {
		p := newProgram(t, models.SQLite, args...)
		p.refuses(pipe+" is a pipe, and has to be a regular file", "", "--listen", "127.0.0.1:0")
		p.must("", "migrate")
	}
}

// TestCommandsReadPipes: named ones, and standard input by its name in the file system.
func TestCommandsReadPipes(t *testing.T) {
	testkit.Parallel(t)
	p := newProgram(t, models.SQLite)
	pipe := filepath.Join(t.TempDir(), "pipe")
	makePipe(t, pipe)
	for _, args := range [][]string{{"policy", "check", pipe}, {"policy", "generate", "--password-policy", pipe}} {
		written := make(chan error, 1)
		go func() { written <- os.WriteFile(pipe, []byte(eightSymbols), 0o600) }()
		p.must("", args...)
		if err := <-written; err != nil {
			t.Errorf("%v did not read all: %v", args, err)
		}
	}
	for _, args := range [][]string{{"policy", "check", "/dev/stdin"}, {"policy", "generate", "--password-policy", "/dev/stdin"}} {
		command := exec.Command(os.Args[0], args...)
		command.Env, command.Stdin = p.environment(nil), strings.NewReader(eightSymbols)
		if said, err := command.CombinedOutput(); err != nil {
			t.Errorf("%v: %v\n%s", args, err, said)
		}
	}
}

const eightSymbols = `{"passwordPolicyConfigurations": {"TECHNICAL": {}, "ACCOUNT": {"minimumSymbols": 8}}}`

// TestStopWhileAFileIsRead: the program stops at its start while it waits for its settings, a pipe without content.
func TestStopWhileAFileIsRead(t *testing.T) {
	testkit.Parallel(t)
	for name, args := range map[string]func(pipe string) ([]string, []string){
		"the settings": func(pipe string) ([]string, []string) { return []string{"--settings", pipe}, nil },
		"a secret":     func(pipe string) ([]string, []string) { return nil, []string{"LATCHKEY_SMTP_FILE", pipe} },
		"a policy that a command checks": func(pipe string) ([]string, []string) {
			return []string{"policy", "check", pipe}, nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			testkit.Parallel(t)
			pipe := filepath.Join(t.TempDir(), "pipe")
			makePipe(t, pipe)
			named, environment := args(pipe)
			said := &lines{changed: make(chan struct{}, 1)}
			command := exec.Command(os.Args[0], named...)
			command.Dir, command.Env, command.Stderr = t.TempDir(), newProgram(t, models.SQLite).environment(environment), said
			running := testkit.StartProcess(t, command)
			defer awaitReader(t, pipe, running).Close()
			running.Stop()
			if code := running.Wait(); code != 1 || !regexp.MustCompile(`^web: .* could not be read: terminated`).MatchString(said.String()) {
				t.Errorf("ended with %d, and said %s", code, said)
			}
		})
	}
}

// awaitReader returns the other end of a pipe when the process has opened it.
func awaitReader(t *testing.T, pipe string, running *testkit.Process) *os.File {
	t.Helper()
	opened := make(chan *os.File, 1)
	go func() {
		writer, err := os.OpenFile(pipe, os.O_WRONLY, 0)
		if err != nil {
			t.Error(err)
		}
		opened <- writer
	}()
	select {
	case writer := <-opened:
		return writer
	case <-running.Ended():
		t.Fatalf("the program ended with %d instead of waiting", running.Wait())
		return nil
	}
}

// hanging reads the first time, and from then on hangs until released.
func hanging(first string) (r policyReader, asked chan struct{}, release func()) {
	asked, released := make(chan struct{}, 1), make(chan struct{})
	file := func(string) ([]byte, error) {
		if first != "" {
			text := first
			first = ""
			return []byte(text), nil
		}
		asked <- struct{}{}
		<-released
		return nil, errors.New("too late")
	}
	return policyReader{file: file, limit: readingTime}, asked, func() { close(released) }
}

// wired returns the program in the test's own process, with a policy file that is read otherwise.
func wired(t *testing.T, r policyReader, timings timings) *app {
	t.Helper()
	file := policyFile{t, filepath.Join(t.TempDir(), "passwordpolicy.json")}
	file.write("")
	env := map[string]string{"LATCHKEY_DATA": t.TempDir(), "LATCHKEY_PASSWORD_POLICY": file.path}
	cfg, err := config.Load(nil, func(name string) string { return env[name] })
	if err != nil {
		t.Fatal(err)
	}
	a, err := wire(t.Context(), cfg, slog.New(slog.DiscardHandler), timings, r, false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.close)
	return a
}

// TestStopWhileAReloadHangs: the program stops without waiting for the file system, and reports no refused policy.
func TestStopWhileAReloadHangs(t *testing.T) {
	testkit.Parallel(t)
	hung, asked, release := hanging(eightSymbols)
	defer release()
	a := wired(t, hung, productionTimings)
	ctx, stop := context.WithCancel(t.Context())
	hangUp, ended := make(chan os.Signal, 1), make(chan struct{})
	go func() { defer close(ended); a.reloads(ctx, hangUp) }()
	hangUp <- os.Interrupt // any signal
	<-asked
	stop()
	<-ended
	if refused := a.accounts.Policies.Refused(); refused != nil {
		t.Errorf("refused: %v", refused.Problems)
	}
}

// Reading has a time limit while serving, so that a hanging file system is reported. Commands wait.
func TestPolicyReadTimesOut(t *testing.T) {
	testkit.Parallel(t)
	synctest.Test(t, func(t *testing.T) {
		hung, _, release := hanging("")
		defer release()
		_, err := hung.policies(t.Context(), config.Config{PasswordPolicy: "p.json"})
		if err == nil || err.Error() != "password policy: p.json could not be read: it takes longer than 10s" {
			t.Errorf("got %v", err)
		}
	})
	if forServing().limit != readingTime || forCommand().limit != 0 {
		t.Errorf("limits: %s while serving, %s for commands", forServing().limit, forCommand().limit)
	}
}

// makePipe creates a named pipe. Opening it blocks until the other end is opened.
func makePipe(t *testing.T, path string) {
	t.Helper()
	if err := exec.Command("mkfifo", path).Run(); err != nil {
		testkit.Missing(t, "linux", err.Error())
	}
}
