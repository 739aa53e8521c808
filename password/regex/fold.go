package regex

import "unicode"

// foldRune holds a code point, and under (?i) those that Java takes for the same: ASCII letters by default, and with
// (?u) what has the same lower case of its upper case (java.util.regex.Pattern, UNICODE_CASE).
func (f flags) foldRune(c rune) Set {
	if f.fold && f.unicode {
		return Set{{c, c}}.Union(sameCase(c))
	}
	return f.foldRange(Range{c, c})
}

// foldLetter is the same outside a class. There Java compares the cases also of what has none itself, as ß, which is that
// of ẞ then. It does so only beside other letters; one that stands for itself alone is taken here as those are.
func (f flags) foldLetter(c rune) Set {
	if f.fold && f.unicode {
		return f.foldRune(c).Union(sharing(unicode.ToLower(unicode.ToUpper(c))))
	}
	return f.foldRune(c)
}

// foldRange is the same for a range of a class: under (?i) a code point is in it whose other case is.
func (f flags) foldRange(rng Range) Set {
	plain := NewSet(rng)
	switch {
	case !f.fold:
		return plain
	case f.unicode:
		return plain.Union(otherCases(rng))
	}
	return plain.Union(shift(rng, Range{'A', 'Z'}, 'a'-'A'), shift(rng, Range{'a', 'z'}, 'A'-'a'))
}

// shift moves the part of a range that lies within another.
func shift(rng, within Range, by rune) Set {
	low, high := max(rng.Low, within.Low), min(rng.High, within.High)
	if low > high {
		return nil
	}
	return Set{{low + by, high + by}}
}

// cased is a code point that has cases.
type cased struct{ c, upper, lower rune }

// caseTable holds all code points that have cases. lower is the lower case of the upper case.
var caseTable = func() []cased {
	var table []cased
	for _, cases := range unicode.CaseRanges {
		for c := rune(cases.Lo); c <= rune(cases.Hi); c++ {
			upper := unicode.ToUpper(c)
			table = append(table, cased{c: c, upper: upper, lower: unicode.ToLower(upper)})
		}
	}
	return table
}()

// otherCases holds the code points whose upper case, or its lower case, is in the range.
func otherCases(rng Range) Set {
	var found []Range
	for _, other := range caseTable {
		if in(rng, other.upper) || in(rng, other.lower) {
			found = append(found, Range{other.c, other.c})
		}
	}
	return NewSet(found...)
}

// sameCase holds those that share the lower case of a code point's upper case, and that itself. What has no cases has
// none in a class.
func sameCase(c rune) Set {
	upper := unicode.ToUpper(c)
	lower := unicode.ToLower(upper)
	if upper == lower {
		return nil
	}
	return sharing(lower).Union(Set{{lower, lower}})
}

// sharing holds those of whose upper case this is the lower case.
func sharing(lower rune) Set {
	var found []Range
	for _, other := range caseTable {
		if other.lower == lower {
			found = append(found, Range{other.c, other.c})
		}
	}
	return NewSet(found...)
}

func in(rng Range, c rune) bool { return rng.Low <= c && c <= rng.High }
