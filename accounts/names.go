package accounts

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/text/secure/precis"
	"golang.org/x/text/unicode/norm"

	"latchkey/accounts/core"
	"latchkey/names"
	"latchkey/password"
)

// maxNameSymbols is the longest account name, in Unicode code points.
const maxNameSymbols = 64

// RFC 5321 §4.5.3.1: octets of a local part, and of an address so that it fits into a path; RFC 1035 §2.3.4: of what stands
// between two dots of a domain.
const (
	maxLocalPart = 64
	maxAddress   = 254
	maxLabel     = 63
)

// maxTyped is how many bytes of a typed name or address are looked at. An address of 254 octets has fewer in any spelling
// that people use; more is refused before IDNA, whose cost grows with the square of the length.
const maxTyped = 4 * maxAddress

// NameKey returns the form in which account names are compared: PRECIS UsernameCaseMapped (RFC 8265 §3.3), then
// [names.Fold]. A name that is not allowed is a [core.ValidationError] of the field name.
func NameKey(name string) (string, error) {
	lower, err := lowerName(name)
	if err != nil {
		return "", err
	}
	key := names.Fold(lower)
	switch {
	case utf8.RuneCountInString(lower) > maxNameSymbols || utf8.RuneCountInString(key) > maxNameSymbols:
		return "", core.Invalid("name", "A name has at most 64 symbols.")
	case mixesScripts(lower):
		return "", core.Invalid("name", "This name mixes letters of several scripts, such as Latin and Cyrillic. Use one script.")
	}
	return key, nil
}

// lowerName returns a name after PRECIS UsernameCaseMapped, which alone compared names before there was [names.Fold].
func lowerName(name string) (string, error) {
	if message := nameProblem(name); message != "" {
		return "", core.Invalid("name", message)
	}
	if at := strings.IndexFunc(name, notInNames); at >= 0 {
		return "", symbolRefused(name, at, "{{.Symbol}} ({{.Code}}) is not allowed in names. A name consists of letters, digits and . _ - @ + only.")
	}
	lower, err := precis.UsernameCaseMapped.String(name)
	if err != nil {
		return "", lookAlikeRefused(name)
	}
	return lower, nil
}

func nameProblem(name string) string {
	switch {
	case name == "":
		return "Enter a name."
	case len(name) > maxTyped:
		return "A name has at most 64 symbols."
	case !utf8.ValidString(name):
		return "This name is not valid text."
	case utf8.RuneCountInString(norm.NFC.String(name)) > maxNameSymbols:
		return "A name has at most 64 symbols."
	case strings.ContainsFunc(name, unicode.IsSpace):
		return "A name has no spaces."
	default:
		return ""
	}
}

func notInNames(r rune) bool {
	allowed := unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r) || strings.ContainsRune("._-@+", r) ||
		strings.ContainsRune("．＿－＠＋", r) // their full-width pairs, which are mapped
	return !allowed
}

// mixesScripts judges each part of an e-mail address by itself: what stands before the @ is ASCII in every address.
func mixesScripts(name string) bool {
	if !strings.Contains(name, "@") {
		return !names.HighlyRestrictive(name)
	}
	parts := strings.FieldsFunc(name, func(r rune) bool { return r == '@' || r == '.' })
	return slices.ContainsFunc(parts, func(part string) bool { return !names.HighlyRestrictive(part) })
}

// Email is an e-mail address in the three forms in which it is needed.
type Email struct {
	Typed string
	Key   string // as compared: the local part in lower case, the domain after IDNA
	Wire  string // as SMTP takes it: the local part as typed, the domain after IDNA
}

// ParseEmail reads one e-mail address with an ASCII local part that needs no quotes. Anything else is a
// [core.ValidationError] of the field email.
func ParseEmail(text string) (Email, error) {
	typed := trim(text)
	if at := strings.IndexFunc(typed, isInvisible); at >= 0 && len(text) <= maxTyped { // IDNA would drop most of these silently
		return Email{}, &core.ValidationError{Fields: []core.FieldError{symbolProblem("email", password.NewRefused(typed, at))}}
	}
	return readEmail(text)
}

