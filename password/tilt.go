package password

import (
	"math"

	"latchkey/password/regex"
)

// tilt draws passwords of a language whose tally has too many states to be counted. It leaves some kinds out of the tally,
// and counts as if there were more symbols of them, so that many a password that is drawn has enough. Of those, each is
// turned down as often as it was likelier than others (rejection sampling): all that are left are as likely as each other.
type tilt struct {
	language *language
	source   source // of passwords, by weight
	length   int
	minimums [kindOther]int // of the kinds that the tally leaves out
	weights  weights
	opened   int // how many sources were tried
}

// source is something to draw passwords from: so many for a sample, and so often before it is given up.
type source interface {
	draw(*random) string
	sampled() int
	tries() int
}

const (
	plainWeight   = 16 // of symbols that count for no more than others
	highestWeight = 1 << 30

	maxLengths = 4  // how many are tried
	maxRounds  = 5  // how often weights are tried at one length
	maxSources = 12 // how many are tried with one tally
	enoughKept = 0.05
	leastKept  = 12 // of all tries: then none is found once in 100,000 times
)

// newTilt counts with as much of a tally as it can, at the nearest length. It returns nil when nothing can be drawn; empty:
// that is certain.
func newTilt(automaton *regex.Automaton, whole tally, alphabet []shade, within span) (made *tilt, empty bool) {
	within, some := whole.narrow(automaton, alphabet, within)
	if !some {
		return nil, true
	}
	made = &tilt{}
	for left, kind, some := whole.lighter(); some; left, kind, some = left.lighter() {
		made.minimums[kind] = whole.minimums[kind]
		if made.language = newLanguage(automaton, left, alphabet); made.language == nil {
			continue
		}
		switch good, empty := made.settleNear(within); {
		case good:
			return made, false
		case empty:
			return nil, true
		}
	}
	return nil, false
}

// settleNear takes the nearest length for which there are weights. At shorter ones all minimums together may be too many.
func (t *tilt) settleNear(within span) (good, empty bool) {
	t.opened = 0
	for i := range maxLengths {
		length, found := t.language.nearest(within.wanted, within.low, within.high)
		if !found {
			return false, i == 0 && !t.language.undecided()
		}
		if i == 0 {
			t.cheapen()
		}
		if good, near := t.settle(length); good || near {
			return good, false
		}
		within.low = length + 1<<i
		within.wanted = within.low
	}
	return false, false
}

// cheapen lets symbols of the kinds that are left out be drawn at all, which may be dearer than others.
func (t *tilt) cheapen() {
	left := [kindOther]bool{}
	for kind, minimum := range t.minimums {
		left[kind] = minimum > 0
	}
	t.language.cheapen(left)
}

// settle finds weights with which few passwords are turned down. Where only some are not, which is near, more length is no
// help.
func (t *tilt) settle(length int) (good, near bool) {
	random := sameRandom() // the same weights each time
	t.length, t.weights = length, weights{plainWeight, plainWeight, plainWeight, plainWeight, plainWeight}
	for round := 1; t.open(); round++ {
		s := t.sample(random)
		switch {
		case s.kept > enoughKept:
			return true, true
		case round == maxRounds:
			kept := 0
			if t.isNear(s) {
				kept = t.keeping(random)
			}
			return kept == leastKept, kept > 0
		}
		t.weigh(s)
	}
	return false, false
}

// isNear tells that the minimums lie where the numbers of symbols do, and not beyond what there can be.
func (t *tilt) isNear(s sample) bool {
	for kind, minimum := range t.minimums {
		if float64(minimum) > s.means[kind]+3*math.Sqrt(s.variance(kind))+1 {
			return false
		}
	}
	return true
}

// keeping is how many of all tries are not turned down, as far as that matters. Where none of a quarter is, none is.
func (t *tilt) keeping(random *random) (kept int) {
	quarter := t.source.tries() / 4
	if t.draw(random, &quarter) == "" {
		return 0
	}
	for left := t.source.tries(); kept < leastKept && t.draw(random, &left) != ""; {
		kept++
	}
	return kept
}

// open makes a source of passwords, unless that would be too large.
func (t *tilt) open() bool {
	t.source = nil // else there would be two tables at a time
	if t.opened++; t.opened > maxSources {
		return false
	}
	l := t.language.weighted(t.weights)
	if l.isFree() {
		t.source = newFree(l, t.length)
	} else if counted := newCount(l, t.length, maxTable/4); counted != nil {
		t.source = counted
	}
	return t.source != nil
}

// draw returns "" when all that were left were turned down.
func (t *tilt) draw(random *random, left *int) string {
	for *left > 0 && random.err == nil {
		*left--
		if made := t.source.draw(random); t.keeps(kindsOf(made), random) {
			return made
		}
	}
	return ""
}

// keeps decides whether a password with so many symbols of each kind is turned down.
func (t *tilt) keeps(have [allKinds]int, random *random) bool {
	for kind, minimum := range t.minimums {
		if have[kind] < minimum {
			return false
		}
	}
	for kind, minimum := range t.minimums {
		for range have[kind] - minimum {
			if t.weights[kind] > plainWeight && random.below(t.weights[kind]) >= plainWeight {
				return false
			}
		}
	}
	return true
}
