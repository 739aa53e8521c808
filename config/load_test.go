package config_test

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"

	"latchkey/config"
)

func TestDefaults(t *testing.T) {
	c, err := load(t, "", nil)
	wantProblems(t, err, "")
	if c.Listen != "127.0.0.1:8080" || c.Data != "./data" || c.BaseURL.String() != "http://localhost:8080" {
		t.Errorf("addresses: %+v", c)
	}
	if c.Database != (config.Database{Engine: config.SQLite, Path: "data/latchkey.db"}) || c.SMTP != nil {
		t.Errorf("database or mail: %+v", c)
	}
	if c.TimeZone != time.UTC || c.MailFrom.String() != `"Latchkey" <latchkey@localhost>` || c.Help != "" {
		t.Errorf("words: %+v", c)
	}
	if c.OneTimePasswordValid != 168*time.Hour || c.SessionMax != 24*time.Hour || c.SessionIdle != time.Hour || c.FailedAttemptsCap != 100 {
		t.Errorf("limits: %+v", c)
	}
	if c.LogFormat != config.LogText || c.LogLevel != slog.LevelInfo || c.HTTPS() {
		t.Errorf("rest: %+v", c)
	}
	if c.EmailTemplates != "" || c.PasswordPolicy != "" || c.TrustedProxies != nil {
		t.Errorf("nothing was given: %+v", c)
	}
}

func TestPrecedence(t *testing.T) {
	const file = "LISTEN: 127.0.0.1:9003\n"
	env := map[string]string{"LATCHKEY_LISTEN": "127.0.0.1:9002"}
	for _, tc := range []struct {
		name, file string
		env        map[string]string
		args       []string
		want       string
	}{
		{"default", "", nil, nil, "127.0.0.1:8080"},
		{"file", file, nil, nil, "127.0.0.1:9003"},
		{"environment over file", file, env, nil, "127.0.0.1:9002"},
		{"flag over all", file, env, []string{"--listen", "127.0.0.1:9001"}, "127.0.0.1:9001"},
		{"flag that says the default", file, env, []string{"--listen=127.0.0.1:8080"}, "127.0.0.1:8080"},
		{"empty environment", file, map[string]string{"LATCHKEY_LISTEN": ""}, nil, "127.0.0.1:9003"},
		{"empty key", "LISTEN:\n", nil, nil, "127.0.0.1:8080"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c, err := load(t, tc.file, tc.env, tc.args...)
			wantProblems(t, err, "")
			if c.Listen != tc.want {
				t.Errorf("got %s, want %s", c.Listen, tc.want)
			}
		})
	}
}

func TestLoadWithoutFlags(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, fs := range []*pflag.FlagSet{nil, pflag.NewFlagSet("few", pflag.ContinueOnError)} {
		if _, err := config.Load(fs, func(string) string { return "" }); err != nil {
			t.Error(err)
		}
	}
}

func TestAllProblemsAreReportedAtOnce(t *testing.T) {
	_, err := load(t, "LOG: xml\nLISTN: x\n", map[string]string{
		"LATCHKEY_TIME_ZONE":        "Mars",
		"LATCHKEY_SESSION_IDLE":     "48h",
		"COMPLIANCE_DISABLE_EXPORT": "True",
	}, "--listen", "nowhere")
	wantProblems(t, err, strings.Join([]string{
		`settings.yml:2: unknown setting "LISTN"; did you mean LISTEN?`,
		`COMPLIANCE_DISABLE_EXPORT (environment COMPLIANCE_DISABLE_EXPORT): this version does not enforce this setting; only its default, False, can be set`,
		`LISTEN (flag --listen): "nowhere" is not host:port, such as 127.0.0.1:8080`,
		`TIME_ZONE (environment LATCHKEY_TIME_ZONE): "Mars" is not a time zone such as UTC or Europe/Berlin`,
		`LOG (settings.yml:1): "xml" is neither text nor json`,
		`SESSION_IDLE (environment LATCHKEY_SESSION_IDLE): 48h0m0s is longer than SESSION_MAX, 24h0m0s`,
	}, "\n"))
}

func TestDefaultIdleTimeIsLimitedBySessionMax(t *testing.T) {
	c, err := load(t, "SESSION_MAX: 30m\n", nil)
	wantProblems(t, err, "")
	if c.SessionIdle != 30*time.Minute {
		t.Errorf("the default idle time is %s, more than the longest session", c.SessionIdle)
	}
}

func TestEarlierEndOfASessionWins(t *testing.T) {
	for _, tc := range []struct {
		file      string
		max, idle time.Duration
	}{
		{"", 24 * time.Hour, time.Hour},
		{"AUTO_PROLONGATION_TOKEN_TIME_VALID: 900", 24 * time.Hour, 15 * time.Minute},
		{"AUTO_PROLONGATION_TOKEN_TIME_VALID: 7200", 24 * time.Hour, 2 * time.Hour},
		{"AUTO_PROLONGATION_TOKEN_TIME_VALID: 7200\nSESSION_IDLE: 90m", 24 * time.Hour, 90 * time.Minute},
		{"AUTO_PROLONGATION_TOKEN_TIME_VALID: 900\nSESSION_IDLE: 90m", 24 * time.Hour, 15 * time.Minute},
		{"AUTO_PROLONGATION_TOKEN_TIME_VALID: 172800", 24 * time.Hour, 24 * time.Hour},
		{"AUTO_PROLONGATION_TOKEN_TIME_VALID: 0", 24 * time.Hour, time.Hour},
		{"MAX_WEB_TOKEN_TIME_VALID: 1800", 30 * time.Minute, 30 * time.Minute},
		{"SESSION_MAX: 1440h\nSESSION_IDLE: 1000h", 720 * time.Hour, 720 * time.Hour},
		{"SESSION_MAX: 1440h\nMAX_WEB_TOKEN_TIME_VALID: 31536000", 1440 * time.Hour, time.Hour},
	} {
		c, err := load(t, tc.file, nil)
		wantProblems(t, err, "")
		if c.SessionMax != tc.max || c.SessionIdle != tc.idle {
			t.Errorf("%q: at most %s, %s without use; want %s and %s", tc.file, c.SessionMax, c.SessionIdle, tc.max, tc.idle)
		}
	}
}

