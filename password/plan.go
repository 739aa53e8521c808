package password

import (
	"cmp"

	"latchkey/password/regex"
)

// plan is where the passwords of one policy and recipe are drawn from.
type plan struct {
	count *count // nil: none could be made, see empty
	empty bool   // it is certain that there is no password
	exact bool   // those that are drawn keep all rules, but for the account name
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
	if made.count == nil && !made.empty && c.regex != nil {
		made = c.planIn(p, r, automaton, tally{}, barred) // too many cells: the tally is left to the check
		made.exact, made.empty = false, false
	}
	return made
}

// planIn tries alphabets, from the one that people read best to all of Unicode.
func (c *compiled) planIn(p Policy, r Recipe, automaton *regex.Automaton, t tally, barred regex.Set) *plan {
	span := p.span(r)
	in := func(alphabet []shade) *plan {
		count, empty := counted(automaton, t, without(r.alphabet(alphabet), barred), span)
		return &plan{count: count, empty: empty, exact: c.regex == nil || c.regex.Automaton() != nil}
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

// span is which lengths the policy allows, and which is wanted: that of the recipe, as far as it lies within.
func (p Policy) span(r Recipe) span {
	low := max(1, p.MinimumSymbols, p.tally().shortest())
	high := min(p.maximum(), MaxBytes)
	return span{low: low, high: high, wanted: max(low, min(cmp.Or(max(0, r.Length), usualLength), high))}
}
