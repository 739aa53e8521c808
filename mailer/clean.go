package mailer

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// cleanName replaces everything that an account name cannot have with a question mark, so that it can be neither a line break
// nor a link.
func cleanName(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r) || strings.ContainsRune("._-@+．＿－＠＋", r) {
			return r
		}
		return '?'
	}, name)
}

// dotInside is a dot without a space after it, which mail programs may take for a part of an address.
var dotInside = regexp.MustCompile(`\.(\S)`)

// cleanPerson removes from the name of a person what a name does not need, so that it can be neither a line break nor a link.
func cleanPerson(name string) string {
	name = strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r) || strings.ContainsRune(" .,'’-–&()", r) {
			return r
		}
		return -1
	}, cleanLine(name))
	return cleanLine(dotInside.ReplaceAllString(name, ". $1"))
}

// cleanLine makes one line of a text: line breaks and invisible characters become a space.
func cleanLine(text string) string {
	return strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.In(r, unicode.Zl, unicode.Zp, unicode.Cf) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "�"))), " ")
}

// cleanText removes control characters except LF and tab: PostgreSQL rejects NUL, and a lone CR confuses mail servers.
func cleanText(text string) string {
	if isClean(text) {
		return text
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "�"))
}

// isClean reports, fast, that no byte of a text can belong to a control character. It may be wrong about a few other texts.
func isClean(text string) bool {
	const beforeC1 = 0xc2 // first byte in UTF-8 of U+0080 to U+009F, and of some letters
	for i := range len(text) {
		if b := text[i]; b < ' ' && b != '\n' && b != '\t' || b == 0x7f || b == beforeC1 {
			return false
		}
	}
	return utf8.ValidString(text)
}
