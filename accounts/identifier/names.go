package identifier

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

// What is wrong with a name or an e-mail address.
const (
	errNameMissing      core.Code = "name.missing"
	errNameTooLong      core.Code = "name.too_long"
	errNameNotText      core.Code = "name.not_text"
	errNameSpaces       core.Code = "name.spaces"
	errNameSymbol       core.Code = "name.symbol"
	errNameLookAlike    core.Code = "name.look_alike_symbol"
	errNameConfusable   core.Code = "name.confusable"
	errNameMixedScripts core.Code = "name.mixed_scripts"
	errNameNotOwnEmail  core.Code = "name.not_own_email"
	errEmailMissing     core.Code = "email.missing"
	errEmailTooLong     core.Code = "email.too_long"
	errEmailInvalid     core.Code = "email.invalid"
	errEmailDomain      core.Code = "email.invalid_domain"
)

// maxNameSymbols is the longest account name, in Unicode code points.
const maxNameSymbols = 64

// The most octets of a local part and of an address in a path (RFC 5321 §4.5.3.1), and of a label of a domain (RFC 1035 §2.3.4).
const (
	maxLocalPart = 64
	maxAddress   = 254
	maxLabel     = 63
)

// MaxTyped is the longest input that is parsed, in bytes. An address of 254 octets is shorter in any spelling that people use. Longer
// input is refused before IDNA, whose cost grows with the square of the length.
const MaxTyped = 4 * maxAddress

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
		return "", nameTooLong()
	case mixesScripts(lower):
		return "", core.Invalid("name", errNameMixedScripts)
	}
	return key, nil
}

// lowerName returns a name after PRECIS UsernameCaseMapped, which alone compared names before there was [names.Fold].
func lowerName(name string) (string, error) {
	if err := nameProblem(name); err != nil {
		return "", err
	}
	if at := strings.IndexFunc(name, notInNames); at >= 0 {
		return "", symbolRefused(name, at, errNameSymbol)
	}
	lower, err := precis.UsernameCaseMapped.String(name)
	if err != nil {
		return "", lookAlikeRefused(name)
	}
	return lower, nil
}

func nameProblem(name string) error {
	switch {
	case name == "":
		return core.Invalid("name", errNameMissing)
	case len(name) > MaxTyped:
		return nameTooLong()
	case !utf8.ValidString(name):
		return core.Invalid("name", errNameNotText)
	case utf8.RuneCountInString(norm.NFC.String(name)) > maxNameSymbols:
		return nameTooLong()
	case strings.ContainsFunc(name, unicode.IsSpace):
		return core.Invalid("name", errNameSpaces)
	default:
		return nil
	}
}

func nameTooLong() error {
	return core.InvalidWith("name", errNameTooLong, core.Params{"limit": maxNameSymbols})
}

func notInNames(r rune) bool {
	allowed := unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r) || strings.ContainsRune("._-@+", r) ||
		strings.ContainsRune("．＿－＠＋", r) // their full-width pairs, which are mapped
	return !allowed
}

// mixesScripts checks the parts of an e-mail address separately, since the part before the @ is always ASCII.
func mixesScripts(name string) bool {
	if !strings.Contains(name, "@") {
		return !names.HighlyRestrictive(name)
	}
	parts := strings.FieldsFunc(name, func(r rune) bool { return r == '@' || r == '.' })
	return slices.ContainsFunc(parts, func(part string) bool { return !names.HighlyRestrictive(part) })
}

// Email is an e-mail address in three forms.
type Email struct {
	Typed string
	Key   string // as compared: the local part in lower case, the domain after IDNA
	Wire  string // as SMTP takes it: the local part as typed, the domain after IDNA
}

// ParseEmail reads one e-mail address with an ASCII local part that needs no quotes. Anything else is a
// [core.ValidationError] of the field email.
func ParseEmail(text string) (Email, error) {
	typed := Trim(text)
	if at := strings.IndexFunc(typed, isInvisible); at >= 0 && len(text) <= MaxTyped { // IDNA would drop most of these silently
		return Email{}, core.InvalidSymbol("email", password.NewRefused(typed, at))
	}
	return ParseStoredEmail(text)
}

