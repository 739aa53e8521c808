package regex

import (
	"encoding/binary"
	"iter"
	"slices"
	"unicode"
)

// Range is a range of code points, both ends included.
type Range struct{ Low, High rune }

// Set is a set of code points: ranges in order, neither overlapping nor touching.
type Set []Range

// Any contains every code point.
var Any = Set{{0, unicode.MaxRune}}

// NewSet makes a set of ranges in any order.
func NewSet(ranges ...Range) Set {
	sorted := slices.Clone(ranges)
	slices.SortFunc(sorted, func(a, b Range) int { return int(a.Low - b.Low) })
	var s Set
	for _, r := range sorted {
		if last := len(s) - 1; last >= 0 && r.Low <= s[last].High+1 {
			s[last].High = max(s[last].High, r.High)
			continue
		}
		s = append(s, r)
	}
	return s
}

// SetOf returns the code points of a string.
func SetOf(text string) Set {
	var ranges []Range
	for _, r := range text {
		ranges = append(ranges, Range{r, r})
	}
	return NewSet(ranges...)
}

// FromTables returns the union of the tables.
func FromTables(tables ...*unicode.RangeTable) Set {
	var ranges []Range
	for _, t := range tables {
		for _, r := range t.R16 {
			ranges = appendStrided(ranges, rune(r.Lo), rune(r.Hi), rune(r.Stride))
		}
		for _, r := range t.R32 {
			ranges = appendStrided(ranges, rune(r.Lo), rune(r.Hi), rune(r.Stride))
		}
	}
	return NewSet(ranges...)
}

func appendStrided(ranges []Range, low, high, stride rune) []Range {
	if stride == 1 {
		return append(ranges, Range{low, high})
	}
	for r := low; r <= high; r += stride {
		ranges = append(ranges, Range{r, r})
	}
	return ranges
}

// Union returns the union of the sets.
func (s Set) Union(others ...Set) Set {
	return NewSet(slices.Concat(append([]Set{s}, others...)...)...)
}

// Negate returns all other code points.
func (s Set) Negate() Set {
	var rest Set
	next := rune(0)
	for _, r := range s {
		if next < r.Low {
			rest = append(rest, Range{next, r.Low - 1})
		}
		next = r.High + 1
	}
	if next <= unicode.MaxRune {
		rest = append(rest, Range{next, unicode.MaxRune})
	}
	return rest
}

// Intersect returns the intersection.
func (s Set) Intersect(t Set) Set {
	var both Set
	for i, j := 0, 0; i < len(s) && j < len(t); {
		low, high := max(s[i].Low, t[j].Low), min(s[i].High, t[j].High)
		if low <= high {
			both = append(both, Range{low, high})
		}
		if s[i].High < t[j].High {
			i++
		} else {
			j++
		}
	}
	return both
}

// Minus returns the difference.
func (s Set) Minus(t Set) Set { return s.Intersect(t.Negate()) }

// Contains reports whether a code point is in the set.
func (s Set) Contains(c rune) bool {
	_, found := slices.BinarySearchFunc(s, c, func(r Range, c rune) int {
		switch {
		case r.High < c:
			return -1
		case r.Low > c:
			return 1
		}
		return 0
	})
	return found
}

// Size returns the number of code points.
func (s Set) Size() int {
	n := 0
	for _, r := range s {
		n += int(r.High-r.Low) + 1
	}
	return n
}

// Runes yields each code point, in order.
func (s Set) Runes() iter.Seq[rune] {
	return func(yield func(rune) bool) {
		for _, r := range s {
			for c := r.Low; c <= r.High; c++ {
				if !yield(c) {
					return
				}
			}
		}
	}
}

// At returns the i-th code point, from 0.
func (s Set) At(i int) rune {
	for _, r := range s {
		if width := int(r.High-r.Low) + 1; i >= width {
			i -= width
		} else {
			return r.Low + rune(i)
		}
	}
	return -1
}

// key returns a string that only equal sets have.
func (s Set) key() string {
	b := make([]byte, 0, 8*len(s))
	for _, r := range s {
		b = binary.LittleEndian.AppendUint32(b, uint32(r.Low))
		b = binary.LittleEndian.AppendUint32(b, uint32(r.High))
	}
	return string(b)
}
