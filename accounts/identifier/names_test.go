package identifier_test

import (
	"strings"
	"testing"

	"latchkey/accounts/identifier"
)

func TestNames(t *testing.T) {
	long := strings.Repeat("x", 64)
	for name, want := range map[string]string{ // "" = refused
		"Ada": "ada", "ada.lovelace_1815-x+y": "ada.lovelace_1815-x+y", "JOSÉ": "josé", "Jose\u0301": "josé", "ＡＤＡ": "ada",
		"Straße": "strasse", "ΑΛΦΑ": "αλφα", "Αλέξης": "αλέξησ", "Иван": "иван", "名前": "名前", "عمر": "عمر", long: long, "ada@example.com": "ada@example.com",
		"": "", " ada": "", "ada ": "", "a b": "", "a\u00a0b": "", "a\tb": "", "a\x00b": "", "\xff": "", long + "x": "",
		"\ufb01sh": "", "\u01c6": "", "pаypal": "", "αda": "", "ไทยada": "", "ada名前": "ada名前", "한글ガス": "", "a\u200db": "", "a\u202eb": "", "a/b": "", "a\\b": "", "<b>": "",
		"a,b": "", "a;b": "", "a'b": "", "a%b": "", "①": "", "😀": "", "\u0301a": "", "a\u2028b": "",
	} {
		got, err := identifier.NameKey(name)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: got %q, %v, want %q", name, got, err, want)
		}
		if again, err := identifier.NameKey(want); want != "" && (err != nil || again != want) {
			t.Errorf("the key %q becomes %q, %v", want, again, err)
		}
	}
}

func TestEmails(t *testing.T) {
	for text, want := range map[string]identifier.Email{
		"Ada.L+x@Example.COM":   {Typed: "Ada.L+x@Example.COM", Key: "ada.l+x@example.com", Wire: "Ada.L+x@example.com"},
		" ada@example.com ":     {Typed: "ada@example.com", Key: "ada@example.com", Wire: "ada@example.com"},
		"ada@müller.example":    {Typed: "ada@müller.example", Key: "ada@xn--mller-kva.example", Wire: "ada@xn--mller-kva.example"},
		"ada@MÜLLER.example":    {Typed: "ada@MÜLLER.example", Key: "ada@xn--mller-kva.example", Wire: "ada@xn--mller-kva.example"},
		"o'hara!#$%&@a.example": {Typed: "o'hara!#$%&@a.example", Key: "o'hara!#$%&@a.example", Wire: "o'hara!#$%&@a.example"},
	} {
		if got, err := identifier.ParseEmail(text); got != want || err != nil {
			t.Errorf("%q: got %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{
		"", " ", "ada", "@example.com", "ada@", "ada@@example.com", "a@b@example.com", "ada@example..com", "ada@.example.com",
		"ada@example.com.", ".ada@example.com", "ada.@example.com", "a..b@example.com", `"ada"@example.com`, "ada b@example.com",
		"müller@example.com", "ada@exa mple.com", "ada@example.com, bob@example.com", "Ada <ada@example.com>", "ada@[127.0.0.1]",
		"ada@example.com\r\nBcc: x@example.com", "ada\x00@example.com", "ada@exam\x00ple.com", "ada@\xff.com", "ada\n@example.com",
		"ada@example_.com", "ada@-example.com", "ada\u2028@example.com", "=?utf-8?q?ada?=(x)@example.com",
		strings.Repeat("x", 65) + "@example.com", "ada@" + strings.Repeat("x.", 130) + "com",
		"ada@" + strings.Repeat("x", 64) + ".com", "ada@" + strings.Repeat("ü", 60) + ".example",
	} {
		if got, err := identifier.ParseEmail(text); err == nil {
			t.Errorf("%q is taken as %+v", text, got)
		}
	}
}
