package regex

import (
	"cmp"
	"slices"
	"sort"
	"unicode"
	"unicode/utf8"
)

// partition divides all code points into classes.
type partition struct {
	sets  []Set              // by class
	ascii [utf8.RuneSelf]int // class of each
	lows  []rune             // where a stretch of one class begins
	class []int              // of each stretch
}

// of returns the class of a code point.
func (p *partition) of(c rune) int {
	if c < utf8.RuneSelf {
		return p.ascii[c]
	}
	return p.class[sort.Search(len(p.lows), func(i int) bool { return p.lows[i] > c })-1]
}

// boundary is where a set begins or ends.
type boundary struct {
	at  rune
	set int
}

// newPartition makes the coarsest partition of which every set is a union of classes.
func newPartition(sets []Set) *partition {
	edges := boundariesOf(sets)
	p := &partition{}
	member := make([]byte, (len(sets)+7)/8) // a bit for each set that contains the current stretch
	known := map[string]int{}
	for i, low := 0, rune(0); low <= unicode.MaxRune; {
		for ; i < len(edges) && edges[i].at == low; i++ {
			member[edges[i].set/8] ^= 1 << (edges[i].set % 8)
		}
		high := rune(unicode.MaxRune)
		if i < len(edges) {
			high = edges[i].at - 1
		}
		p.add(known, string(member), Range{low, high})
		low = high + 1
	}
	return p.indexed()
}

func boundariesOf(sets []Set) []boundary {
	var edges []boundary
	for i, s := range sets {
		for _, r := range s {
			edges = append(edges, boundary{r.Low, i}, boundary{r.High + 1, i})
		}
	}
	edges = slices.DeleteFunc(edges, func(e boundary) bool { return e.at > unicode.MaxRune })
	slices.SortFunc(edges, func(a, b boundary) int { return cmp.Compare(a.at, b.at) })
	return edges
}

// add adds a stretch to the class of those in the same sets.
func (p *partition) add(known map[string]int, member string, stretch Range) {
	class, found := known[member]
	if !found {
		class = len(p.sets)
		known[member] = class
		p.sets = append(p.sets, nil)
	}
	p.sets[class] = append(p.sets[class], stretch)
	p.lows, p.class = append(p.lows, stretch.Low), append(p.class, class)
}

// indexed fills the table of ASCII.
func (p *partition) indexed() *partition {
	for c := range rune(utf8.RuneSelf) {
		p.ascii[c] = p.class[sort.Search(len(p.lows), func(i int) bool { return p.lows[i] > c })-1]
	}
	return p
}
