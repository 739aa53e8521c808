package config_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"latchkey/config"
)

const unreadable = " cannot be read as an address; special characters in user and password must be percent-encoded"

func TestDatabase(t *testing.T) {
	for _, tc := range []struct{ value, shown, why string }{
		{"postgres://u:p@db.example/latchkey?sslmode=require", "postgres://u:***@db.example/latchkey", ""},
		{"postgresql://db.example:5433/latchkey?user=u&password=p", "postgresql://db.example:5433/latchkey", ""},
		{"postgres://u:p@a:5432,b:5433/latchkey", "postgres://u:***@a:5432,b:5433/latchkey", ""},
		{"postgres:///latchkey?host=/run/postgresql", "postgres:///latchkey", ""},
		{"mysql://u:p@db.example/latchkey", "", "must begin with postgres:// (or be left out, for SQLite in the data directory)"},
		{"./other.db", "", "must begin with postgres:// (or be left out, for SQLite in the data directory)"},
		{"host=db user=u password=p", "", "must begin with postgres:// (or be left out, for SQLite in the data directory)"},
		{"postgres://u:p%zz@db.example", "", "postgres://u:***@db.example" + unreadable},
		{"postgres://", "", "postgres:// names no host"},
		{"postgres://u:p@db.example:99999/x", "", "postgres://u:***@db.example:99999/x has a port that is not a number from 1 to 65535"},
	} {
		t.Run(tc.value, func(t *testing.T) {
			c, err := load(t, "", nil, "--database", tc.value)
			if tc.why != "" {
				wantProblems(t, err, "DATABASE (flag --database): "+tc.why)
				return
			}
			wantProblems(t, err, "")
			if c.Database.Engine != config.Postgres || string(c.Database.DSN) != tc.value || c.Database.String() != tc.shown {
				t.Errorf("got %s %s, shown as %s", c.Database.Engine, string(c.Database.DSN), c.Database)
			}
		})
	}
}

func TestSMTP(t *testing.T) {
	for _, tc := range []struct {
		value, shown string
		want         config.SMTP
		why          string
	}{
		{"smtp://mail.example", "smtp://mail.example:587", config.SMTP{Host: "mail.example", Port: 587, TLS: config.StartTLS}, ""},
		{"smtp://u%40x:p%3A%2F@mail.example:2525/", "smtp://u@x:***@mail.example:2525", config.SMTP{Host: "mail.example", Port: 2525, User: "u@x", Password: "p:/", TLS: config.StartTLS}, ""},
		{"smtps://mail.example", "smtps://mail.example:465", config.SMTP{Host: "mail.example", Port: 465, TLS: config.ImplicitTLS}, ""},
		{"smtp://[::1]:25?starttls=never", "smtp://[::1]:25?starttls=never", config.SMTP{Host: "::1", Port: 25, TLS: config.NeverTLS}, ""},
		{"smtp://u:p@localhost:25?starttls=never", "smtp://u:***@localhost:25?starttls=never", config.SMTP{Host: "localhost", Port: 25, User: "u", Password: "p", TLS: config.NeverTLS}, ""},
		{value: "smtp://u:p@mail.example?starttls=never", why: "smtp://u:***@mail.example would send the password unencrypted; starttls=never with a user is accepted for this machine (localhost) only"},
		{value: "smtp://u@mail.example", why: "smtp://u@mail.example must hold both user and password, or neither"},
		{value: "smtp://:p@mail.example", why: "smtp://:***@mail.example must hold both user and password, or neither"},
		{value: "smtp://u:p%0d%0a@mail.example", why: "smtp://u:***@mail.example has a control character in user or password"},
		{value: "smtp://mail.example?starttls=always", why: "smtp://mail.example has an unknown parameter; only ?starttls=never is known"},
		{value: "smtp://mail.example?starttls=never&auth=x", why: "smtp://mail.example has an unknown parameter; only ?starttls=never is known"},
		{value: "smtp://mail.example?starttls=never&starttls=never", why: "smtp://mail.example has an unknown parameter; only ?starttls=never is known"},
		{value: "smtps://mail.example?starttls=never", why: "smtps://mail.example has a parameter; smtps:// takes none"},
		{value: "smtp://mail.example:0", why: "smtp://mail.example:0 has a port that is not a number from 1 to 65535"},
		{value: "smtp://", why: "smtp:// must name a host"},
		{value: "smtp://mail.example/box", why: "smtp://mail.example/box must end after host and port; special characters in user and password must be percent-encoded"},
		{value: "mail.example:587", why: "(not shown) must begin with smtp:// or smtps://"},
		{value: "smtp:mail.example", why: "(not shown) must end after host and port; special characters in user and password must be percent-encoded"},
		{value: "imap://mail.example", why: "imap://mail.example must begin with smtp:// or smtps://"},
	} {
		t.Run(tc.value, func(t *testing.T) {
			c, err := load(t, "", nil, "--smtp", tc.value)
			if tc.why != "" {
				wantProblems(t, err, "SMTP (flag --smtp): "+tc.why)
				return
			}
			wantProblems(t, err, "")
			if *c.SMTP != tc.want || c.SMTP.String() != tc.shown {
				t.Errorf("got %s, %d, %s; shown as %s", c.SMTP.Host, c.SMTP.Port, c.SMTP.TLS, c.SMTP)
			}
		})
	}
}

