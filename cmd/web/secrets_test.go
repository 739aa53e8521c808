package main

import (
	"context"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"latchkey/internal/testkit"
	"latchkey/internal/testsmtp"
)

// The passwords of settings come into no log, at whatever level and whatever goes wrong: neither that of the mail server,
// which refuses it, nor that of the database.
func TestSecrets(t *testing.T) {
	engines(t, func(t *testing.T, p *program) {
		sink := testsmtp.NewSink(t, testsmtp.WithAuth("post", "another"))
		p.args = append(p.args, "--smtp", "smtp://post:Canary-smtp-1@"+sink.Addr+"?starttls=never", "--listen", "127.0.0.1:0")
		p.env["LATCHKEY_LOG_LEVEL"] = "debug"
		p.env["LATCHKEY_DATABASE"] = withPassword(t, p.env["LATCHKEY_DATABASE"], "Canary-database-1")
		p.must("Canary-own-1\n", "create-superadmin", "--name", "olga", "--email", "olga@example.com")
		said := p.runUntil(regexp.MustCompile(`listen=127.0.0.1:(\d+)`), func(port string) {
			p.port = port
			for range 10 {
				p.poison("127.0.0.1:"+port, "/sign-in", "", url.Values{"name": {"olga"}, "password": {"Canary-wrong-1"}})
			}
		}, regexp.MustCompile(`(sending a mail failed)`))
		if strings.Contains(said, "Canary") {
			t.Errorf("the program said:\n%s", said)
		}
	})
}

// withPassword returns the same address of PostgreSQL with a password, which the tests' server does not ask for.
func withPassword(t *testing.T, dsn, password string) string {
	t.Helper()
	if dsn == "" {
		return ""
	}
	at, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	at.User = url.UserPassword(at.User.Username(), password)
	return at.String()
}

// runUntil serves until the log has said what it is to say first, do was done, and the log has said the last; it returns
// everything that the program said.
func (p *program) runUntil(first *regexp.Regexp, do func(found string), last *regexp.Regexp) string {
	p.t.Helper()
	ctx, stop := context.WithCancel(p.t.Context())
	defer stop()
	stdout, stderr, ended := &lines{}, &lines{changed: make(chan struct{}, 1)}, make(chan error, 1)
	go func() { ended <- run(ctx, p.args, envOf(p.env, "", stdout, stderr)) }()
	do(stderr.await(p.t, ended, first))
	stderr.await(p.t, ended, last)
	stop()
	if err := <-ended; err != nil {
		p.t.Error(err)
	}
	return stdout.String() + stderr.String()
}

// Errors at startup contain no secrets either.
func TestSecretsWithUnreachableDatabase(t *testing.T) {
	testkit.Parallel(t)
	for _, dsn := range []string{
		"postgres://latchkey:Canary-database-1@127.0.0.1:1/latchkey", "postgres://latchkey:Canary-database-1@127.0.0.1:1/latchkey?sslmode=require",
		"postgres://latchkey@127.0.0.1:1/latchkey?password=Canary-database-1", "postgres://latchkey:Canary%zz@127.0.0.1:1/latchkey",
	} {
		var said lines
		args := []string{"--data", t.TempDir(), "--listen", "127.0.0.1:0"}
		env := map[string]string{"LATCHKEY_SETTINGS": "", "LATCHKEY_LOG_LEVEL": "debug", "LATCHKEY_DATABASE": dsn}
		err := run(t.Context(), args, envOf(env, "", &said, &said))
		if err == nil || strings.Contains(err.Error()+said.String(), "Canary") {
			t.Errorf("with %s: %v\n%s", dsn, err, said.String())
		}
	}
}
