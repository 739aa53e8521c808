package accounts

import (
	"strconv"
	"unicode/utf8"

	"latchkey/password"
)

// GeneratorOptions are how an operator wants one password to be generated, as sent. "" leaves it to the policy, and so does
// what is the policy's own; [password.None] is an alphabet without a symbol.
type GeneratorOptions struct{ Length, Upper, Lower, Digits, Special string }

// UsualOptions are those that hold under a policy where nobody wishes otherwise.
func UsualOptions(policy password.Policy) GeneratorOptions {
	r := policy.RecipeInForce()
	return GeneratorOptions{strconv.Itoa(r.Length), r.Upper, r.Lower, r.Digits, r.Special}
}

// recipe is what the options wish for, and a [ValidationError] of each field that cannot be wished for.
func (o GeneratorOptions) recipe(policy password.Policy) (password.Recipe, error) {
	var wrong collector
	usual := UsualOptions(policy)
	length, err := wishedLength(o.Length, usual.Length, policy)
	_ = wrong.add(err)
	r := password.Recipe{Length: length}
	for _, alphabet := range []struct {
		field, sent, usual string
		to                 *string
	}{
		{"generator_upper", o.Upper, usual.Upper, &r.Upper}, {"generator_lower", o.Lower, usual.Lower, &r.Lower},
		{"generator_digits", o.Digits, usual.Digits, &r.Digits}, {"generator_special", o.Special, usual.Special, &r.Special},
	} {
		if alphabet.sent != alphabet.usual {
			_ = wrong.add(alphabetProblem(alphabet.field, alphabet.sent))
			*alphabet.to = alphabet.sent
		}
	}
	return r, wrong.err()
}

func wishedLength(sent, usual string, policy password.Policy) (int, error) {
	if sent == "" || sent == usual {
		return 0, nil
	}
	least, most := policy.Lengths()
	length, err := strconv.Atoi(sent)
	if err != nil || length < least || length > most {
		return 0, &ValidationError{[]FieldError{{
			Field: "generator_length", Message: "Enter a whole number from {{.Least}} to {{.Most}}: so long can a generated password be.",
			Args: []any{"Least", least, "Most", most},
		}}}
	}
	return length, nil
}

// alphabetProblem is an error only where there is one.
func alphabetProblem(field, alphabet string) error {
	symbol, fit := password.Unfit(alphabet)
	switch {
	case alphabet == password.None:
		return nil
	case !fit:
		return &ValidationError{[]FieldError{{
			Field: field, Message: "{{.Symbol}} cannot stand in a password by itself. Leave it out.", Args: []any{"Symbol", symbol},
		}}}
	case utf8.RuneCountInString(alphabet) > password.MaxAlphabet:
		return &ValidationError{[]FieldError{{
			Field: field, Message: "At most {{.Most}} symbols are taken.", Args: []any{"Most", password.MaxAlphabet},
		}}}
	}
	return nil
}