func TestEmptyFlagWinsOverTheEnvironment(t *testing.T) {
	env := map[string]string{"LATCHKEY_SMTP": "smtp://mail.example", "LATCHKEY_DATABASE": "postgres://db/x"}
	c, err := load(t, "", env, "--smtp=", "--database=")
	wantProblems(t, err, "")
	if c.SMTP != nil || c.Database.Engine != config.SQLite {
		t.Errorf("an empty flag did not win: %v", c)
	}
}

func TestSecretFiles(t *testing.T) {
	dsn := temp(t, "dsn", "postgres://u:p@db.example/x\n")
	empty := temp(t, "empty", "\n")
	for _, tc := range []struct {
		name string
		file string
		env  map[string]string
		args []string
		dsn  string
		want string
	}{
		{name: "environment", env: map[string]string{"LATCHKEY_DATABASE_FILE": dsn}, dsn: "postgres://u:p@db.example/x"},
		{name: "settings file", file: "DATABASE_FILE: " + dsn + "\n", dsn: "postgres://u:p@db.example/x"},
		{name: "both", env: map[string]string{"LATCHKEY_DATABASE_FILE": dsn}, args: []string{"--database", "postgres://u:p@other/x"},
			want: "DATABASE (flag --database): is also given by DATABASE_FILE (environment LATCHKEY_DATABASE_FILE); only one of the two may be set"},
		{name: "missing", env: map[string]string{"LATCHKEY_SMTP_FILE": "missing"},
			want: `SMTP_FILE (environment LATCHKEY_SMTP_FILE): cannot read "missing": no such file or directory`},
		{name: "empty", env: map[string]string{"LATCHKEY_SMTP_FILE": empty},
			want: `SMTP_FILE (environment LATCHKEY_SMTP_FILE): the file "` + empty + `" is empty`},
		{name: "wrong content", env: map[string]string{"LATCHKEY_SMTP_FILE": dsn},
			want: "SMTP (environment LATCHKEY_SMTP_FILE): postgres://u:***@db.example/x must begin with smtp:// or smtps://"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c, err := load(t, tc.file, tc.env, tc.args...)
			wantProblems(t, err, tc.want)
			if string(c.Database.DSN) != tc.dsn {
				t.Errorf("got %q", string(c.Database.DSN))
			}
		})
	}
}

// The password is put into every place, in every spelling that breaks a URL.
func TestProblemsHoldNoPassword(t *testing.T) {
	const canary = "CANARY"
	forms := []string{
		"%s", "a%s", "a/%s", "a#%s", "a?%s", "a@%s@b", "a@b/%s", "a%%zz%s", "a %s", "a:%s", "a[%s]", "a\n%s", "a%%0a%s", "a://%s",
	}
	shapes := []string{
		"smtp://u:PW@mail.example:99999", "smtp://u:PW@mail.example:x", "smtp://u:PW@mail.example/x", "xx://u:PW@h",
		"smtp://u:PW@mail.example?starttls=never", "u:PW@mail.example", "smtp://u:PW@", "smtp://mail.example?password=PW",
		"smtp://u:PW@mail.example?x=PW", "postgres://u:PW@db:0/x", "postgres://u:PW@db:x/x", "postgres://u:PW@", "postgres:u:PW@h",
		"postgres://h:0/x?password=PW", "host=h password=PW", "mysql://u:PW@h/x", "smtps://u:PW@h?x", "postgres://u@h?password=x@PW", "smtp://mail.example:25?password=PW@x", "smtp://mail.example:25?password=x@PW",
	}
	for _, shape := range shapes {
		for _, form := range forms {
			value := strings.ReplaceAll(shape, "PW", fmt.Sprintf(form, canary))
			for _, name := range []string{"DATABASE", "SMTP", "BASE_URL", "LISTEN", "LOG", "TIME_ZONE", "MAIL_FROM", "TRUSTED_PROXIES", "SESSION_MAX"} {
				_, err := load(t, "", map[string]string{"LATCHKEY_" + name: value})
				if err != nil && strings.Contains(err.Error(), canary) {
					t.Errorf("%s=%q: %v", name, value, err)
				}
			}
			for _, file := range []string{value, "SMTP: " + value, "DATABASE: [" + value + "]", value + ": x", "? " + value, "SMTP: *" + value, "SMTP: \"" + value} {
				_, err := load(t, file, nil)
				if err != nil && strings.Contains(err.Error(), canary) {
					t.Errorf("file %q: %v", file, err)
				}
			}
		}
	}
}

func TestConfigIsPrintedWithoutPasswords(t *testing.T) {
	c, err := load(t, "", nil, "--database", "postgres://u:CANARY@db/x?password=CANARY", "--smtp", "smtp://u:CANARY@mail.example")
	wantProblems(t, err, "")
	var log bytes.Buffer
	for _, logger := range []*slog.Logger{slog.New(slog.NewTextHandler(&log, nil)), slog.New(slog.NewJSONHandler(&log, nil))} {
		logger.Info("x", "config", c, "pointer", &c, "database", c.Database, "smtp", c.SMTP)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x", "%t"} {
		fmt.Fprintf(&log, verb+verb+verb+verb, c, &c, c.Database, c.SMTP)
		fmt.Fprintf(&log, verb, []any{c.SMTP, *c.SMTP})
	}
	text, _ := json.Marshal(c)
	log.Write(text)
	if strings.Contains(log.String(), "CANARY") || strings.Contains(log.String(), fmt.Sprintf("%x", "CANARY")) {
		t.Errorf("shows a password:\n%s", log.String())
	}
	if !strings.Contains(log.String(), "postgres://u:***@db/x") || !strings.Contains(log.String(), "smtp://u:***@mail.example:587") {
		t.Errorf("shows no address:\n%s", log.String())
	}
}
