package password

import (
	"fmt"
	"unicode"
	"unicode/utf8"
)

// Alphabet names one of a recipe's alphabets.
type Alphabet int

// The alphabets of a recipe.
const (
	UpperLetters Alphabet = iota
	LowerLetters
	Digits
	Specials
)

// Misfit is a code point that cannot be in an alphabet.
type Misfit struct {
	Symbol    string // such as U+0061 'a'
	OtherKind bool   // it is certainly of another kind; false: it cannot stand in a password by itself as it is
}

// Unfit returns the first code point of a text that cannot be in the alphabet; some = there is one.
func (a Alphabet) Unfit(text string) (found Misfit, some bool) {
	for _, r := range text {
		stands := r != utf8.RuneError && (len(lasting(r, r)) > 0 || inContext(r))
		if !stands || !a.takes(r) {
			return Misfit{Symbol: fmt.Sprintf("%#U", r), OtherKind: stands}, true
		}
	}
	return Misfit{}, false
}

// takes leaves out what is certainly of another kind. Letters without case, as in Hebrew or Chinese, may stand for those of
// either case, and modifier letters too: what script an alphabet is of is nobody's business here. Title-case letters are
// upper-case ones, as the rules count them. Digits are those that the rules count, of any script. Special may be all else,
// also what the rules do not count as special, such as ² and ª, which are on keyboards.
func (a Alphabet) takes(r rune) bool {
	kind := kindOf(r)
	switch a {
	case UpperLetters:
		return kind == kindUpper || isCaseless(r)
	case LowerLetters:
		return kind == kindLower || isCaseless(r)
	case Digits:
		return kind == kindDigit
	}
	return kind == kindSpecial || kind == kindOther
}

// isCaseless holds for letters that are neither upper nor lower case, and for marks, which some scripts write their vowels with.
func isCaseless(r rune) bool { return unicode.In(r, unicode.Lo, unicode.Lm, unicode.M) }

// expected is what an alphabet takes, for operators.
func (a Alphabet) expected() string {
	return [...]string{
		UpperLetters: "upper-case letters, or letters without case", LowerLetters: "lower-case letters, or letters without case",
		Digits: "digits", Specials: "characters other than digits and letters with case",
	}[a]
}

// why is what is wrong with a text as the alphabet; "" = nothing.
func (a Alphabet) why(text string) string {
	switch misfit, some := a.Unfit(text); {
	case !some:
		return ""
	case misfit.OtherKind:
		return "has " + misfit.Symbol + ", but takes " + a.expected()
	default:
		return "has " + misfit.Symbol + ", which cannot stand in a password by itself"
	}
}
