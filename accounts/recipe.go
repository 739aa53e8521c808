package accounts

import (
	"latchkey/accounts/core"

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

// recipe is what the options wish for, and a [core.ValidationError] of each field that cannot be wished for.
func (o GeneratorOptions) recipe(policy password.Policy) (password.Recipe, error) {
	var wrong core.FieldErrors
	usual := UsualOptions(policy)
	length, err := wishedLength(o.Length, usual.Length, policy)
	_ = wrong.Add(err)
	r := password.Recipe{Length: length}
	for _, wish := range []struct {
		alphabet    alphabet
		sent, usual string
		to          *string
	}{
		{upper, o.Upper, usual.Upper, &r.Upper}, {lower, o.Lower, usual.Lower, &r.Lower},
		{digits, o.Digits, usual.Digits, &r.Digits}, {special, o.Special, usual.Special, &r.Special},
	} {
		if wish.sent != wish.usual {
			_ = wrong.Add(wish.alphabet.problem(wish.sent))
			*wish.to = wish.sent
		}
	}
	return r, wrong.Err()
}

func wishedLength(sent, usual string, policy password.Policy) (int, error) {
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

// alphabet is one that can be wished for: its field, and what is said of a symbol of another kind.
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

// problem is an error only where there is one.
func (a alphabet) problem(sent string) error {
	if sent == password.None {
		return nil
	}
	if utf8.RuneCountInString(sent) > password.MaxAlphabet {
		return a.wrong("At most {{.Most}} symbols are taken.", "Most", password.MaxAlphabet)
	}
	misfit, some := a.is.Unfit(sent)
	switch {
	case some && misfit.OtherKind:
		return a.wrong(a.refuse, "Symbol", misfit.Symbol)
	case some:
		return a.wrong("{{.Symbol}} cannot stand in a password by itself. Leave it out.", "Symbol", misfit.Symbol)
	}
	return nil
}

func (a alphabet) wrong(message string, args ...any) error {
	return &core.ValidationError{Fields: []core.FieldError{{Field: a.field, Message: message, Args: args}}}
}
