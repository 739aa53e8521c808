package mailer

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxAddress is the longest address that fits into a forward path (RFC 5321 §4.5.3.1.3, without the brackets).
const maxAddress = 254

// checkAddress says why an address cannot stand in an envelope as it is; nil = it can. What accounts have passes; anything
// that would need quotes or could end the command is refused, never mended: a mended address is somebody else's.
func checkAddress(address string) error {
	local, domain, _ := strings.Cut(address, "@")
	switch {
	case local == "" || domain == "" || strings.Contains(domain, "@"):
		return errors.New("not one address, such as ada@example.com")
	case len(address) > maxAddress:
		return errors.New("the address is too long")
	case strings.ContainsFunc(address, notInEnvelope):
		return errors.New("the address has characters that SMTP does not take as they are")
	default:
		return nil
	}
}

// notInEnvelope are all but the visible ASCII characters that need no quotes (RFC 5321 §4.1.2).
func notInEnvelope(r rune) bool {
	return r <= ' ' || r > '~' || strings.ContainsRune(`<>()[]\,;:"`, r)
}

// cleanName shows an account name. Names are made of letters, marks, digits and a few signs; anything else, which no rule
// lets through, becomes a question mark, so that a name can hold neither a line break nor a link.
func cleanName(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r) || strings.ContainsRune("._-@+．＿－＠＋", r) {
			return r
		}
		return '?'
	}, name)
}

// cleanLine makes one line of text: whatever breaks lines or is invisible becomes a space.
func cleanLine(text string) string {
	return strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.In(r, unicode.Zl, unicode.Zp, unicode.Cf) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "�"))), " ")
}

// cleanText keeps lines, but no other control characters: PostgreSQL refuses NUL, and a lone CR confuses mail servers.
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

// isClean tells quickly of nearly all texts that nothing is wrong with them: no byte in them can be of a control character.
func isClean(text string) bool {
	const beforeC1 = 0xc2 // in UTF-8, of U+0080 to U+009F and some letters
	for i := range len(text) {
		if b := text[i]; b < ' ' && b != '\n' && b != '\t' || b == 0x7f || b == beforeC1 {
			return false
		}
	}
	return utf8.ValidString(text)
}
