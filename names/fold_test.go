package names

import (
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"
)

func TestFold(t *testing.T) {
	for folded, same := range map[string][]string{
		"γιάννησ":   {"Γιάννης", "ΓΙΆΝΝΗΣ", "γιάννης", "γιάννησ", "ΓΙΑ\u0301ΝΝΗΣ"},
		"strasse":   {"Straße", "STRASSE", "STRAẞE", "strasse"},
		"αι":        {"ᾳ", "ᾼ", "ΑΙ", "Αι"},
		"\u01f0":    {"\u01f0", "J\u030c", "j\u030c"},
		"ꭰ":         {"Ꭰ", "ꭰ"},
		"ᏸ":         {"Ᏸ", "ᏸ"},
		"i\u0307":   {"İ", "i\u0307"},
		"istanbul":  {"ISTANBUL", "Istanbul", "ＩＳＴＡＮＢＵＬ"},
		"ılık":      {"ılık"},
		"ΐ":         {"ΐ", "\u1fd3", "ι\u0308\u0301", "Ϊ\u0301"},
		"եւ":        {"և", "ԵՒ"},
		"иван":      {"Иван", "ИВАН"},
		"ა":         {"ა", "Ა"},
		"𐐨":         {"𐐀", "𐐨"},
		"k":         {"K", "k", "\u212a"},
		"ångström":  {"ÅNGSTRÖM", "\u212bngström", "A\u030angstro\u0308m"},
		"dž":        {"ǆ", "ǅ", "Ǆ"},
		"ガス":        {"ｶﾞｽ", "カ\u3099ス"},
		"ada.l_1-x": {"Ada.L_1-X", "ａｄａ．Ｌ＿１－ｘ"},
	} {
		for _, text := range same {
			if got := Fold(text); got != folded {
				t.Errorf("%q folds to %+q, want %+q", text, got, folded)
			}
		}
	}
	for _, different := range [][2]string{{"jose", "josé"}, {"ilik", "ılık"}, {"istanbul", "İstanbul"}, {"и", "й"}, {"mueller", "müller"}, {"ως", "ώς"}} {
		if Fold(different[0]) == Fold(different[1]) {
			t.Errorf("%q and %q are the same", different[0], different[1])
		}
	}
}

// TestFoldKnowsEveryCase: each symbol folds as its capitals and small letters do, and what is folded stays. Only the Turkish
// letters do not: the capital of ı is that of i, and the small letter of İ is in some tables i, in others i with a dot more.
func TestFoldKnowsEveryCase(t *testing.T) {
	upper, lower := cases.Upper(language.Und), cases.Lower(language.Und, cases.HandleFinalSigma(true))
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if !unicode.In(r, unicode.L, unicode.M, unicode.N) || unicode.In(r, unicode.Han, unicode.Hangul, unicode.Tangut) {
			continue
		}
		text := "a" + string(r) + "b"
		want := Fold(text)
		ways := []string{want, norm.NFC.String(text), norm.NFD.String(text)}
		if r != 'ı' && r != 'İ' {
			ways = append(ways, lower.String(text), strings.ToLower(text), upper.String(text), strings.ToUpper(text), strings.ToTitle(text))
		}
		for _, way := range ways {
			if got := Fold(way); got != want {
				t.Errorf("%+q folds to %+q, but as %+q to %+q", text, want, way, got)
			}
		}
	}
}
