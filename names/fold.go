package names

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Fold returns the form in which names are compared: the compatibility caseless form (Unicode Standard 3.13, D146), composed. It
// uses full case folding (CaseFolding.txt, statuses C and F), so ς, σ and Σ are the same, and so are ß, ẞ and SS. Compatibility
// only matters for passwords and searches: in names, only symbols that are mapped by width have such a decomposition. The form is
// composed because decomposed "jose" would be a part of "josé", which is another name.
func Fold(text string) string {
	if isASCII(text) {
		return strings.ToLower(text)
	}
	once := norm.NFKD.String(foldCase(norm.NFD.String(text)))
	return norm.NFKC.String(foldCase(once))
}

// foldCase applies full case folding. Cherokee becomes lower case: Unicode folds it to upper case, and x/text not at all.
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
