package main

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"latchkey/config"
	"latchkey/internal/problem"
	"latchkey/internal/testkit"
	"latchkey/models"
)

// Every rule of the accounts comes from a setting: one that is not passed on would be off without a word.
func TestSettingsReachTheAccounts(t *testing.T) {
	testkit.Parallel(t)
	office := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	got := accountSettings(config.Config{
		Secrets: "all", BaseURL: &url.URL{Scheme: "https", Host: "accounts.example.org"}, OneTimePasswordValid: time.Hour, PasswordMinAge: time.Hour, SessionMax: time.Hour,
		SessionIdle: time.Hour, FailedAttemptsCap: 7, SignInRate: 7, TimeZone: time.UTC, DisableInactive: time.Hour, Undelete: time.Hour, MailKeep: time.Hour, AuditKeep: time.Hour,
		FailedSignInKeep: time.Hour, FailedSignInMost: 7, DeviceCookies: true, DeviceLife: time.Hour, MultipleSessions: false, NoRecoveryCodes: true, NoEmergencyCodes: true, NoSecretLinks: true, NoDeleteOwn: true, NoAPIKeys: true, APITokenLife: time.Minute,
		SuperAdminAddresses: office, DashboardAddresses: office, FactorsFor: []string{"superadmin"}, SecurityNoticesOff: config.SecurityNotices,
	})
	if !slices.Equal(got.NoticesOff, models.SecurityChanges()) {
		t.Errorf("the settings know the notices %v, mails are sent about %v", got.NoticesOff, models.SecurityChanges())
	}
	fields := reflect.ValueOf(got)
	for i := range fields.NumField() {
		if fields.Field(i).IsZero() {
			t.Errorf("%s is not set from the configuration", fields.Type().Field(i).Name)
		}
	}
	if other := accountSettings(config.Config{BaseURL: &url.URL{}, MultipleSessions: true}); other.OneSession || other.DeviceCookies || other.SuperAdmins != nil {
		t.Errorf("what was not asked for holds: %+v", other)
	}
}

// The network restrictions in the settings apply to the running program.
func TestNetworkSettingsAreApplied(t *testing.T) {
	testkit.Parallel(t)
	for setting, want := range map[string]int{
		"": http.StatusSeeOther, "LATCHKEY_SUPERADMIN_ADDRESSES=127.0.0.0/8": http.StatusSeeOther,
		"LATCHKEY_SUPERADMIN_ADDRESSES=10.0.0.0/8": http.StatusUnprocessableEntity,
		"COMPLIANCE_IP_RESTRICTIONS=10.0.0.0/8":    http.StatusForbidden,
	} {
		t.Run(setting, func(t *testing.T) {
			testkit.Parallel(t)
			p := newProgram(t, models.SQLite)
			if _, err := p.command("Right-Horse-7!", "create-superadmin", "--name", "root", "--email", "root@example.com"); err != nil {
				t.Fatal(err)
			}
			if name, value, given := strings.Cut(setting, "="); given {
				p.env[name] = value
			}
			p.start("127.0.0.1:0")
			form := url.Values{"name": {"root"}, "password": {"Right-Horse-7!"}}
			client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
			reply, err := client.PostForm(p.base+"/sign-in", form)
			if err != nil {
				t.Fatal(err)
			}
			defer reply.Body.Close()
			if reply.StatusCode != want {
				t.Errorf("signing in is answered %d, want %d", reply.StatusCode, want)
			}
		})
	}
}

// Trusting a whole admitted network as proxies lets its hosts claim any address.
func TestNetworkOverlapIsLogged(t *testing.T) {
	testkit.Parallel(t)
	networks := func(text string) []netip.Prefix { return []netip.Prefix{netip.MustParsePrefix(text)} }
	for _, tc := range []struct {
		trusted, superAdmins, dashboard string
		lines                           int
	}{
		{"10.0.0.0/8", "10.1.0.0/16", "192.0.2.0/24", 1}, {"10.1.2.3/32", "10.0.0.0/8", "10.0.0.0/8", 0},
		{"10.0.0.0/24", "10.0.0.0/8", "10.0.0.0/8", 2}, {"10.0.0.0/8", "192.0.2.0/24", "2001:db8::/32", 0},
	} {
		var log bytes.Buffer
		a := &app{log: slog.New(slog.NewTextHandler(&log, nil)), config: config.Config{
			TrustedProxies: networks(tc.trusted), SuperAdminAddresses: networks(tc.superAdmins), DashboardAddresses: networks(tc.dashboard),
		}}
		a.warnOfOverlap()
		if got := strings.Count(log.String(), "level=WARN"); got != tc.lines {
			t.Errorf("%+v: %d lines: %s", tc, got, log.String())
		}
	}
}

