package names

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Fold returns the form in which names are compared: the compatibility caseless form (Unicode Standard 3.13, D146) in its
// composed spelling. It is full case folding (CaseFolding.txt, statuses C and F), so ς, σ and Σ are the same, and so are ß, ẞ
// and SS. Compatibility matters to passwords and searches alone, since names have no symbols with such a decomposition but
// those that are mapped by width. Composed, because decomposed "jose" is a part of "josé", which is another name.
func Fold(text string) string {
	if isASCII(text) {
		return strings.ToLower(text)
	}
	once := norm.NFKD.String(foldCase(norm.NFD.String(text)))
	return norm.NFKC.String(foldCase(once))
}

// foldCase is full case folding. Cherokee, which Unicode folds to its capitals and x/text not at all, becomes small.
func foldCase(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cherokee, r) {
			return unicode.ToLower(r)
		}
		return r
	}, cases.Fold().String(text))
}

func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
