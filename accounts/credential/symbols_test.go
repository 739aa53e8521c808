package credential_test

import (
	"maps"
	"strings"
	"testing"

	"latchkey/accounts/core"
	"latchkey/accounts/credential"
	"latchkey/password"
)

// TestRefusedPasswordSymbolsAreNamed: code and parameters name the symbol for which a password is refused.
func TestRefusedPasswordSymbolsAreNamed(t *testing.T) {
	for _, test := range []struct {
		text          string
		problem       core.Code
		symbol, point string
	}{
		{"Aa1!❤\ufe0f", "symbol.joined", "❤\ufe0f", "U+FE0F"},
		{"Aa1!\u200b", "symbol.invisible", "", "U+200B"},
		{"Aa1!\t", "symbol.control", "", "U+0009"},
		{"Aa1!\ue000", "symbol.private", "", "U+E000"},
		{"Aa1!\u0378", "symbol.unassigned", "", "U+0378"},
		{"Aa1!ـ", "symbol.other", "ـ", "U+0640"},
		{"Aa1!" + strings.Repeat("\u0316", 40), "password.not_comparable", "", ""},
	} {
		_, err := password.Normalize(test.text)
		problem, params := credential.Problem("password", err).Fields[0], core.Params(nil)
		if test.point != "" {
			params = core.Params{"symbol": test.symbol, "code": test.point}
		}
		if problem.Code != test.problem || !maps.Equal(problem.Params, params) {
			t.Errorf("%+q: %q %+q", test.text, problem.Code, problem.Params)
		}
	}
}
