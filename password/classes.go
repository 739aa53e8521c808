package password

import "unicode"

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
func CountClasses(s string) Count {
	var c Count
	for _, r := range s {
		c.Symbols++
		switch {
		case isUpper(r):
			c.Upper++
		case unicode.IsDigit(r):
			c.Digits++
		case unicode.Is(unicode.Ll, r):
			c.Lower++
		case isSpecial(r):
			c.Special++
		}
	}
	return c
}

// isUpper holds for the general categories Lu and Lt.
func isUpper(r rune) bool { return unicode.In(r, unicode.Lu, unicode.Lt) }

// isSpecial holds for what is neither letter, mark, number nor control: a space counts, ² (No) and Ⅷ (Nl) do not.
func isSpecial(r rune) bool { return !unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.Cc) }
