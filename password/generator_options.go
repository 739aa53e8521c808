package password

import (
	"cmp"
	"fmt"
	"unicode"
	"unicode/utf8"
)

// The settings with the default options of the generator.
const (
	SettingLength  = "COMPLIANCE_PASSWORD_GENERATOR_DEFAULT_PASSWORD_LENGTH"
	SettingUpper   = "COMPLIANCE_PASSWORD_GENERATOR_DEFAULT_LETTERS_UPPERCASE"
	SettingLower   = "COMPLIANCE_PASSWORD_GENERATOR_DEFAULT_LETTERS_LOWERCASE"
	SettingDigits  = "COMPLIANCE_PASSWORD_GENERATOR_DEFAULT_NUMBERS"
	SettingSpecial = "COMPLIANCE_PASSWORD_GENERATOR_DEFAULT_SPECIAL_CHARS"
)

// Limits of the options, in code points. A policy that demands longer passwords gets them.
const (
	MaxGenerated = 256 // of a generated password
	MaxAlphabet  = 256 // of an alphabet
)

// Generated is a password and how hard it is to guess.
type Generated struct {
	Text string  // normalised
	Bits float64 // entropy: the binary logarithm of the number of equally likely passwords; or [Unknown]
}

// Unknown is the entropy of a password that was not drawn from a counted set.
const Unknown = -1

// Set is an alphabet for one class of symbols. The zero value leaves the choice open.
type Set struct {
	Off     bool // no symbols of this class
	Symbols string
}

// GeneratorOptions are preferences for a generated password; zero values leave the choice open. The policy's rules override
// the length. A class with an alphabet uses no other symbols.
type GeneratorOptions struct {
	Length                        int // code points
	Upper, Lower, Digits, Special Set
}

// DefaultGeneratorOptions returns the built-in options: 20 symbols that are not easily confused.
func DefaultGeneratorOptions() GeneratorOptions {
	return GeneratorOptions{
		Length: 20, Upper: Set{Symbols: "ABCDEFGHJKLMNPQRSTUVWXYZ"}, Lower: Set{Symbols: "abcdefghijkmnpqrstuvwxyz"},
		Digits: Set{Symbols: "23456789"}, Special: Set{Symbols: "!#$%&*+-.:=?@_"},
	}
}

// Or fills in the options that are left open.
func (o GeneratorOptions) Or(other GeneratorOptions) GeneratorOptions {
	return GeneratorOptions{
		cmp.Or(o.Length, other.Length), cmp.Or(o.Upper, other.Upper), cmp.Or(o.Lower, other.Lower),
		cmp.Or(o.Digits, other.Digits), cmp.Or(o.Special, other.Special),
	}
}

// GeneratorOptions returns the options that the settings prescribe for the policy.
func (p Policy) GeneratorOptions() GeneratorOptions { return p.compliance.options }

// WithGeneratorOptions returns the policy with other options.
func (p Policy) WithGeneratorOptions(o GeneratorOptions) Policy {
	p.compliance.options = o
	return p
}

// EffectiveGeneratorOptions returns the policy's options with nothing left open, and a length that the policy allows.
func (p Policy) EffectiveGeneratorOptions() GeneratorOptions {
	o := p.GeneratorOptions().Or(DefaultGeneratorOptions())
	least, most := p.Lengths()
	o.Length = min(max(o.Length, least), most)
	return o
}

// Lengths returns the shortest and the longest length that can be requested, in code points.
func (p Policy) Lengths() (least, most int) {
	least = p.MinLength()
	return least, max(least, min(p.MaxLength(), MaxGenerated))
}

// Alphabet names one of the alphabets of the options.
type Alphabet int

// The alphabets.
const (
	UpperLetters Alphabet = iota
	LowerLetters
	Digits
	Specials
)

// alphabets lists the alphabets, by their number.
var alphabets = [...]struct {
	setting, expected string
	of                func(GeneratorOptions) Set
}{
	UpperLetters: {SettingUpper, "upper-case letters, or letters without case", func(o GeneratorOptions) Set { return o.Upper }},
	LowerLetters: {SettingLower, "lower-case letters, or letters without case", func(o GeneratorOptions) Set { return o.Lower }},
	Digits:       {SettingDigits, "digits", func(o GeneratorOptions) Set { return o.Digits }},
	Specials:     {SettingSpecial, "characters other than digits and letters with case", func(o GeneratorOptions) Set { return o.Special }},
}

// Settings lists the settings of the alphabets that the options name.
func (o GeneratorOptions) Settings() (settings []string) {
	for _, alphabet := range alphabets {
		if alphabet.of(o) != (Set{}) {
			settings = append(settings, alphabet.setting)
		}
	}
	return settings
}

// problems reports what cannot be in the alphabets.
func (o GeneratorOptions) problems() (problems Problems) {
	for a, alphabet := range alphabets {
		invalid, found := Alphabet(a).Invalid(alphabet.of(o).Symbols)
		switch {
		case found && invalid.OtherClass:
			problems = append(problems, Problem{Key: alphabet.setting, Why: "has " + invalid.Symbol + ", but takes " + alphabet.expected})
		case found:
			problems = append(problems, Problem{Key: alphabet.setting, Why: "has " + invalid.Symbol + ", which cannot be used in a password by itself"})
		}
	}
	return problems
}

// InvalidRune is a code point that cannot be in an alphabet.
type InvalidRune struct {
	Symbol     string // such as U+0061 'a'
	OtherClass bool   // it belongs to another class; false: it cannot be used in a password by itself
}

// Invalid returns the first code point of a text that cannot be in the alphabet.
func (a Alphabet) Invalid(text string) (invalid InvalidRune, found bool) {
	for _, r := range text {
		usable := r != utf8.RuneError && (IsNFCStable(r) || inContext(r))
		if !usable || !a.allows(r) {
			return InvalidRune{Symbol: fmt.Sprintf("%#U", r), OtherClass: usable}, true
		}
	}
	return InvalidRune{}, false
}

// allows refuses only what certainly belongs to another class. Letters without case, as in Hebrew or Chinese, and marks can
// stand for letters of either case; title-case letters count as upper-case, as in the rules. Special characters include
// those that the rules do not count, such as ² and ª, which are on keyboards.
func (a Alphabet) allows(r rune) bool {
	class := classOf(r)
	caseless := unicode.In(r, unicode.Lo, unicode.Lm, unicode.M)
	switch a {
	case UpperLetters:
		return class == ClassUpper || caseless
	case LowerLetters:
		return class == ClassLower || caseless
	case Digits:
		return class == ClassDigit
	}
	return class == ClassSpecial || class == ClassOther
}
