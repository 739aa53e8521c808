package password

import (
	"unicode"
	"unicode/utf8"

	"latchkey/password/regex"
)

// Class is a class of code points that rules count. Every code point is in exactly one.
type Class int

// The classes. ClassOther is what no rule counts, such as letters without case.
const (
	ClassSpecial Class = iota
	ClassUpper
	ClassDigit
	ClassLower
	ClassOther
)

// classSets are the classes as sets, by class.
var classSets = func() (sets [ClassOther + 1]regex.Set) {
	sets[ClassSpecial] = regex.FromTables(unicode.L, unicode.M, unicode.N, unicode.Cc).Negate()
	sets[ClassUpper] = regex.FromTables(unicode.Lu, unicode.Lt)
	sets[ClassDigit] = regex.FromTables(unicode.Nd)
	sets[ClassLower] = regex.FromTables(unicode.Ll)
	sets[ClassOther] = sets[ClassSpecial].Union(sets[ClassUpper], sets[ClassDigit], sets[ClassLower]).Negate()
	return sets
}()

// Set returns all code points of the class.
func (c Class) Set() regex.Set { return classSets[c] }

// asciiClasses are the classes of ASCII, which most passwords consist of.
var asciiClasses = func() (classes [utf8.RuneSelf]Class) {
	for r := range classes {
		classes[r] = unicodeClass(rune(r))
	}
	return classes
}()

func classOf(r rune) Class {
	if r < utf8.RuneSelf {
		return asciiClasses[r]
	}
	return unicodeClass(r)
}

// unicodeClass agrees with classSets, but is faster.
func unicodeClass(r rune) Class {
	switch {
	case unicode.In(r, unicode.Lu, unicode.Lt):
		return ClassUpper
	case unicode.Is(unicode.Ll, r):
		return ClassLower
	case unicode.IsDigit(r):
		return ClassDigit
	case !unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.Cc): // a space is special, ² (No) and Ⅷ (Nl) are not
		return ClassSpecial
	}
	return ClassOther
}

// Count is the number of code points of a text and of four classes.
type Count struct{ Symbols, Special, Upper, Digits, Lower int }

// CountClasses counts the code points of s, which should be a password that [Normalize] returned.
func CountClasses(s string) (c Count) {
	var seen [ClassOther + 1]int
	for _, r := range s {
		seen[classOf(r)]++
		c.Symbols++
	}
	c.Special, c.Upper, c.Digits, c.Lower = seen[ClassSpecial], seen[ClassUpper], seen[ClassDigit], seen[ClassLower]
	return c
}

// Classes returns the number of the four classes that occur.
func (c Count) Classes() (classes int) {
	for _, n := range []int{c.Special, c.Upper, c.Digits, c.Lower} {
		classes += min(n, 1)
	}
	return classes
}
