package password

import (
	"slices"
	"unicode"
)

// runeRange is a range of code points, both ends included.
type runeRange struct{ low, high rune }

// runeSet is a set of code points: ranges in order, neither overlapping nor touching.
type runeSet []runeRange

// anyRune holds every code point.
var anyRune = runeSet{{0, unicode.MaxRune}}

// newSet makes a set of ranges in any order.
func newSet(ranges ...runeRange) runeSet {
	sorted := slices.Clone(ranges)
	slices.SortFunc(sorted, func(a, b runeRange) int { return int(a.low - b.low) })
	var s runeSet
	for _, r := range sorted {
		if last := len(s) - 1; last >= 0 && r.low <= s[last].high+1 {
			s[last].high = max(s[last].high, r.high)
			continue
		}
		s = append(s, r)
	}
	return s
}

// setOf holds the code points of a string.
func setOf(text string) runeSet {
	var ranges []runeRange
	for _, r := range text {
		ranges = append(ranges, runeRange{r, r})
	}
	return newSet(ranges...)
}

// fromTables holds what is in any of the tables.
func fromTables(tables ...*unicode.RangeTable) runeSet {
	var ranges []runeRange
	for _, t := range tables {
		for _, r := range t.R16 {
			ranges = appendStrided(ranges, rune(r.Lo), rune(r.Hi), rune(r.Stride))
		}
		for _, r := range t.R32 {
			ranges = appendStrided(ranges, rune(r.Lo), rune(r.Hi), rune(r.Stride))
		}
	}
	return newSet(ranges...)
}

func appendStrided(ranges []runeRange, low, high, stride rune) []runeRange {
	if stride == 1 {
		return append(ranges, runeRange{low, high})
	}
	for r := low; r <= high; r += stride {
		ranges = append(ranges, runeRange{r, r})
	}
	return ranges
}

func (s runeSet) union(others ...runeSet) runeSet {
	return newSet(slices.Concat(append([]runeSet{s}, others...)...)...)
}

func (s runeSet) negate() runeSet {
	var rest runeSet
	next := rune(0)
	for _, r := range s {
		if next < r.low {
			rest = append(rest, runeRange{next, r.low - 1})
		}
		next = r.high + 1
	}
	if next <= unicode.MaxRune {
		rest = append(rest, runeRange{next, unicode.MaxRune})
	}
	return rest
}

func (s runeSet) intersect(t runeSet) runeSet {
	var both runeSet
	for i, j := 0, 0; i < len(s) && j < len(t); {
		low, high := max(s[i].low, t[j].low), min(s[i].high, t[j].high)
		if low <= high {
			both = append(both, runeRange{low, high})
		}
		if s[i].high < t[j].high {
			i++
		} else {
			j++
		}
	}
	return both
}

func (s runeSet) minus(t runeSet) runeSet { return s.intersect(t.negate()) }

func (s runeSet) contains(c rune) bool {
	_, found := slices.BinarySearchFunc(s, c, func(r runeRange, c rune) int {
		switch {
		case r.high < c:
			return -1
		case r.low > c:
			return 1
		}
		return 0
	})
	return found
}

// size is the number of code points.
func (s runeSet) size() int {
	n := 0
	for _, r := range s {
		n += int(r.high-r.low) + 1
	}
	return n
}

// at is the i-th code point, counted from 0.
func (s runeSet) at(i int) rune {
	for _, r := range s {
		if width := int(r.high-r.low) + 1; i >= width {
			i -= width
		} else {
			return r.low + rune(i)
		}
	}
	return -1
}
