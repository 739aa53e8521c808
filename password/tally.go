package password

import "latchkey/password/regex"

// The kinds of symbol that a tally tells apart.
const (
	kindSpecial = iota
	kindUpper
	kindDigit
	kindLower
	kindOther
	allKinds
)

// kindSets holds every code point in one of its sets.
var kindSets = [allKinds]regex.Set{
	specialRunes, upperRunes, digitRunes, lowerRunes, specialRunes.Union(upperRunes, digitRunes, lowerRunes).Negate(),
}

// tally counts how many symbols of each kind a password has, as far as the rules want to know: a count stops where it
// makes no difference any more. All counts together are one number.
type tally struct {
	minimums [kindOther]int
	most     [kindOther]int // where each count stops
	groups   int            // how many kinds must be there
}

func (p Policy) tally() tally {
	t := tally{minimums: [kindOther]int{
		kindSpecial: max(0, p.MinimumSpecialSymbols), kindUpper: max(0, p.MinimumUpperCaseSymbols), kindDigit: max(0, p.MinimumDigits),
	}, groups: p.complexity()}
	t.most = t.minimums
	if t.groups > 0 {
		for kind := range t.most {
			t.most[kind] = max(1, t.most[kind])
		}
	}
	return t
}

// values is how many states a tally has.
func (t tally) values() int {
	n := 1
	for _, most := range t.most {
		n = min(n*(most+1), maxCells+1)
	}
	return n
}

// counted is a kind as far as it is counted: of those that are not, all are the same.
func (t tally) counted(kind int) int {
	if kind < kindOther && t.most[kind] > 0 {
		return kind
	}
	return kindOther
}

// with is a tally's state after another symbol. The first is 0.
func (t tally) with(value, kind int) int {
	unit := 1
	for k, most := range t.most {
		if k == kind {
			if value/unit%(most+1) < most {
				return value + unit
			}
			return value
		}
		unit *= most + 1
	}
	return value
}

// content tells whether every minimum is reached, and enough kinds are there.
func (t tally) content(value int) bool {
	present := 0
	for k, most := range t.most {
		count := value % (most + 1)
		value /= most + 1
		if count < t.minimums[k] {
			return false
		}
		if count > 0 {
			present++
		}
	}
	return present >= t.groups
}

// lighter is a tally without its largest minimum, that of a kind; some = it has one.
func (t tally) lighter() (left tally, kind int, some bool) {
	for k, minimum := range t.minimums {
		if minimum > t.minimums[kind] {
			kind = k
		}
	}
	return t.without(kind), kind, t.minimums[kind] > 0
}

func (t tally) without(kind int) tally {
	t.minimums[kind], t.most[kind] = 0, min(t.groups, 1)
	return t
}

// narrow leaves out lengths that are too short for one of the minimums by itself; some = others are left.
func (t tally) narrow(automaton *regex.Automaton, alphabet []shade, within span) (left span, some bool) {
	for kind := range t.minimums {
		alone := t
		for other := range t.minimums {
			if other != kind {
				alone = alone.without(other)
			}
		}
		switch first, found, certain := alone.first(automaton, alphabet, within); {
		case found:
			within.low = first
		case certain:
			return within, false
		}
	}
	within.wanted = max(within.wanted, within.low)
	return within, true
}

// first is the shortest length that there is; where none is found, certain tells that there is none.
func (t tally) first(automaton *regex.Automaton, alphabet []shade, within span) (length int, found, certain bool) {
	l := newLanguage(automaton, t, alphabet)
	if l == nil {
		return 0, false, false
	}
	length, found = l.nearest(within.low, within.low, within.high)
	return length, found, found || !l.undecided()
}

// isBeyond tells that one of the minimums by itself cannot be reached.
func (t tally) isBeyond(automaton *regex.Automaton, alphabet []shade, within span) bool {
	_, some := t.narrow(automaton, alphabet, within)
	return !some
}

// shortest is how many symbols it takes to be content.
func (t tally) shortest() int {
	length, present := 0, 0
	for _, minimum := range t.minimums {
		length = addLength(length, minimum)
		if minimum > 0 {
			present++
		}
	}
	return addLength(length, max(0, t.groups-present))
}

// addLength adds lengths of which each may be the largest.
func addLength(a, b int) int { return min(a+b, maxLength) }
