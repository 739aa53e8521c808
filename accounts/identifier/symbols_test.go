package identifier_test

import (
	"errors"
	"maps"
	"strings"
	"testing"

	"latchkey/accounts/core"
	"latchkey/accounts/identifier"
)

// TestRefusedSymbolsAreNamed: code and parameters name the symbol for which a name or an address is refused.
func TestRefusedSymbolsAreNamed(t *testing.T) {
	name := func(text string) error { _, err := identifier.NameKey(text); return err }
	email := func(text string) error { _, err := identifier.ParseEmail(text); return err }
	for _, test := range []struct {
		judge         func(string) error
		text          string
		problem       core.Code
		symbol, point string
	}{
		{name, "ada❤\ufe0f", "name.symbol", "❤", "U+2764"},
		{name, "a/b", "name.symbol", "/", "U+002F"},
		{name, "a\u200db", "symbol.invisible", "", "U+200D"},
		{name, "a\ufe0f", "symbol.invisible", "", "U+FE0F"},
		{name, "a\u3164", "symbol.invisible", "", "U+3164"},
		{name, "a\x00b", "symbol.control", "", "U+0000"},
		{name, "a\ue000", "symbol.private", "", "U+E000"},
		{name, "a\u0378", "symbol.unassigned", "", "U+0378"},
		{name, "\ufb01sh", "name.look_alike_symbol", "\ufb01", "U+FB01"},
		{name, "محـمد", "name.look_alike_symbol", "ـ", "U+0640"},
		{email, "ada\u200b@example.com", "symbol.invisible", "", "U+200B"},
		{email, "ada@exa\x00mple.com", "symbol.control", "", "U+0000"},
		{email, "ada@\ue000.example", "symbol.private", "", "U+E000"},
		{email, "müller@example.com", "email.invalid", "", ""},
		{email, "ada@\xff\u200b", "email.invalid", "", ""},
	} {
		var invalid *core.ValidationError
		if err := test.judge(test.text); !errors.As(err, &invalid) {
			t.Errorf("%+q: %v", test.text, err)
			continue
		}
		problem, params := invalid.Fields[0], core.Params(nil)
		if test.point != "" {
			params = core.Params{"symbol": test.symbol, "code": test.point}
		}
		if problem.Code != test.problem || !maps.Equal(problem.Params, params) {
			t.Errorf("%+q: %q %+q", test.text, problem.Code, problem.Params)
		}
		if strings.Contains(invalid.Error(), "U+") {
			t.Errorf("%+q: the error's text, which may be logged, is %q", test.text, invalid)
		}
	}
}
