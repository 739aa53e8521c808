package names

import (
	"testing"
	"unicode"
)

func TestHighlyRestrictive(t *testing.T) {
	for _, text := range []string{
		"", "ada", "ada_1.b-c+d", "müller", "Łukasz", "иван", "иван1", "Γιάννης", "שלום", "عمر", "عمر1", "علی۵", "नमस्ते", "สวัสดี", "ა", "ᏸᏰ", "名前", "名前テスト",
		"ガス", "한글", "한글漢字", "ㄅ漢", "名前ada", "adaテスト", "ada한글", "adaㄅ漢", "々あ", "ー", "カー1", "e\u0301", "и\u0301",
	} {
		if !HighlyRestrictive(text) {
			t.Errorf("%q is refused", text)
		}
	}
	for _, text := range []string{
		"pаypal", "αda", "αда", "adaשלום", "adaعمر", "adaสวัสดี", "名前иван", "한글ガス", "ㄅガ", "ㄅ한", "adaㄅ한", "adaカ한", "עمر", "Ꭰda", "नমস", "a\u0483", "名前α",
		"աda", "ada०", "६৬",
	} {
		if HighlyRestrictive(text) {
			t.Errorf("%q is taken", text)
		}
	}
}

// TestTablesAreOfGosUnicode: a Go of another version of Unicode needs the tables of that version; see third_party/unicode.
func TestTablesAreOfGosUnicode(t *testing.T) {
	if scriptsVersion != unicode.Version {
		t.Errorf("the scripts of names are of Unicode %s, those of Go of %s", scriptsVersion, unicode.Version)
	}
}
