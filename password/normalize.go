package password

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/secure/precis"
)

// MaxBytes is the largest password that is looked at, in bytes as it was sent.
const MaxBytes = 4096

// What [Normalize] refuses.
var (
	ErrEmpty      = errors.New("password: empty")
	ErrTooLong    = errors.New("password: longer than 4096 bytes")
	ErrNotUTF8    = errors.New("password: not UTF-8")
	ErrControl    = errors.New("password: contains a control character")
	ErrNotAllowed = errors.New("password: contains a character that is not allowed in passwords")
)

// Normalize applies the PRECIS profile OpaqueString (RFC 8265, section 4.2) to a password as it was sent: spaces of all
// kinds become the ASCII space, the rest its NFC form; nothing is trimmed and case is kept. What was normalised once
// stays as it is.
//
// The errors are [ErrTooLong], judged before anything else, [ErrEmpty], [ErrNotUTF8], [ErrControl] (category Cc), and
// [ErrNotAllowed] for what else the profile refuses: unassigned code points, private use, invisible characters such as
// zero-width joiners outside the scripts that need them. The last two come as a [RefusedError].
func Normalize(raw string) (string, error) {
	normalized, err := normalize(raw)
	if errors.Is(err, ErrControl) || errors.Is(err, ErrNotAllowed) {
		return "", &RefusedError{refusedIn(raw), err}
	}
	return normalized, err
}

// normalize is the same without naming the symbol, which costs more than all the rest.
func normalize(raw string) (string, error) {
	if err := refuseBytes(raw); err != nil {
		return "", err
	}
	normalized, err := precis.OpaqueString.String(raw)
	if err != nil {
		return "", ErrNotAllowed
	}
	return normalized, nil
}

func refuseBytes(raw string) error {
	switch {
	case len(raw) > MaxBytes:
		return ErrTooLong
	case raw == "":
		return ErrEmpty
	case !utf8.ValidString(raw):
		return ErrNotUTF8
	case strings.ContainsFunc(raw, unicode.IsControl):
		return ErrControl
	}
	return nil
}
