package config_test

import (
	"testing"

	"latchkey/config"
)

func TestFileProblems(t *testing.T) {
	for _, tc := range []struct{ name, file, want string }{
		{"comments only", "# nothing\n", ""},
		{"nothing", "---\n", ""},
		{"quoted key and value", "\"LOG\": 'json'\n", ""},
		{"unknown", "\nLISTEM: x\n", `settings.yml:2: unknown setting "LISTEM"; did you mean LISTEN?`},
		{"lower case", "base-url: x\n", `settings.yml:1: unknown setting "base-url"; did you mean BASE_URL?`},
		{"environment name", "LATCHKEY_DATA: x\n", `settings.yml:1: unknown setting "LATCHKEY_DATA"; did you mean DATA?`},
		{"nothing like it", "COLOUR: blue\n", `settings.yml:1: unknown setting "COLOUR"`},
		{"later setting", "COMPLIANCE_DISABLE_EXPORTS: x\n", `settings.yml:1: unknown setting "COMPLIANCE_DISABLE_EXPORTS"; did you mean COMPLIANCE_DISABLE_EXPORT?`},
		{"doubled", "LOG: json\nDATA: x\nLOG: text\n", `LOG (settings.yml:3): is already set in line 1`},
		{"list", "LOG:\n  - json\n", `LOG (settings.yml:2): must be a single value, not a list, a mapping or an alias`},
		{"mapping", "SMTP: {host: x}\n", `SMTP (settings.yml:1): must be a single value, not a list, a mapping or an alias`},
		{"alias", "HELP: &a x\nDATA: *a\n", `DATA (settings.yml:2): must be a single value, not a list, a mapping or an alias`},
		{"mapping in a list", "TRUSTED_PROXIES:\n  - {a: b}\n", `TRUSTED_PROXIES (settings.yml:2): must be a list of single values`},
		{"not a mapping", "- LOG\n", `settings.yml:1: must be a list of lines like LISTEN: 127.0.0.1:9000`},
		{"text", "json\n", `settings.yml:1: must be a list of lines like LISTEN: 127.0.0.1:9000`},
		{"two documents", "LOG: json\n---\nLOG: text\n", `settings.yml:2: only one document is allowed; remove the second ---`},
		{"not YAML", "LOG: json\n\tDATA: x\n", `settings.yml:2: is not valid YAML: found a tab character that violates indentation`},
		{"value refused", "\n\nLOG: yes\n", `LOG (settings.yml:3): "yes" is neither text nor json`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := load(t, tc.file, nil)
			wantProblems(t, err, tc.want)
		})
	}
}

func TestUnsupported(t *testing.T) {
	const no = ": this version does not enforce this setting; "
	for _, tc := range []struct {
		name, file string
		env        map[string]string
		want       string
	}{
		{name: "a list", file: "COMPLIANCE_SERVER_SECRETS:\n  - all\n", want: "COMPLIANCE_SERVER_SECRETS (settings.yml:2)" + no + "remove it"},
		{name: "compliance", file: "COMPLIANCE_ENFORCE_2FA: True\n", want: "COMPLIANCE_ENFORCE_2FA (settings.yml:1)" + no + "remove it"},
		{name: "compliance in the environment", env: map[string]string{"COMPLIANCE_ENFORCE_2FA": "1"},
			want: "COMPLIANCE_ENFORCE_2FA (environment COMPLIANCE_ENFORCE_2FA)" + no + "remove it"},
		{name: "with the prefix", env: map[string]string{"LATCHKEY_COMPLIANCE_ENFORCE_2FA": "3"},
			want: "COMPLIANCE_ENFORCE_2FA (environment LATCHKEY_COMPLIANCE_ENFORCE_2FA)" + no + "remove it"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := load(t, tc.file, tc.env)
			wantProblems(t, err, tc.want)
		})
	}
}

// TestSettings holds the table complete: what is listed has help and a
// default in words, and the flags are those of the contract.
func TestSettings(t *testing.T) {
	flags := map[string]bool{"--listen": true, "--data": true, "--database": true, "--base-url": true, "--smtp": true,
		"--password-policy": true, "--settings": true}
	for _, s := range config.Settings() {
		if s.Help == "" || s.Default == "" || s.Env != "LATCHKEY_"+s.Name {
			t.Errorf("incomplete: %+v", s)
		}
		if s.Flag != "" && !flags[s.Flag] {
			t.Errorf("unexpected flag %s", s.Flag)
		}
		delete(flags, s.Flag)
	}
	for flag := range flags {
		t.Errorf("flag %s is missing", flag)
	}
}
