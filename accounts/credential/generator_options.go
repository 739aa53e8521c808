package credential

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"latchkey/accounts/core"
	"latchkey/password"
)

const (
	errGeneratorLength core.Code = "generator.length"
	errAlphabetTooLong core.Code = "generator.alphabet_too_long"
	errNotUpperCase    core.Code = "generator.not_upper_case"
	errNotLowerCase    core.Code = "generator.not_lower_case"
	errNotDigit        core.Code = "generator.not_digit"
	errNotSpecial      core.Code = "generator.not_special"
	errNotAlone        core.Code = "generator.not_alone"
)

// NoSymbols is an alphabet that was emptied, as opposed to one that was not sent.
const NoSymbols = "\x00"

// GeneratorOptions is how an operator wants one password to be generated, as sent. "" and the policy's own value leave the choice to the
// policy; [NoSymbols] switches an alphabet off.
type GeneratorOptions struct{ Length, Upper, Lower, Digits, Special string }

// DefaultOptions returns the policy's options.
func DefaultOptions(policy password.Policy) GeneratorOptions {
	o := policy.EffectiveGeneratorOptions()
	return GeneratorOptions{strconv.Itoa(o.Length), o.Upper.Symbols, o.Lower.Symbols, o.Digits.Symbols, o.Special.Symbols}
}

// Parse returns the options for the generator, or a [core.ValidationError] of each field that is invalid.
func (o GeneratorOptions) Parse(policy password.Policy) (password.GeneratorOptions, error) {
	var wrong core.FieldErrors
	usual := DefaultOptions(policy)
	length, err := parseLength(o.Length, usual.Length, policy)
	_ = wrong.Add(err)
	parsed := password.GeneratorOptions{Length: length}
	for _, option := range []struct {
		alphabet    alphabet
		sent, usual string
		to          *password.Set
	}{
		{upper, o.Upper, usual.Upper, &parsed.Upper}, {lower, o.Lower, usual.Lower, &parsed.Lower},
		{digits, o.Digits, usual.Digits, &parsed.Digits}, {special, o.Special, usual.Special, &parsed.Special},
	} {
		if option.sent != option.usual {
			_ = wrong.Add(option.alphabet.problem(option.sent))
			*option.to = password.Set{Off: option.sent == NoSymbols, Symbols: strings.TrimPrefix(option.sent, NoSymbols)}
		}
	}
	return parsed, wrong.Err()
}

func parseLength(sent, usual string, policy password.Policy) (int, error) {
	if sent == "" || sent == usual {
		return 0, nil
	}
	least, most := policy.Lengths()
	length, err := strconv.Atoi(sent)
	if err != nil || length < least || length > most {
		return 0, core.InvalidWith("generator_length", errGeneratorLength, core.Params{"min": least, "max": most})
	}
	return length, nil
}

// alphabet is one of the sets of symbols: its field, and the error for a symbol of another kind.
type alphabet struct {
	is     password.Alphabet
	field  string
	refuse core.Code
}

var (
	upper   = alphabet{password.UpperLetters, "generator_upper", errNotUpperCase}
	lower   = alphabet{password.LowerLetters, "generator_lower", errNotLowerCase}
	digits  = alphabet{password.Digits, "generator_digits", errNotDigit}
	special = alphabet{password.Specials, "generator_special", errNotSpecial}
)

// problem is the error for an alphabet as sent, or nil.
func (a alphabet) problem(sent string) error {
	if sent == NoSymbols {
		return nil
	}
	if utf8.RuneCountInString(sent) > password.MaxAlphabet {
		return core.InvalidWith(a.field, errAlphabetTooLong, core.Params{"limit": password.MaxAlphabet})
	}
	invalid, found := a.is.Invalid(sent)
	switch {
	case found && invalid.OtherClass:
		return core.InvalidWith(a.field, a.refuse, core.Params{"symbol": invalid.Symbol})
	case found:
		return core.InvalidWith(a.field, errNotAlone, core.Params{"symbol": invalid.Symbol})
	}
	return nil
}