// A connection beyond this machine that others can read is warned of once at start, without the database's password.
func TestPlainTextConnectionIsLogged(t *testing.T) {
	testkit.Parallel(t)
	const base, certificate = "the base URL is not https", "PostgreSQL is on another machine"
	for _, tc := range []struct {
		base, dsn string
		want      []string
	}{
		{"http://localhost:8080", "", nil}, {"http://127.0.0.1:8080", "", nil}, {"http://[::1]:8080", "", nil},
		{"https://accounts.example.org", "", nil},
		{"http://accounts.example.org", "", []string{base}}, {"http://10.1.2.3:8080", "", []string{base}}, {"http://localhost.example.org", "", []string{base}},
		{"https://accounts.example.org", "postgres://u:Canary-7@db.example/x", []string{certificate}},
		{"https://accounts.example.org", "postgres://u:Canary-7@a.example,b.example/x?sslmode=require", []string{certificate}},
		{"https://accounts.example.org", "postgres://u:Canary-7@127.0.0.1,db.example/x", []string{certificate}},
		{"https://accounts.example.org", "postgres://u:Canary-7@db.example/x?sslmode=verify-full", nil},
		{"https://accounts.example.org", "postgres://u:Canary-7@localhost/x", nil}, {"https://accounts.example.org", "postgres://u:Canary-7@[::1]/x", nil},
		{"https://accounts.example.org", "postgres:///x?host=/var/run/postgresql", nil},
		{"http://accounts.example.org", "postgres://u:Canary-7@db.example/x?sslmode=verify-ca", []string{base, certificate}},
	} {
		var log bytes.Buffer
		address, err := url.Parse(tc.base)
		if err != nil {
			t.Fatal(err)
		}
		a := &app{log: slog.New(slog.NewTextHandler(&log, nil)), config: config.Config{BaseURL: address}}
		if tc.dsn != "" {
			a.config.Database = config.Database{Engine: config.Postgres, DSN: problem.Secret(tc.dsn)}
		}
		a.warnOfPlainText()
		if got := strings.Count(log.String(), "level=WARN"); got != len(tc.want) || strings.Contains(log.String(), "Canary") {
			t.Errorf("%s, %s: %d lines: %s", tc.base, tc.dsn, got, log.String())
		}
		for _, want := range tc.want {
			if !strings.Contains(log.String(), want) {
				t.Errorf("%s, %s: no line %q: %s", tc.base, tc.dsn, want, log.String())
			}
		}
	}
}

// Keys of people get around a second factor that is enforced, and open nothing while keys are switched off.
func TestKeysOfPeopleAreLogged(t *testing.T) {
	testkit.Parallel(t)
	p := newProgram(t, models.SQLite)
	p.seed("root")
	warned := func(enforced, off bool, want string) {
		t.Helper()
		p.wired(func(a *app) {
			var log bytes.Buffer
			a.log = slog.New(slog.NewTextHandler(&log, nil))
			a.config.FactorsFor, a.config.NoAPIKeys = map[bool][]string{true: {"superadmin"}}[enforced], off
			a.warnOfKeys(t.Context())
			if got := log.String(); (got == "") != (want == "") || !strings.Contains(got, want) {
				t.Errorf("enforced %t, off %t: %q, want %q", enforced, off, got, want)
			}
		})
	}
	warned(false, false, "")
	warned(false, true, "")
	warned(true, false, "keys=0")
	p.addKey(p.stored("root"))
	warned(false, false, "")
	warned(true, false, "COMPLIANCE_ENFORCE_2FA demands\" keys=1")
	warned(false, true, "COMPLIANCE_DISABLE_API_KEYS is set\" keys=1")
	warned(true, true, "COMPLIANCE_DISABLE_API_KEYS is set\" keys=1")
}
