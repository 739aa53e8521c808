package identifier_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"latchkey/accounts/core"
	"latchkey/accounts/identifier"
)

// TestRefusedSymbolsAreNamed: message and arguments name the symbol for which a name or an address is refused.
func TestRefusedSymbolsAreNamed(t *testing.T) {
	const (
		notInNames = "{{.Symbol}} ({{.Code}}) is not allowed in names. A name consists of letters, digits and . _ - @ + only."
		lookAlike  = "{{.Symbol}} ({{.Code}}) is not allowed in names, because it is easily confused with other letters. Use plain letters and digits."
		notInMail  = "Enter one e-mail address, such as ada@example.com, with plain letters before the @."
	)
	name := func(text string) error { _, err := identifier.NameKey(text); return err }
	email := func(text string) error { _, err := identifier.ParseEmail(text); return err }
	for _, test := range []struct {
		judge         func(string) error
		text, message string
		symbol, code  string
	}{
		{name, "ada❤\ufe0f", notInNames, "❤", "U+2764"},
		{name, "a/b", notInNames, "/", "U+002F"},
		{name, "a\u200db", "symbol.invisible", "", "U+200D"},
		{name, "a\ufe0f", "symbol.invisible", "", "U+FE0F"},
		{name, "a\u3164", "symbol.invisible", "", "U+3164"},
		{name, "a\x00b", "symbol.control", "", "U+0000"},
		{name, "a\ue000", "symbol.private", "", "U+E000"},
		{name, "a\u0378", "symbol.unassigned", "", "U+0378"},
		{name, "\ufb01sh", lookAlike, "\ufb01", "U+FB01"},
		{name, "محـمد", lookAlike, "ـ", "U+0640"},
		{email, "ada\u200b@example.com", "symbol.invisible", "", "U+200B"},
		{email, "ada@exa\x00mple.com", "symbol.control", "", "U+0000"},
		{email, "ada@\ue000.example", "symbol.private", "", "U+E000"},
		{email, "müller@example.com", notInMail, "", ""},
		{email, "ada@\xff\u200b", notInMail, "", ""},
	} {
		var invalid *core.ValidationError
		if err := test.judge(test.text); !errors.As(err, &invalid) {
			t.Errorf("%+q: %v", test.text, err)
			continue
		}
		problem, args := invalid.Fields[0], []any(nil)
		if test.code != "" {
			args = []any{"Symbol", test.symbol, "Code", test.code}
		}
		if problem.Message != test.message || fmt.Sprint(problem.Args) != fmt.Sprint(args) {
			t.Errorf("%+q: %q %+q", test.text, problem.Message, problem.Args)
		}
		if strings.Contains(invalid.Error(), "U+") {
			t.Errorf("%+q: the error's text, which may be logged, is %q", test.text, invalid)
		}
	}
}
