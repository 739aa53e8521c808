package config_test

import (
	"testing"
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

func TestSettingThatIsNotEnforcedTakesOnlyItsDefault(t *testing.T) {
	const no = ": this version does not enforce this setting; only its default, "
	for _, tc := range []struct {
		name, file string
		env        map[string]string
		want       string // "" = it is taken
	}{
		{name: "defaults", file: "COMPLIANCE_DISABLE_EXPORT: False\nCOMPLIANCE_SERVER_SECRETS: auto\n" +
			"COMPLIANCE_CENTRAL_SECURITY_REPORT_SECURITY_RECURRENCE_INTERVAL: 0\nCOMPLIANCE_MAX_OFFLINE_CACHE_TIME_VALID: 31536000\nCOMPLIANCE_ENFORCE_BREACH_DETECTION: false\n"},
		{name: "defaults in other spellings", file: "COMPLIANCE_DISABLE_EXPORT: 'FALSE'\nCOMPLIANCE_SERVER_SECRETS: Auto\nCOMPLIANCE_MAX_OFFLINE_CACHE_TIME_VALID: '031536000'\n"},
		{name: "defaults in the environment", env: map[string]string{"COMPLIANCE_DISABLE_EXPORT": "False", "LATCHKEY_COMPLIANCE_DISABLE_FILE_REPOSITORIES": "false"}},
		{name: "no value", file: "COMPLIANCE_DISABLE_EXPORT:\n"},
		{name: "another value", file: "COMPLIANCE_DISABLE_EXPORT: True\n", want: "COMPLIANCE_DISABLE_EXPORT (settings.yml:1)" + no + "False, can be set"},
		{name: "another word", file: "COMPLIANCE_SERVER_SECRETS: ALL\n"},
		{name: "links only", file: "COMPLIANCE_SERVER_SECRETS: NoOne\nSMTP: smtp://mail.example.com\n"},
		{name: "links only without a mail server", file: "COMPLIANCE_SERVER_SECRETS: noone\n", want: "COMPLIANCE_SERVER_SECRETS (settings.yml:1): noone needs a mail server, since people then get their passwords by links only; set SMTP"},
		{name: "another number", file: "COMPLIANCE_MAX_OFFLINE_CACHE_TIME_VALID: 60\n", want: "COMPLIANCE_MAX_OFFLINE_CACHE_TIME_VALID (settings.yml:1)" + no + "31536000, can be set"},
		{name: "a wrong word", file: "COMPLIANCE_SERVER_SECRETS: some\n", want: `COMPLIANCE_SERVER_SECRETS (settings.yml:1): "some" is neither auto nor all nor noone`},
		{name: "a wrong type", file: "COMPLIANCE_DISABLE_EXPORT: 0\n", want: `COMPLIANCE_DISABLE_EXPORT (settings.yml:1): "0" is neither true nor false`},
		{name: "no number", file: "COMPLIANCE_MAX_OFFLINE_CACHE_TIME_VALID: 1y\n", want: `COMPLIANCE_MAX_OFFLINE_CACHE_TIME_VALID (settings.yml:1): "1y" is not a whole number of seconds`},
		{name: "a list", file: "COMPLIANCE_SERVER_SECRETS:\n  - all\n", want: "COMPLIANCE_SERVER_SECRETS (settings.yml:2): must be a single value, not a list, a mapping or an alias"},
		{name: "in the environment", env: map[string]string{"COMPLIANCE_DISABLE_EXPORT": "true"},
			want: "COMPLIANCE_DISABLE_EXPORT (environment COMPLIANCE_DISABLE_EXPORT)" + no + "False, can be set"},
		{name: "with the prefix", env: map[string]string{"LATCHKEY_COMPLIANCE_DISABLE_EXPORT": "3"},
			want: `COMPLIANCE_DISABLE_EXPORT (environment LATCHKEY_COMPLIANCE_DISABLE_EXPORT): "3" is neither true nor false`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := load(t, tc.file, tc.env)
			wantProblems(t, err, tc.want)
		})
	}
}

func TestEnforcedSettingsAcceptTheirDefaults(t *testing.T) {
	_, err := load(t, "ALLOW_MULTIPLE_SESSIONS: True\nAUTO_PROLONGATION_TOKEN_TIME_VALID: 0\nMAX_WEB_TOKEN_TIME_VALID: 2592000\nDISABLE_LAST_PASSWORDS: 0\n"+
		"COMPLIANCE_IP_RESTRICTIONS: []\nTRUSTED_PROXIES: []\nCOMPLIANCE_PASSWORD_GENERATOR_DEFAULT_PASSWORD_LENGTH: 20\n", nil)
	wantProblems(t, err, "")
}

func TestAlphabetThatYAMLReadsAsACommentIsRefused(t *testing.T) {
	for _, name := range []string{"LETTERS_UPPERCASE", "LETTERS_LOWERCASE", "NUMBERS", "SPECIAL_CHARS"} {
		key := "COMPLIANCE_PASSWORD_GENERATOR_DEFAULT_" + name
		want := key + " (settings.yml:1): has no value, or not all of it; quote it, since YAML takes an unquoted # for the start of a comment and ! for a tag"
		for _, value := range []string{" #!?", "", " ~", " null", " !?*+-", " +- #!", " !x abc"} {
			_, err := load(t, key+":"+value+"\n", nil)
			wantProblems(t, err, want)
		}
	}
}
