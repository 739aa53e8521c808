package password

import (
	"unicode"
	"unicode/utf8"
)

// Count is what a text consists of, in code points. A code point is in at most one of Special, Upper, Digits and Lower.
type Count struct{ Symbols, Special, Upper, Digits, Lower int }

// Kinds is how many of the four kinds occur.
func (c Count) Kinds() (kinds int) {
	for _, of := range []int{c.Special, c.Upper, c.Digits, c.Lower} {
		kinds += min(of, 1)
	}
	return kinds
}

// CountClasses counts the code points of s. Counted as typed it is right for passwords that [Normalize] returned.
func CountClasses(s string) (c Count) {
	seen := kindsOf(s)
	for _, n := range seen {
		c.Symbols += n
	}
	c.Special, c.Upper, c.Digits, c.Lower = seen[kindSpecial], seen[kindUpper], seen[kindDigit], seen[kindLower]
	return c
}

// kindsOf is how many symbols of each kind there are.
func kindsOf(s string) (seen [allKinds]int) {
	for _, r := range s {
		seen[kindOf(r)]++
	}
	return seen
}

// asciiKinds are the kinds of the first code points, which most passwords consist of.
var asciiKinds = func() (known [utf8.RuneSelf]uint8) {
	for r := range known {
		known[r] = uint8(slowKindOf(rune(r)))
	}
	return known
}()

// kindOf is the kind of symbol that a code point is.
func kindOf(r rune) int {
	if r < utf8.RuneSelf {
		return int(asciiKinds[r])
	}
	return slowKindOf(r)
}

func slowKindOf(r rune) int {
	switch {
	case isUpper(r):
		return kindUpper
	case unicode.Is(unicode.Ll, r):
		return kindLower
	case unicode.IsDigit(r):
		return kindDigit
	case isSpecial(r):
		return kindSpecial
	}
	return kindOther
}

// isUpper holds for the general categories Lu and Lt.
func isUpper(r rune) bool { return unicode.In(r, unicode.Lu, unicode.Lt) }

// isSpecial holds for what is neither letter, mark, number nor control: a space counts, ² (No) and Ⅷ (Nl) do not.
func isSpecial(r rune) bool { return !unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.Cc) }
