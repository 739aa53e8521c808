package identifier

import (
	"errors"
	"strings"
	"testing"

	"latchkey/accounts/core"
)

func TestTextsAboutAPerson(t *testing.T) {
	parsers := map[string]func(string) (string, error){
		"displayName": ParseDisplayName, "externalId": ParseExternalID, "phone": ParsePhone, "note": ParseNote,
	}
	long := func(n int) string { return strings.Repeat("ж", n) }
	for _, tc := range []struct {
		fields, text string
		want         string
		code         core.Code // "" = accepted
	}{
		{"displayName externalId phone note", "", "", ""},
		{"displayName externalId phone note", " \t\r\n\u200b", "", ""},
		{"displayName externalId phone note", "  Anna Becker\u00a0", "Anna Becker", ""},
		{"displayName", "Anna  \u00a0Maria\u2003Becker", "Anna Maria Becker", ""},
		{"externalId", "A  1", "A  1", ""},
		{"displayName externalId phone note", "Zoe\u0308", "Zoë", ""},
		{"displayName externalId phone note", "می\u200cخواهم", "می\u200cخواهم", ""},
		{"displayName externalId phone note", "Ada 👩\u200d💻", "Ada 👩\u200d💻", ""},
		{"displayName externalId phone note", `O'Hara <b>"x"</b>`, `O'Hara <b>"x"</b>`, ""},
		{"displayName externalId phone", "Anna\nBecker", "", "symbol.control"},
		{"displayName externalId phone", "Anna\tBecker", "", "symbol.control"},
		{"displayName externalId phone note", "Anna\x00", "", "symbol.control"},
		{"displayName externalId phone note", "An\u009bna", "", "symbol.control"},
		{"displayName externalId phone note", "An\x1b[31mna", "", "symbol.control"},
		{"displayName externalId phone", "Anna\u2028Becker", "", "symbol.invisible"},
		{"displayName externalId phone", "Anna\u202eBecker", "", "symbol.invisible"},
		{"displayName externalId phone", "a\u3164b", "", "symbol.invisible"},
		{"displayName externalId phone note", "\xff", "", "text.not_text"},
		{"note", "called on Monday\r\n\r\n\twill call back\rsoon", "called on Monday\n\n\twill call back\nsoon", ""},
		{"displayName externalId", long(100), long(100), ""},
		{"displayName externalId phone", long(101), "", "text.too_long"},
		{"displayName", strings.Repeat("e\u0323\u0302", 100), strings.Repeat("ệ", 100), ""},
		{"phone", long(40), long(40), ""},
		{"phone", long(41), "", "text.too_long"},
		{"note", strings.Repeat("ab\r\n", 333), strings.TrimSpace(strings.Repeat("ab\n", 333)), ""},
		{"note", long(1000), long(1000), ""},
		{"note", long(1001), "", "text.too_long"},
		{"displayName externalId phone note", strings.Repeat("x", 64<<10), "", "text.too_long"},
		{"displayName externalId phone note", strings.Repeat("\xff", 64<<10), "", "text.too_long"},
	} {
		for field := range strings.FieldsSeq(tc.fields) {
			got, err := parsers[field](tc.text)
			var code core.Code
			if invalid := new(core.ValidationError); errors.As(err, &invalid) && invalid.Fields[0].Field == field {
				code = invalid.Fields[0].Code
			} else if err != nil {
				t.Errorf("%s %.40q: %v", field, tc.text, err)
			}
			if code != tc.code || err == nil && got != tc.want {
				t.Errorf("%s %.40q: %.40q, %q, want %.40q, %q", field, tc.text, got, code, tc.want, tc.code)
			}
		}
	}
}