// readEmail is [ParseEmail] for addresses of accounts that may be older than its rule about invisible characters.
func readEmail(text string) (Email, error) {
	if len(text) > maxTyped {
		return Email{}, core.Invalid("email", "This e-mail address is too long to be delivered.")
	}
	typed := trim(text)
	at := strings.LastIndexByte(typed, '@')
	if typed == "" {
		return Email{}, core.Invalid("email", "Enter an e-mail address.")
	}
	if at < 0 || !utf8.ValidString(typed) || !isDotAtom(typed[:at]) {
		return Email{}, emailRefused(typed, "Enter one e-mail address, such as ada@example.com, with plain letters before the @.")
	}
	domain, err := idna.Lookup.ToASCII(typed[at+1:])
	if err != nil || !isDomain(domain) {
		return Email{}, emailRefused(typed, "What stands behind the @ is not the name of a mail domain.")
	}
	return fitEmail(Email{typed, strings.ToLower(typed[:at]) + "@" + domain, typed[:at] + "@" + domain})
}

func fitEmail(email Email) (Email, error) {
	if len(email.Wire) > maxAddress || strings.LastIndexByte(email.Wire, '@') > maxLocalPart {
		return Email{}, core.Invalid("email", "This e-mail address is too long to be delivered.")
	}
	return email, nil
}

// isDotAtom knows the local parts that need no quotes (RFC 5322 §3.2.3).
func isDotAtom(text string) bool {
	for part := range strings.SplitSeq(text, ".") {
		if part == "" || strings.ContainsFunc(part, notAtomText) {
			return false
		}
	}
	return true
}

func notAtomText(r rune) bool {
	letter := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
	return !letter && !strings.ContainsRune("!#$%&'*+-/=?^_`{|}~", r)
}

func isDomain(ascii string) bool {
	for label := range strings.SplitSeq(ascii, ".") {
		if label == "" || len(label) > maxLabel || strings.ContainsFunc(label, notHostText) {
			return false
		}
	}
	return true
}

func notHostText(r rune) bool {
	return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-'
}

// identifierKeys returns the keys of what one signs in with, a name or an e-mail; the first one that an account has is meant. A
// name has two: in lower case only, as names were compared before, which accounts keep whose names are the same today, and
// its key. Outer spaces, which come along when a name is copied, do not count.
func identifierKeys(identifier string) ([]string, error) {
	if len(identifier) <= maxTyped {
		identifier = trim(identifier)
	}
	if strings.Contains(identifier, "@") {
		email, err := readEmail(identifier)
		return []string{email.Key}, err
	}
	lower, err := lowerName(identifier)
	if err != nil {
		return nil, err
	}
	return []string{lower, names.Fold(lower)}, nil
}

// trim removes outer spaces (the Unicode property White_Space) and outer invisible characters, which come along when text is
// copied: joiners, marks of direction, variation selectors and the like.
func trim(text string) string {
	return strings.TrimFunc(text, func(r rune) bool { return unicode.IsSpace(r) || isInvisible(r) })
}

// isInvisible holds for symbols that are not drawn; among them are those of the Unicode property Default_Ignorable_Code_Point.
func isInvisible(r rune) bool {
	return unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// sameName compares a name that was typed to confirm something with the account's, as names are compared everywhere.
func sameName(typed, name string) bool { return names.Fold(typed) == names.Fold(name) }

// identity is what an account is called, ready for the tables.
type identity struct {
	name, nameKey string
	email         Email
}

// parseIdentity judges name and e-mail together, and says everything that is wrong with either.
func parseIdentity(name, emailText string) (identity, error) {
	var wrong core.FieldErrors
	nameKey, err := NameKey(name)
	if err := wrong.Add(err); err != nil {
		return identity{}, err
	}
	email, err := ParseEmail(emailText)
	if err := wrong.Add(err); err != nil {
		return identity{}, err
	}
	if strings.Contains(nameKey, "@") {
		nameKey, err = ownEmailAsName(name, email)
		_ = wrong.Add(err)
	}
	return identity{name, nameKey, email}, wrong.Err()
}

// ownEmailAsName lets nobody be called by another's e-mail.
func ownEmailAsName(name string, email Email) (string, error) {
	asEmail, err := ParseEmail(name)
	if err != nil || asEmail.Key != email.Key {
		return "", core.Invalid("name", "A name with @ must be the account's own e-mail address.")
	}
	return asEmail.Key, nil
}

// identifiers are the keys that the account is signed in with. The e-mail of a technical account is not one.
func (i identity) identifiers(technical bool) []string {
	if technical || i.email.Key == i.nameKey {
		return []string{i.nameKey}
	}
	return []string{i.nameKey, i.email.Key}
}