// ParseStoredEmail is [ParseEmail] without its rule about invisible characters, which addresses of older accounts may break.
func ParseStoredEmail(text string) (Email, error) {
	if len(text) > MaxTyped {
		return Email{}, core.Invalid("email", errEmailTooLong)
	}
	typed := Trim(text)
	at := strings.LastIndexByte(typed, '@')
	if typed == "" {
		return Email{}, core.Invalid("email", errEmailMissing)
	}
	if at < 0 || !utf8.ValidString(typed) || !isDotAtom(typed[:at]) {
		return Email{}, emailRefused(typed, errEmailInvalid)
	}
	domain, err := idna.Lookup.ToASCII(typed[at+1:])
	if err != nil || !isDomain(domain) {
		return Email{}, emailRefused(typed, errEmailDomain)
	}
	return fitEmail(Email{typed, strings.ToLower(typed[:at]) + "@" + domain, typed[:at] + "@" + domain})
}

func fitEmail(email Email) (Email, error) {
	if len(email.Wire) > maxAddress || strings.LastIndexByte(email.Wire, '@') > maxLocalPart {
		return Email{}, core.Invalid("email", errEmailTooLong)
	}
	return email, nil
}

// isDotAtom reports whether a local part needs no quotes (RFC 5322 §3.2.3).
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

// Keys returns the keys of a name or an e-mail address as typed at sign-in. The account is the one with the first key that exists. A
// name has two keys: the former one, in lower case only, which older accounts have kept if their names are equal today, and the
// current one. Outer spaces, which often come with copied text, are ignored.
func Keys(identifier string) ([]string, error) {
	if len(identifier) <= MaxTyped {
		identifier = Trim(identifier)
	}
	if strings.Contains(identifier, "@") {
		email, err := ParseStoredEmail(identifier)
		return []string{email.Key}, err
	}
	lower, err := lowerName(identifier)
	if err != nil {
		return nil, err
	}
	return []string{lower, names.Fold(lower)}, nil
}

// Trim removes outer spaces (the Unicode property White_Space) and outer invisible characters, which often come with copied text:
// joiners, marks of direction, variation selectors and the like.
func Trim(text string) string {
	return strings.TrimFunc(text, func(r rune) bool { return unicode.IsSpace(r) || isInvisible(r) })
}

// isInvisible reports whether a symbol is not drawn. This includes the Unicode property Default_Ignorable_Code_Point.
func isInvisible(r rune) bool {
	return unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// SameName reports whether a name that was typed as a confirmation is the account's.
func SameName(typed, name string) bool { return names.Fold(typed) == names.Fold(name) }

// Identity is the name and the e-mail address of an account, with their keys.
type Identity struct {
	Name, NameKey string
	Email         Email
}

// Parse checks name and e-mail address together. Its [core.ValidationError] lists everything that is wrong with either.
func Parse(name, emailText string) (Identity, error) {
	var wrong core.FieldErrors
	nameKey, err := NameKey(name)
	if err := wrong.Add(err); err != nil {
		return Identity{}, err
	}
	email, err := ParseEmail(emailText)
	if err := wrong.Add(err); err != nil {
		return Identity{}, err
	}
	if strings.Contains(nameKey, "@") {
		nameKey, err = ownEmailAsName(name, email)
		_ = wrong.Add(err)
	}
	return Identity{name, nameKey, email}, wrong.Err()
}

// ownEmailAsName returns the key of a name that is an e-mail address, which must be the account's own.
func ownEmailAsName(name string, email Email) (string, error) {
	asEmail, err := ParseEmail(name)
	if err != nil || asEmail.Key != email.Key {
		return "", core.Invalid("name", errNameNotOwnEmail)
	}
	return asEmail.Key, nil
}

// Keys returns the keys under which the account is found at sign-in. Technical accounts are not found by their e-mail address.
func (i Identity) Keys(technical bool) []string {
	if technical || i.Email.Key == i.NameKey {
		return []string{i.NameKey}
	}
	return []string{i.NameKey, i.Email.Key}
}
