package names

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"
)

// Search returns the form in which text is searched for. It finds more than [Fold] holds for the same: ı, i and İ are one
// letter, the capital of the first being that of the second, so that ILIK finds ılık and istanbul finds İstanbul.
func Search(text string) string {
	folded := Fold(text)
	if isASCII(folded) {
		return folded
	}
	return norm.NFC.String(undotted(strings.ReplaceAll(norm.NFD.String(folded), "ı", "i")))
}

// undotted leaves out the dots that i and j have besides their own. It expects NFD.
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

// SearchText is what an account is found by, in the form of [Search]: its name and its e-mail, as typed, with the domain in
// ASCII as in emailKey, and with the domain in its own letters.
func SearchText(name, email, emailKey string) string {
	forms := []string{name, email, emailKey}
	if local, domain, isAddress := strings.Cut(emailKey, "@"); isAddress {
		if letters, err := idna.Display.ToUnicode(domain); err == nil {
			forms = append(forms, local+"@"+letters)
		}
	}
	var found []string
	for _, form := range forms {
		if form = Search(form); form != "" && !slices.Contains(found, form) {
			found = append(found, form)
		}
	}
	return strings.Join(found, " ")
}
