package names

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"
)

// Search returns the form in which text is searched. It matches more than [Fold]: ı, i and İ are one letter, since the upper case of
// both ı and i is I. So ILIK finds ılık, and istanbul finds İstanbul.
func Search(text string) string {
	folded := Fold(text)
	if isASCII(folded) {
		return folded
	}
	return norm.NFC.String(undotted(strings.ReplaceAll(norm.NFD.String(folded), "ı", "i")))
}

// undotted removes combining dots from i and j, which have dots of their own. It expects NFD.
func undotted(text string) string {
	var base rune
	return strings.Map(func(r rune) rune {
		if r == '\u0307' && (base == 'i' || base == 'j') {
			return -1
		}
		if !unicode.Is(unicode.M, r) {
			base = r
		}
		return r
	}, text)
}

// SearchText returns the text by which an account is found, in the form of [Search]: its name, its e-mail as typed, with the domain
// in ASCII (emailKey), and with the domain in Unicode, and others, such as the name of the person.
func SearchText(name, email, emailKey string, others ...string) string {
	forms := []string{name, email, emailKey}
	if local, domain, isAddress := strings.Cut(emailKey, "@"); isAddress {
		if letters, err := idna.Display.ToUnicode(domain); err == nil {
			forms = append(forms, local+"@"+letters)
		}
	}
	var found []string
	for _, form := range append(forms, others...) {
		if form = Search(form); form != "" && !slices.Contains(found, form) {
			found = append(found, form)
		}
	}
	return strings.Join(found, " ")
}