func TestPrefixedNameWinsOverTheComplianceName(t *testing.T) {
	for _, tc := range []struct {
		env      map[string]string
		file     string
		multiple bool
	}{
		{nil, "", true},
		{map[string]string{"ALLOW_MULTIPLE_SESSIONS": "False"}, "", false},
		{map[string]string{"ALLOW_MULTIPLE_SESSIONS": "False"}, "ALLOW_MULTIPLE_SESSIONS: True", false},
		{map[string]string{"ALLOW_MULTIPLE_SESSIONS": "False", "LATCHKEY_ALLOW_MULTIPLE_SESSIONS": "True"}, "", true},
		{map[string]string{"DEVICE_COOKIES": "nonsense"}, "ALLOW_MULTIPLE_SESSIONS: False", false}, // bare names of ours are not
	} {
		c, err := load(t, tc.file, tc.env)
		wantProblems(t, err, "")
		if c.MultipleSessions != tc.multiple {
			t.Errorf("%v and %q: got %t", tc.env, tc.file, c.MultipleSessions)
		}
	}
}

func TestSettingsFile(t *testing.T) {
	named := temp(t, "named.yml", "HELP: named\n")
	missing := filepath.Join(t.TempDir(), "missing.yml")
	for _, tc := range []struct {
		name, file string
		env        map[string]string
		args       []string
		help, want string
	}{
		{name: "none"},
		{name: "in the working directory", file: "HELP: here\n", help: "here"},
		{name: "by flag", file: "HELP: here\n", args: []string{"--settings", named}, help: "named"},
		{name: "by environment", file: "HELP: here\n", env: map[string]string{"LATCHKEY_SETTINGS": named}, help: "named"},
		{name: "missing", args: []string{"--settings", missing},
			want: `SETTINGS (flag --settings): cannot read "` + missing + `": no such file or directory`},
		{name: "empty name", args: []string{"--settings", ""},
			want: `SETTINGS (flag --settings): cannot read "": no such file or directory`},
		{name: "names itself", file: "SETTINGS: other.yml\n",
			want: `SETTINGS (settings.yml:1): cannot be set in the settings file itself`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c, err := load(t, tc.file, tc.env, tc.args...)
			wantProblems(t, err, tc.want)
			if c.Help != tc.help {
				t.Errorf("help %q, want %q", c.Help, tc.help)
			}
		})
	}
}

func TestSettingsFileMustNotBeADirectory(t *testing.T) {
	t.Chdir(t.TempDir())
	os.Mkdir("settings.yml", 0o700)
	_, err := loadHere(t, nil)
	wantProblems(t, err, `settings.yml: cannot read "settings.yml": is a directory`)
}

func TestPasswordPolicy(t *testing.T) {
	given := temp(t, "given.json", "{}")
	dir := t.TempDir()
	beside := write(t, filepath.Join(dir, "passwordpolicy.json"), "{}")
	settings := write(t, filepath.Join(dir, "settings.yml"), "")
	for _, tc := range []struct {
		name       string
		args       []string
		here       bool // a policy in the working directory
		path, want string
	}{
		{name: "built-in"},
		{name: "given", args: []string{"--password-policy", given}, here: true, path: given},
		{name: "working directory", here: true, path: "passwordpolicy.json"},
		{name: "next to the settings file", args: []string{"--settings", settings}, here: true, path: beside},
		{name: "given and missing", args: []string{"--password-policy", "missing.json"}, here: true,
			want: `PASSWORD_POLICY (flag --password-policy): cannot read "missing.json": no such file or directory`},
		{name: "given and empty", args: []string{"--password-policy", ""}, here: true,
			want: `PASSWORD_POLICY (flag --password-policy): cannot read "": no such file or directory`},
		{name: "given and a directory", args: []string{"--password-policy", "."},
			want: `PASSWORD_POLICY (flag --password-policy): cannot read ".": is a directory`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			if tc.here {
				write(t, "passwordpolicy.json", "{}")
			}
			c, err := loadHere(t, nil, tc.args...)
			wantProblems(t, err, tc.want)
			if c.PasswordPolicy != tc.path {
				t.Errorf("policy %q, want %q", c.PasswordPolicy, tc.path)
			}
		})
	}
}

func TestUnreadablePolicyIsAnError(t *testing.T) {
	t.Chdir(t.TempDir())
	os.Mkdir("passwordpolicy.json", 0o700)
	_, err := loadHere(t, nil)
	wantProblems(t, err, `PASSWORD_POLICY (default): cannot read "passwordpolicy.json": is a directory`)
}
