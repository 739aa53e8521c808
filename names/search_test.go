package names

import (
	"slices"
	"strings"
	"testing"
)

func TestSearchText(t *testing.T) {
	for _, tc := range []struct{ name, email, key, want string }{
		{"Ada", "Ada@Example.com", "ada@example.com", "ada ada@example.com ex co"},
		{"ada@example.com", "ada@example.com", "ada@example.com", "ada@example.com ex co"},
		{"Zoë", "zoë@BÜCHER.example", "zoe@xn--bcher-kva.example", "zoë zoë@bücher.example zoe@xn--bcher-kva.example zoe@bücher.example bü ex xn bc kv"},
		{"a", "a@xn--bcher-kva.example", "a@xn--bcher-kva.example", "a a@xn--bcher-kva.example a@bücher.example xn bc kv ex bü"},
		{"ILIK", "", "", "ilik"},
		{"a.b-3", "", "", "a.b-3 b- 3"},
		{"李小龙", "", "", "李小龙 小龙 龙"},
		{"Default", "", "", "default"},
	} {
		if got := SearchText(tc.name, tc.email, tc.key); got != spaced(tc.want) {
			t.Errorf("%q, %q: %q, want %q", tc.name, tc.email, got, spaced(tc.want))
		}
	}
}

// spaced returns the search text of words.
func spaced(words string) string { return "  " + strings.ReplaceAll(words, " ", "  ") }

func TestSearchTextHasOthers(t *testing.T) {
	const want = "a.becker a.becker@example.com anna becker c-10423 ex co 10"
	if got := SearchText("a.becker", "A.Becker@example.com", "a.becker@example.com", "Anna Becker", "C-10423", ""); got != spaced(want) {
		t.Errorf("%q, want %q", got, spaced(want))
	}
}

func TestSearchTerm(t *testing.T) {
	text := SearchText("anna.becker", "", "", "Ü 李伟")
	for word, found := range map[string]bool{
		"a": true, "an": true, "ann": true, "nna": true, "nn": false, "n": false, "b": true, "be": true, "ec": false, "a.b": true, ".b": false,
		"ü": true, "李": true, "伟": true, "李伟": true, "r": false,
	} {
		if got := strings.Contains(text, SearchTerm(word)); got != found {
			t.Errorf("%q is found in %q: %v", word, text, got)
		}
	}
}

func TestSearchWords(t *testing.T) {
	if got := SearchWords(" Anna\tBECKER  anna\u00a0x "); !slices.Equal(got, []string{"anna", "becker", "x"}) {
		t.Errorf("%q", got)
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
