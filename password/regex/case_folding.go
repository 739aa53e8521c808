package regex

import "unicode"

// foldRune returns a code point and, under (?i), those that Java considers equal: ASCII letters by default, and with (?u)
// those whose upper case has the same lower case (java.util.regex.Pattern, UNICODE_CASE).
func (f flags) foldRune(c rune) Set {
	if f.fold && f.unicode {
		return Set{{c, c}}.Union(sameCase(c))
	}
	return f.foldRange(Range{c, c})
}

// foldLetter folds a literal. Java also folds letters without an upper case of their own (ß matches ẞ), but only within a
// run of literals; this does it for single letters too.
func (f flags) foldLetter(c rune) Set {
	if f.fold && f.unicode {
		return f.foldRune(c).Union(sharing(unicode.ToLower(unicode.ToUpper(c))))
	}
	return f.foldRune(c)
}

// foldRange folds a range of a class: under (?i) it also contains the other cases of its code points.
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

// shift moves the part of a range within another.
func shift(rng, within Range, by rune) Set {
	low, high := max(rng.Low, within.Low), min(rng.High, within.High)
	if low > high {
		return nil
	}
	return Set{{low + by, high + by}}
}

// cased is a code point with case.
type cased struct{ c, upper, lower rune }

// caseTable lists all code points with case. lower is the lower case of the upper case.
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

// otherCases returns the code points whose upper case, or its lower case, is in the range.
func otherCases(rng Range) Set {
	var found []Range
	for _, other := range caseTable {
		if in(rng, other.upper) || in(rng, other.lower) {
			found = append(found, Range{other.c, other.c})
		}
	}
	return NewSet(found...)
}

// sameCase returns the lower case of a code point's upper case and the code points that share it; nothing for a code point
// without case.
func sameCase(c rune) Set {
	upper := unicode.ToUpper(c)
	lower := unicode.ToLower(upper)
	if upper == lower {
		return nil
	}
	return sharing(lower).Union(Set{{lower, lower}})
}

// sharing returns the code points whose upper case has this lower case.
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
