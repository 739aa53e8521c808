package names

import (
	"strings"
	"testing"
)

func TestSearchText(t *testing.T) {
	for _, tc := range []struct{ name, email, key, want string }{
		{"Ada", "Ada@Example.com", "ada@example.com", "ada ada@example.com"},
		{"ada@example.com", "ada@example.com", "ada@example.com", "ada@example.com"},
		{"Zoë", "zoë@BÜCHER.example", "zoe@xn--bcher-kva.example", "zoë zoë@bücher.example zoe@xn--bcher-kva.example zoe@bücher.example"},
		{"a", "a@xn--bcher-kva.example", "a@xn--bcher-kva.example", "a a@xn--bcher-kva.example a@bücher.example"},
		{"ILIK", "", "", "ilik"},
		{"Default", "", "", "default"},
	} {
		if got := SearchText(tc.name, tc.email, tc.key); got != tc.want {
			t.Errorf("%q, %q: %q, want %q", tc.name, tc.email, got, tc.want)
		}
	}
}

func TestSearchTextHasOthers(t *testing.T) {
	const want = "a.becker a.becker@example.com anna becker c-10423"
	if got := SearchText("a.becker", "A.Becker@example.com", "a.becker@example.com", "Anna Becker", "C-10423", ""); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestSearchFindsOtherSpellings(t *testing.T) {
	for text, found := range map[string][]string{
		"İstanbul": {"istanbul", "ISTANBUL", "İSTANBUL", "ıstanbul", "i\u0307stan", "stan"},
		"ılık":     {"ılık", "ILIK", "ilik", "Ilık"},
		"Straße":   {"STRASSE", "straße", "STRAẞE", "asse"},
		"ΓΙΆΝΝΗΣ":  {"γιάννης", "Γιάννης", "ννης"},
		"J\u030ca": {"ǰa", "J\u030cA", "ǰ"},
		"ﬁsh":      {"fish", "FISH"},
	} {
		for _, typed := range found {
			if !strings.Contains(Search(text), Search(typed)) {
				t.Errorf("%q is not found by %q", text, typed)
			}
		}
	}
}
