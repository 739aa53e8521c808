package password

import (
	"math"
	"math/rand/v2"

	"latchkey/password/regex"
)

// tilt draws passwords of a language whose tally has too many states to be counted. It leaves some kinds out of the tally,
// and counts as if there were more symbols of them, so that many a password that is drawn has enough. Of those, each is
// turned down as often as it was likelier than others (rejection sampling): all that are left are as likely as each other.
type tilt struct {
	source   source // of passwords, by weight
	length   int
	minimums [kindOther]int // of the kinds that the tally leaves out
	weights  weights
	opened   int // how many sources were tried
}

// source is something to draw passwords from, so often before it is given up.
type source interface {
	draw(*random) string
	tries() int
}

const (
	unit    = 16 // the weight of symbols that count for no more than others
	highest = 1 << 30

	maxLengths = 4      // how many are tried
	maxRounds  = 4      // how often weights are made better
	maxSources = 12     // how many are tried in all
	looked     = 20_000 // how many symbols are drawn for that each time
	enoughKept = 0.05   // of the passwords, with which weights are good enough
)

// newTilt counts with as much of a tally as it can, at the nearest length. It returns nil when nothing can be drawn; empty:
// that is certain.
func newTilt(automaton *regex.Automaton, whole tally, alphabet []shade, span span) (made *tilt, empty bool) {
	span, some := whole.narrow(automaton, alphabet, span)
	if !some {
		return nil, true
	}
	made = &tilt{}
	for left, kind, some := whole.lighter(); some; left, kind, some = left.lighter() {
		made.minimums[kind] = whole.minimums[kind]
		if l := newLanguage(automaton, left, alphabet); l != nil {
			switch good, empty := made.settleNear(l, span); {
			case good:
				return made, false
			case empty:
				return nil, true
			}
		}
	}
	return nil, false
}

// settleNear takes the nearest length for which there are weights. At shorter ones all minimums together may be too many.
func (t *tilt) settleNear(l *language, span span) (good, empty bool) {
	for i := range maxLengths {
		length, found := l.nearest(span.wanted, span.low, span.high)
		switch {
		case !found:
			return false, i == 0 && !l.undecided()
		case t.settle(l, length):
			return true, false
		}
		span.low, span.wanted = length+1, length+1
	}
	return false, false
}

// settle finds weights with which few passwords are turned down, and tells whether there is one that is not.
func (t *tilt) settle(l *language, length int) bool {
	random := newRandom(rand.NewChaCha8([32]byte{})) // the same weights each time
	t.length, t.weights = length, weights{unit, unit, unit, unit, unit}
	for round := 0; ; round++ {
		if !t.open(l.weighted(t.weights)) {
			return false
		}
		s := t.sample(random)
		switch {
		case s.kept > enoughKept:
			return true
		case round == maxRounds:
			return s.kept > 0 || t.draw(random) != ""
		}
		t.weigh(s)
	}
}

// open makes a source of passwords, unless that would be too large.
func (t *tilt) open(l *language) bool {
	t.source = nil // else there would be two tables at a time
	if t.opened++; t.opened > maxSources {
		return false
	}
	if l.isFree() {
		t.source = &free{l, t.length}
		return true
	}
	counted := newCount(l, t.length, maxTable/4)
	if counted != nil {
		t.source = counted
	}
	return counted != nil
}

// sample is what became of some passwords that were drawn.
type sample struct {
	means   [allKinds]float64 // how many symbols of each kind one had
	squares [allKinds]float64 // and their squares, in the mean too
	kept    float64           // the part that was not turned down
}

func (t *tilt) sample(random *random) (s sample) {
	part := 1 / float64(1+looked/t.length)
	for range 1 + looked/t.length {
		have := kindsOf(t.source.draw(random))
		for kind, n := range have {
			s.means[kind] += part * float64(n)
			s.squares[kind] += part * float64(n*n)
		}
		if t.keeps(have, random) {
			s.kept += part
		}
	}
	return s
}

// weigh changes the weights so that each kind that would have too few symbols has its minimum in the mean, and all others
// together have what is left. That turns down the fewest.
func (t *tilt) weigh(s sample) {
	left := float64(t.length)
	leftMean := left
	for kind, minimum := range t.minimums {
		if t.isScarce(kind, s) {
			left, leftMean = left-float64(minimum), leftMean-s.means[kind]
		}
	}
	others := max(leftMean, few) / max(left, few)
	for kind, minimum := range t.minimums {
		if t.isScarce(kind, s) {
			alone := float64(minimum) / max(s.means[kind], few)
			t.weights[kind] = int64(min(max(unit, float64(t.weights[kind])*max(alone*others, s.step(kind, minimum))), highest))
		}
	}
}

// few is what stands for none, where nothing must be divided by it.
const few = 0.1

func (t *tilt) isScarce(kind int, s sample) bool {
	return t.weights[kind] > unit || s.means[kind] < float64(t.minimums[kind])
}

// step is by how much a kind's weight has to grow where symbols depend on each other, at most 64 times: a step of Newton's
// method, since the logarithm of the weight changes the mean by the variance.
func (s sample) step(kind, minimum int) float64 {
	missing := float64(minimum) - s.means[kind]
	if missing <= 0 {
		return 0
	}
	variance := s.squares[kind] - s.means[kind]*s.means[kind]
	return min(math.Exp(missing/max(variance, few)), 64)
}

// draw returns "" when none was found that is not turned down.
func (t *tilt) draw(random *random) string {
	for range t.source.tries() {
		made := t.source.draw(random)
		if random.err != nil {
			break
		}
		if t.keeps(kindsOf(made), random) {
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
			if t.weights[kind] > unit && random.below(t.weights[kind]) >= unit {
				return false
			}
		}
	}
	return true
}
