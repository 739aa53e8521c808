package password

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/secure/precis"
	"golang.org/x/text/unicode/norm"
)

// MaxBytes is the largest password that is accepted, in bytes as sent.
const MaxBytes = 4096

// Errors of [Normalize].
var (
	ErrEmpty      = errors.New("password: empty")
	ErrTooLong    = errors.New("password: longer than 4096 bytes")
	ErrNotUTF8    = errors.New("password: not UTF-8")
	ErrControl    = errors.New("password: contains a control character")
	ErrNotAllowed = errors.New("password: contains a character that is not allowed in passwords")
)

// Normalize applies the PRECIS profile OpaqueString (RFC 8265, section 4.2) to a password as sent: every kind of space
// becomes the ASCII space, the rest becomes NFC; nothing is trimmed and case is kept. It is idempotent.
//
// The errors are [ErrTooLong], checked first, [ErrEmpty], [ErrNotUTF8], [ErrControl] (category Cc), and [ErrNotAllowed] for
// everything else that the profile refuses: unassigned code points, private use, invisible characters such as zero-width
// joiners outside the scripts that need them. The last two are wrapped in a [RefusedError].
func Normalize(raw string) (string, error) {
	normalized, err := normalize(raw)
	if errors.Is(err, ErrControl) || errors.Is(err, ErrNotAllowed) {
		return "", &RefusedError{refusedIn(raw), err}
	}
	return normalized, err
}

// normalize is Normalize without naming the refused symbol, which costs more than everything else.
func normalize(raw string) (string, error) {
	switch {
	case len(raw) > MaxBytes:
		return "", ErrTooLong
	case raw == "":
		return "", ErrEmpty
	case !utf8.ValidString(raw):
		return "", ErrNotUTF8
	case strings.ContainsFunc(raw, unicode.IsControl):
		return "", ErrControl
	}
	normalized, err := precis.OpaqueString.String(raw)
	if err != nil {
		return "", ErrNotAllowed
	}
	return normalized, nil
}

// IsNormalized reports whether a text is what [Normalize] would return for it.
func IsNormalized(s string) bool {
	normalized, err := normalize(s)
	return err == nil && normalized == s
}

// IsNFCStable reports whether normalisation leaves a code point alone wherever it stands: it does not combine with the one
// before it, and PRECIS allows it in any context (RFC 8264, section 9.9).
func IsNFCStable(c rune) bool {
	return norm.NFC.PropertiesString(string(c)).BoundaryBefore() && IsNormalized(string(c)) && !inContext(c)
}

// inContext reports whether a digit must not be mixed with those of the other kind (RFC 5892, appendix A.8 and A.9).
func inContext(c rune) bool { return c >= 0x660 && c <= 0x669 || c >= 0x6f0 && c <= 0x6f9 }
