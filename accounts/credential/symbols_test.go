package credential_test

import (
	"fmt"
	"strings"
	"testing"

	"latchkey/accounts/credential"
	"latchkey/password"
)

// TestRefusedPasswordSymbolsAreNamed: message and arguments name the symbol for which a password is refused.
func TestRefusedPasswordSymbolsAreNamed(t *testing.T) {
	for _, test := range []struct{ text, message, symbol, code string }{
		{"Aa1!❤\ufe0f", "symbol.joined", "❤\ufe0f", "U+FE0F"},
		{"Aa1!\u200b", "symbol.invisible", "", "U+200B"},
		{"Aa1!\t", "symbol.control", "", "U+0009"},
		{"Aa1!\ue000", "symbol.private", "", "U+E000"},
		{"Aa1!\u0378", "symbol.unassigned", "", "U+0378"},
		{"Aa1!ـ", "symbol.other", "ـ", "U+0640"},
		{"Aa1!" + strings.Repeat("\u0316", 40), "This password has symbols that cannot be compared reliably. Leave out what is not a letter, digit or common symbol.", "", ""},
	} {
		_, err := password.Normalize(test.text)
		problem, args := credential.Problem("password", err), []any(nil)
		if test.code != "" {
			args = []any{"Symbol", test.symbol, "Code", test.code}
		}
		if problem.Message != test.message || fmt.Sprint(problem.Args) != fmt.Sprint(args) {
			t.Errorf("%+q: %q %+q", test.text, problem.Message, problem.Args)
		}
	}
}
