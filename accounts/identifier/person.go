package identifier

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"latchkey/accounts/core"
	"latchkey/password"
)

// What is wrong with a text about a person.
const (
	errTextTooLong core.Code = "text.too_long"
	errTextNotText core.Code = "text.not_text"
)

// The longest texts about a person, in Unicode code points after NFC.
const (
	maxDisplayName = 100
	maxExternalID  = 100
	maxPhone       = 40
	maxNote        = 1000
	maxTitle       = 64
	maxViewTitle   = 100
	maxKeyTitle    = 256
)

// maxDecomposed is how many bytes a code point may come from before NFC. Longer input is refused before it is normalized.
const maxDecomposed = 16

// ParseDisplayName returns what a person is called: one line with single spaces.
func ParseDisplayName(text string) (string, error) {
	name, err := parseLine("displayName", text, maxDisplayName)
	return strings.Join(strings.Fields(name), " "), err
}

// ParseExternalID returns what another system calls a person: one line.
func ParseExternalID(text string) (string, error) {
	return parseLine("externalId", text, maxExternalID)
}

// ParsePhone returns a phone number, in any form: one line.
func ParsePhone(text string) (string, error) { return parseLine("phone", text, maxPhone) }

// ParseTitle returns the title that people give a thing of theirs, such as a second factor: one line.
func ParseTitle(text string) (string, error) { return parseLine("title", text, maxTitle) }

// ParseViewTitle returns what a saved view is called: one line with single spaces. It may be empty.
func ParseViewTitle(text string) (string, error) {
	title, err := parseLine("title", text, maxViewTitle)
	return strings.Join(strings.Fields(title), " "), err
}

// ParseKeyTitle returns what an API key is called: one line with single spaces. It may be empty.
func ParseKeyTitle(text string) (string, error) {
	title, err := parseLine("title", text, maxKeyTitle)
	return strings.Join(strings.Fields(title), " "), err
}

// IsSeen reports whether a text has a symbol that can be seen by itself.
func IsSeen(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return unicode.In(r, unicode.L, unicode.N, unicode.P, unicode.S) })
}

// ParsePerson returns who holds an emergency code, as its owner calls them: one line. It may be empty.
func ParsePerson(text string) (string, error) { return parseLine("person", text, maxTitle) }

// ParseNote returns a note, whose lines end with LF.
func ParseNote(text string) (string, error) {
	return parseText("note", text, maxNote, func(r rune) bool {
		return unicode.IsControl(r) && r != '\n' && r != '\t'
	})
}

func parseLine(field, text string, limit int) (string, error) {
	return parseText(field, text, limit, func(r rune) bool {
		joins := r == '\u200c' || r == '\u200d' || unicode.Is(unicode.Variation_Selector, r) // in Persian, Indic scripts and emoji
		return unicode.IsControl(r) || unicode.In(r, unicode.Zl, unicode.Zp) || isInvisible(r) && !joins
	})
}

// parseText checks the size first, whatever the text is.
func parseText(field, text string, limit int, refused func(rune) bool) (string, error) {
	tooLong := core.InvalidWith(field, errTextTooLong, core.Params{"limit": limit})
	switch {
	case len(text) > limit*maxDecomposed:
		return "", tooLong
	case !utf8.ValidString(text):
		return "", core.Invalid(field, errTextNotText)
	}
	text = Trim(norm.NFC.String(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)))
	if utf8.RuneCountInString(text) > limit {
		return "", tooLong
	}
	if at := strings.IndexFunc(text, refused); at >= 0 {
		return "", core.InvalidSymbol(field, password.NewRefused(text, at))
	}
	return text, nil
}
