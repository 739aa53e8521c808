package names

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

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

// wordStart is in front of each word of a search text. It is as long as a trigram with one letter, so that an index of trigrams also finds
// words by their first letter or two.
const wordStart = "  "

// SearchText returns the text by which an account is found: the words, in the form of [Search], of its name, its e-mail as typed, with the
// domain in ASCII (emailKey) and in Unicode, and others, such as the name of the person. [SearchTerm] returns what a word is found by.
func SearchText(name, email, emailKey string, others ...string) string {
	forms := []string{name, email, emailKey}
	if local, domain, isAddress := strings.Cut(emailKey, "@"); isAddress {
		if letters, err := idna.Display.ToUnicode(domain); err == nil {
			forms = append(forms, local+"@"+letters)
		}
	}
	var words, starts []string
	for _, form := range append(forms, others...) {
		for _, word := range strings.Fields(Search(form)) {
			if !slices.Contains(words, word) {
				words, starts = append(words, word), append(starts, firstLetters([]rune(word)))
			}
		}
	}
	for _, word := range words {
		for _, start := range innerStarts(word) {
			if !slices.Contains(starts, start) {
				words, starts = append(words, start), append(starts, start)
			}
		}
	}
	return wordStart + strings.Join(words, wordStart)
}

// SearchTerm returns the part of a search text by which a word is found: a word of three letters or more anywhere, a shorter one at the
// beginning of a word.
func SearchTerm(word string) string {
	if n := utf8.RuneCountInString(word); n <= len(wordStart) {
		return wordStart[n-1:] + word
	}
	return word
}

// SearchWords returns the different words of a text, in the form of [Search].
func SearchWords(text string) (words []string) {
	for _, word := range strings.Fields(Search(text)) {
		if !slices.Contains(words, word) {
			words = append(words, word)
		}
	}
	return words
}

// innerStarts returns the first letters of the words inside a word, such as be in anna.becker.
func innerStarts(word string) (starts []string) {
	letters := []rune(word)
	for i := 1; i < len(letters); i++ {
		if inWord(letters[i]) && !unicode.Is(unicode.M, letters[i]) && (!inWord(letters[i-1]) || unicode.In(letters[i], withoutSpaces...)) {
			starts = append(starts, firstLetters(letters[i:]))
		}
	}
	return starts
}

// withoutSpaces are scripts that write no spaces between words, so that each letter may begin one.
var withoutSpaces = []*unicode.RangeTable{
	unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar,
}

func inWord(r rune) bool { return unicode.In(r, unicode.L, unicode.M, unicode.N) }

func firstLetters(letters []rune) string { return string(letters[:min(len(letters), len(wordStart))]) }
