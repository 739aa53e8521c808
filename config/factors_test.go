package config_test

import (
	"strings"
	"testing"
)

func TestEnforcedFactors(t *testing.T) {
	const noneFits = "no allowed second factor can be set up: passkeys need a BASE_URL of https:// and a host name; ALLOWED_SECOND_FACTORS may name google_authenticator"
	for _, tc := range []struct {
		name, file string
		env        map[string]string
		kinds      string
		noApps     bool
		problem    string
	}{
		{name: "defaults"},
		{name: "for everyone", env: map[string]string{"COMPLIANCE_ENFORCE_2FA": "True"}, kinds: "superadmin organization customer"},
		{name: "for some", file: "COMPLIANCE_ENFORCE_2FA: true\nENFORCE_2FA_FOR: [superadmin, Organization]\n", kinds: "superadmin organization"},
		{name: "for some, but not enforced", env: map[string]string{"LATCHKEY_ENFORCE_2FA_FOR": "superadmin"}},
		{name: "for unknown ones", env: map[string]string{"LATCHKEY_ENFORCE_2FA_FOR": "superadmin,admin"},
			problem: `ENFORCE_2FA_FOR (environment LATCHKEY_ENFORCE_2FA_FOR): "admin" is none of superadmin, organization, customer`},
		{name: "for none", env: map[string]string{"LATCHKEY_ENFORCE_2FA_FOR": ","},
			problem: `ENFORCE_2FA_FOR (environment LATCHKEY_ENFORCE_2FA_FOR): "" is none of superadmin, organization, customer`},
		{name: "apps", file: "COMPLIANCE_ENFORCE_2FA: true\nALLOWED_SECOND_FACTORS: google_authenticator\n", kinds: "superadmin organization customer"},
		{name: "no apps, not enforced", env: map[string]string{"ALLOWED_SECOND_FACTORS": "webauthn"}, noApps: true},
		{name: "passkeys only, by name", file: "COMPLIANCE_ENFORCE_2FA: true\n", kinds: "superadmin organization customer", noApps: true,
			env: map[string]string{"ALLOWED_SECOND_FACTORS": "webauthn", "LATCHKEY_BASE_URL": "https://accounts.example"}},
		{name: "passkeys only, on localhost", file: "COMPLIANCE_ENFORCE_2FA: true\n", kinds: "superadmin organization customer", noApps: true,
			env: map[string]string{"ALLOWED_SECOND_FACTORS": "webauthn"}},
		{name: "passkeys only, by IP address", file: "COMPLIANCE_ENFORCE_2FA: true\n",
			env:     map[string]string{"ALLOWED_SECOND_FACTORS": "webauthn", "LATCHKEY_BASE_URL": "https://192.0.2.1"},
			problem: "COMPLIANCE_ENFORCE_2FA (settings.yml:1): " + noneFits},
		{name: "passkeys only, without TLS", file: "COMPLIANCE_ENFORCE_2FA: true\n",
			env:     map[string]string{"ALLOWED_SECOND_FACTORS": "webauthn", "LATCHKEY_BASE_URL": "http://accounts.example"},
			problem: "COMPLIANCE_ENFORCE_2FA (settings.yml:1): " + noneFits},
		{name: "unknown ones", env: map[string]string{"ALLOWED_SECOND_FACTORS": "sms"},
			problem: `ALLOWED_SECOND_FACTORS (environment ALLOWED_SECOND_FACTORS): "sms" is none of webauthn, google_authenticator`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c, err := load(t, tc.file, tc.env)
			wantProblems(t, err, tc.problem)
			if got := strings.Join(c.FactorsFor, " "); err == nil && (got != tc.kinds || c.Apps == tc.noApps) {
				t.Errorf("enforced for %q, apps %t", got, c.Apps)
			}
		})
	}
}
