package password

import (
	"cmp"
	"sync"

	"latchkey/password/regex"
)

// plan is where the passwords of one policy and recipe are drawn from: a count, where that would be too large a tilt, and
// where that cannot be had a walk.
type plan struct {
	count *count
	tilt  *tilt
	walk  *walk
	empty bool // it is certain that there is no password
	exact bool // those that are drawn keep all rules, but for the account name

	keepsSample func() bool // none of a sample breaks a rule; nil: none was taken
}

// drawable tells whether there is something to draw from.
func (p *plan) drawable() bool { return p.count != nil || p.tilt != nil || p.walk != nil }

// length is how many code points the passwords have.
func (p *plan) length() int {
	switch {
	case p.count != nil:
		return p.count.length
	case p.tilt != nil:
		return p.tilt.length
	}
	return p.walk.length
}

// draws is how many are worth it: at most so many, and fewer of long ones.
func (p *plan) draws(most int) int {
	if p.tilt != nil {
		return p.tilt.source.tries()
	}
	return min(most, 1+maxDrawn/max(1, p.length()))
}

// draw takes one or more of the draws that are left, and returns "" when none was left.
func (p *plan) draw(random *random, left *int) string {
	if p.tilt != nil {
		return p.tilt.draw(random, left)
	}
	*left--
	if p.count != nil {
		return p.count.draw(random)
	}
	return p.walk.draw(random)
}

// enough is the entropy in bits from which on readable passwords are good enough whatever they could be: a secret below that
// has to be guarded against guessing by other means (NIST SP 800-63B-4, section 3.1.2.2, of look-up secrets).
const enough = 64

// weak tells whether being readable costs passwords more than a quarter of their entropy, and they have not enough of it.
// So it is where an expression allows a few symbols, and most of them are easily taken for one another.
func (c *count) weak(others *count) bool { return c.bits() < enough && c.bits() < others.bits()*3/4 }

// newPlan counts in the dearest alphabet that is needed and the nearest length that there is. Symbols that are barred are
// left out.
func (c *compiled) newPlan(p Policy, r Recipe, barred regex.Set) *plan {
	automaton := c.automaton()
	if automaton == nil {
		return &plan{}
	}
	made := c.planIn(p, r, automaton, p.tally(), barred)
	if !made.drawable() && !made.empty && c.regex != nil && p.tally() != (tally{}) {
		made = c.planIn(p, r, automaton, tally{}, barred) // too many cells: the tally is left to the check
		made.exact, made.empty = false, false
	}
	p.compiled = c
	made.keepsSample = sync.OnceValue(func() bool { return p.keepsSampleOf(made) })
	return made
}

// isNearlyExact tells that hardly one that is drawn breaks a rule.
func (p *plan) isNearlyExact() bool { return p.exact || p.keepsSample != nil && p.keepsSample() }

// keepsSampleOf tells whether all of a sample keep the rules of composition. It is the same sample each time.
func (p Policy) keepsSampleOf(made *plan) bool {
	random := sameRandom()
	for left := sampled; left > 0; {
		if len(p.Check("", made.draw(random, &left))) > 0 {
			return false
		}
	}
	return true
}

// planIn tries alphabets, from the one that people read best to all of Unicode.
func (c *compiled) planIn(p Policy, r Recipe, automaton *regex.Automaton, t tally, barred regex.Set) *plan {
	in := func(alphabet []shade) *plan {
		made := planOf(automaton, t, without(r.alphabet(alphabet), barred), p.span(r))
		made.exact = c.regex == nil || c.regex.Automaton() != nil
		return made
	}
	best := in(thrifty())
	if best.count != nil && best.count.bits() < enough {
		if other := in(generous()); other.count != nil && best.count.weak(other.count) {
			best = other
		}
	}
	if best.empty {
		best = in(unbounded())
	}
	return best
}

// planOf is the plan of the nearest length: a count before a tilt, and that before a walk.
func planOf(automaton *regex.Automaton, t tally, alphabet []shade, within span) *plan {
	made := plainPlan(automaton, t, alphabet, within)
	if made.count != nil || made.empty {
		return made
	}
	if made.walk != nil {
		within = exactly(made.walk.length)
	}
	tilted, empty := newTilt(automaton, t, alphabet, within)
	if tilted == nil && made.walk != nil {
		return made
	}
	return &plan{tilt: tilted, empty: empty}
}

// plainPlan does without a tilt, which takes long to be made.
func plainPlan(automaton *regex.Automaton, t tally, alphabet []shade, within span) *plan {
	if within.low > within.high {
		return &plan{empty: true}
	}
	l := newLanguage(automaton, t, alphabet)
	if l == nil {
		return &plan{}
	}
	length, found := l.nearest(within.wanted, within.low, within.high)
	if !found {
		return &plan{empty: !l.undecided()}
	}
	if counted := newCount(l, length, maxTable); counted != nil {
		return &plan{count: counted}
	}
	return &plan{walk: newWalk(l, length)}
}

// span is which lengths come into question, and which is wanted.
type span struct{ low, high, wanted int }

func exactly(length int) span { return span{length, length, length} }

// span is which lengths the policy allows, and which is wanted: that of the recipe, as far as it lies within.
func (p Policy) span(r Recipe) span {
	low := p.minimum()
	high := min(p.maximum(), MaxBytes)
	return span{low: low, high: high, wanted: max(low, min(cmp.Or(max(0, r.Length), usualLength), high))}
}
