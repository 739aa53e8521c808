package password

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestNormalize(t *testing.T) {
	for name, test := range map[string]struct {
		raw, want string
		err       error
	}{
		"ASCII stays":            {raw: " Pa55 word! ", want: " Pa55 word! "},
		"spaces":                 {raw: "a\u00a0b\u2003c\u3000d", want: "a b c d"},
		"only spaces":            {raw: "\u3000", want: " "},
		"composed":               {raw: "e\u0301", want: "é"},
		"width and case stay":    {raw: "Ａａǅ", want: "Ａａǅ"},
		"emoji":                  {raw: "😀👍🏽", want: "😀👍🏽"},
		"²":                      {raw: "²", want: "²"},
		"empty":                  {raw: "", err: ErrEmpty},
		"4096 bytes":             {raw: strings.Repeat("x", 4096), want: strings.Repeat("x", 4096)},
		"4097 bytes":             {raw: strings.Repeat("x", 4097), err: ErrTooLong},
		"a megabyte of nonsense": {raw: strings.Repeat("\xff\x00", 1<<19), err: ErrTooLong},
		"not UTF-8":              {raw: "a\xffb", err: ErrNotUTF8},
		"overlong":               {raw: "\xc0\x80", err: ErrNotUTF8},
		"surrogate":              {raw: "\xed\xa0\x80", err: ErrNotUTF8},
		"NUL":                    {raw: "a\x00b", err: ErrControl},
		"tab":                    {raw: "a\tb", err: ErrControl},
		"line feed at the end":   {raw: "ab\n", err: ErrControl},
		"DEL":                    {raw: "\x7f", err: ErrControl},
		"C1":                     {raw: "\u0085", err: ErrControl},
		"line separator":         {raw: "a\u2028", err: ErrNotAllowed},
		"unassigned":             {raw: "a\u0378", err: ErrNotAllowed},
		"private use":            {raw: "\ue000", err: ErrNotAllowed},
		"noncharacter":           {raw: "\uffff", err: ErrNotAllowed},
		"zero width space":       {raw: "a\u200bb", err: ErrNotAllowed},
		"byte order mark":        {raw: "\ufeffa", err: ErrNotAllowed},
		"emoji joined":           {raw: "👩\u200d💻", err: ErrNotAllowed},
		"direction override":     {raw: "\u202eabc", err: ErrNotAllowed},
		"joiner where needed":    {raw: "क्\u200dष", want: "क्\u200dष"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Normalize(test.raw)
			if got != test.want || !errors.Is(err, test.err) {
				t.Errorf("got %q, %v, want %q, %v", got, err, test.want, test.err)
			}
		})
	}
}

func TestNormalizeIsIdempotent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		once, err := Normalize(rapid.String().Draw(t, "raw"))
		if err != nil {
			return
		}
		if twice, err := Normalize(once); err != nil || twice != once {
			t.Fatalf("%+q became %+q (%v)", once, twice, err)
		}
	})
}
