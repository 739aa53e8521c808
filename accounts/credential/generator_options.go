package credential

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"latchkey/accounts/core"
	"latchkey/password"
)

// NoSymbols is an alphabet that was emptied, as opposed to one that was not sent.
const NoSymbols = "\x00"

// GeneratorOptions is how an operator wants one password to be generated, as sent. "" and the policy's own value leave the choice to the
// policy; [NoSymbols] switches an alphabet off.
type GeneratorOptions struct{ Length, Upper, Lower, Digits, Special string }

// DefaultOptions are the policy's own.
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
		return 0, &core.ValidationError{Fields: []core.FieldError{{
			Field: "generator_length", Message: "Enter a whole number from {{.Least}} to {{.Most}}: so long can a generated password be.",
			Args: []any{"Least", least, "Most", most},
		}}}
	}
	return length, nil
}

// alphabet is one of the sets of symbols: its field, and the error for a symbol of another kind.
type alphabet struct {
	is            password.Alphabet
	field, refuse string
}

var (
	upper   = alphabet{password.UpperLetters, "generator_upper", "{{.Symbol}} is no upper-case letter. Leave it out."}
	lower   = alphabet{password.LowerLetters, "generator_lower", "{{.Symbol}} is no lower-case letter. Leave it out."}
	digits  = alphabet{password.Digits, "generator_digits", "{{.Symbol}} is no digit. Leave it out."}
	special = alphabet{password.Specials, "generator_special", "{{.Symbol}} is a letter or a digit, no special character. Leave it out."}
)

// problem is the error for an alphabet as sent, or nil.
func (a alphabet) problem(sent string) error {
	if sent == NoSymbols {
		return nil
	}
	if utf8.RuneCountInString(sent) > password.MaxAlphabet {
		return a.wrong("At most {{.Most}} symbols are taken.", "Most", password.MaxAlphabet)
	}
	invalid, found := a.is.Invalid(sent)
	switch {
	case found && invalid.OtherClass:
		return a.wrong(a.refuse, "Symbol", invalid.Symbol)
	case found:
		return a.wrong("{{.Symbol}} cannot stand in a password by itself. Leave it out.", "Symbol", invalid.Symbol)
	}
	return nil
}

func (a alphabet) wrong(message string, args ...any) error {
	return &core.ValidationError{Fields: []core.FieldError{{Field: a.field, Message: message, Args: args}}}
}
