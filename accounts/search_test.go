package accounts_test

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"latchkey/accounts"
	"latchkey/accounts/identifier"
	"latchkey/models"
	"latchkey/names"
)

// shown are accounts whose names and e-mails are hard to find.
var shown = []accounts.NewAccount{
	{Name: "Zoë.Müller", Email: "Zoe@Bücher.example"}, {Name: "ascii", Email: "ascii@xn--bcher-kva.example"}, {Name: "İbrahim", Email: "i@example.com"},
	{Name: "ılgaz", Email: "dotless@example.com"}, {Name: "J\u030cana", Email: "j@straße.example"}, {Name: "Γιάννης", Email: "g@παράδειγμα.example"},
	{Name: "ΜΑΡΙΟΣ", Email: "m@example.com"}, {Name: "Straße", Email: "s@FUSSBALL.example"}, {Name: "ﾊﾝｶｸ", Email: "k@例え。example"}, {Name: "Ａｄａ", Email: "wide@ｅｘａｍｐｌｅ.com"},
	{Name: "vie\u0323\u0302t", Email: "v@bu\u0308cher.test"}, {Name: "H\u0331ans", Email: "h@example.com"}, {Name: "ᎠᏯ_1", Email: "c@example.com"}, {Name: "ᾳδης", Email: "o'hara!#$%&@example.com"},
	{Name: "نامه", Email: "n@نامهای.example"}, {Name: "이름", Email: "x@한국.example"}, {Name: "own@bücher.example", Email: "own@bücher.example"},
}

// TestSearchFindsWhatIsShown: each row is found by the text of its cells, by each word of them, in other case and other
// normal form.
func TestSearchFindsWhatIsShown(t *testing.T) {
	scenario(t, func(t *testing.T, w *world) {
		for _, input := range shown {
			w.create(input)
		}
		list := must(w.List(t.Context(), w.root, models.AccountFilter{Limit: 99}))(t)
		for _, row := range list.Rows {
			for _, cell := range []string{row.Name, row.Email} {
				for _, text := range append(words(cell), cell) {
					for _, way := range []string{text, norm.NFD.String(text), norm.NFC.String(text), strings.ToUpper(text), strings.ToLower(text), norm.NFD.String(strings.ToUpper(text))} {
						if got := w.found(way); !slices.Contains(got, row.Name) {
							t.Errorf("%q does not find %q (%s), but %q", way, row.Name, row.Email, got)
						}
					}
				}
			}
		}
		for text, want := range map[string][]string{
			"bücher": {"Zoë.Müller", "ascii", "own@bücher.example", "vie\u0323\u0302t"}, "XN--BCHER-KVA": {"Zoë.Müller", "ascii", "own@bücher.example", "vie\u0323\u0302t"},
			"ibrahim": {"İbrahim"}, "ILGAZ": {"ılgaz"}, "STRASSE": {"J\u030cana", "Straße"}, "xn--bcher-kva.ex": {"Zoë.Müller", "ascii", "own@bücher.example"},
		} {
			got := w.found(text)
			if slices.Sort(got); !equal(got, sortedCopy(want)) {
				t.Errorf("%q finds %q, want %q", text, got, want)
			}
		}
	})
}

func sortedCopy(list []string) []string { return slices.Sorted(slices.Values(list)) }

// words returns the parts of a cell between signs.
func words(cell string) []string {
	return strings.FieldsFunc(cell, func(r rune) bool { return strings.ContainsRune(" .@_-+。", r) })
}

// The same for generated names, without a database.
func TestSearchFindsInventedNames(t *testing.T) {
	const signs = "09._-+\u0308\u0301\u030c\u0307\u0323"
	alphabets := []string{"aAzZßẞıİiIjJǰéÉöËŁą" + signs, "ΣσςΐΑαᾳΙι" + signs, "йЙёЁЦц" + signs, "AaカｶガﾞはＡ名한\u1100\u1161", "Ꭰꭰ0", "Եե", "Ააა"}
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringOfN(rapid.SampledFrom([]rune(rapid.SampledFrom(alphabets).Draw(t, "alphabet"))), 1, 20, -1).Draw(t, "name")
		if _, err := identifier.NameKey(name); err != nil {
			t.Skip()
		}
		found := names.SearchText(name, "", "")
		for _, text := range append(words(name), name) {
			for _, way := range []string{text, norm.NFD.String(text), norm.NFC.String(text), strings.ToUpper(text), strings.ToLower(text)} {
				if !strings.Contains(found, names.Search(way)) {
					t.Fatalf("%+q does not find %+q", way, name)
				}
			}
		}
	})
}
