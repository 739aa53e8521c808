package generator

import (
	"cmp"
	"math"
	"sync"

	"latchkey/password"
	"latchkey/password/regex"
)

const (
	// minEntropyBits is the entropy from which on readable passwords are strong enough. A secret below it has to be
	// protected against guessing by other means (NIST SP 800-63B-4, section 3.1.2.2, look-up secrets).
	minEntropyBits = 64
	// sampleSize finds a part of 5 % in 29 of 30 cases; less than that is less than 0.1 bits.
	sampleSize = 64
)

// plan is how passwords of one policy with one set of options are generated.
type plan struct {
	count     *count        // nil: too many states
	construct *constructor  // used without a count
	relaxed   func() *count // used if construct finds nothing: the count without minimums; nil result: none
	empty     bool          // it is proved that there is no password
	exact     bool          // everything counted keeps all rules except the account name

	sampleKept func() bool // whether a fixed sample of the count keeps all rules
}

// planKey identifies a plan of a policy.
type planKey struct {
	options   password.GeneratorOptions
	forbidden string // the symbols that an account name beginning with it forbids are left out
}

// planFor returns the remembered plan or makes it.
func planFor(p password.Policy, key planKey) *plan {
	return password.Memo(p, key, func() *plan { return newPlan(p, key.options, nameRunes(key.forbidden)) })
}

// newPlan chooses the alphabet: readable symbols if that costs little entropy, all of Unicode only if nothing else does.
func newPlan(p password.Policy, o password.GeneratorOptions, forbidden regex.Set) *plan {
	automaton, exact := automatonOf(p)
	if automaton == nil {
		return &plan{}
	}
	in := func(tiers []alphabetTier) *plan {
		made := planIn(automaton, newClassCounter(p), without(withOptions(tiers, o), forbidden), spanOf(p, o))
		made.exact = exact
		return made
	}
	best := in(readableFirst())
	if best.count != nil && best.count.bits() < minEntropyBits {
		// Few symbols are allowed, and most of them are easily confused.
		if other := in(visibleFirst()); other.count != nil && best.count.bits() < other.count.bits()*3/4 {
			best = other
		}
	}
	if best.empty {
		best = in(allOfUnicode())
	}
	best.sampleKept = sync.OnceValue(func() bool {
		random := fixedRandom()
		for range sampleSize {
			if len(p.Check("", best.count.draw(random))) > 0 {
				return false
			}
		}
		return true
	})
	return best
}

// planIn plans for one alphabet.
func planIn(automaton *regex.Automaton, counter classCounter, alphabet []alphabetTier, s span) *plan {
	if s.low > s.high {
		return &plan{empty: true}
	}
	if l := newLanguage(automaton, counter, alphabet); l != nil {
		length, found := l.nearest(s)
		if !found && !l.undecided() {
			return &plan{empty: true}
		}
		if found {
			if c := newCount(l, length); c != nil {
				return &plan{count: c}
			}
		}
	}
	made := &plan{construct: newConstructor(automaton, counter, alphabet, s)}
	made.relaxed = sync.OnceValue(func() *count {
		if made.construct == nil || counter == (classCounter{}) {
			return nil
		}
		return newCount(newLanguage(automaton, classCounter{}, alphabet), made.construct.lengths[0])
	})
	return made
}

// automatonOf returns the automaton of the policy's expression, which accepts more than the expression if it is not exact. It is
// nil if there is none.
func automatonOf(p password.Policy) (automaton *regex.Automaton, exact bool) {
	expression := p.Expression()
	switch {
	case p.AllowedRegex == "":
		return regex.Everything(), true
	case expression == nil:
		return nil, false
	case expression.Automaton() != nil:
		return expression.Automaton(), true
	}
	return expression.Superset(), false
}

// span is the allowed lengths in code points and the requested one.
type span struct{ low, high, requested int }

func spanOf(p password.Policy, o password.GeneratorOptions) span {
	low, high := p.MinLength(), min(p.MaxLength(), password.MaxBytes)
	requested := cmp.Or(max(0, o.Length), password.DefaultGeneratorOptions().Length)
	return span{low: low, high: high, requested: max(low, min(requested, high))}
}

// entropy is that of the count, as far as everything counted is allowed: passwords with the account name are not, nor are
// those that break a rule about which nothing can be proved.
func (p *plan) entropy(policy password.Policy, accountName string) float64 {
	switch {
	case p.count == nil, !p.count.alwaysNormalized(), !p.exact && !p.sampleKept():
		return password.Unknown
	case p.count.bits() < minEntropyBits && p.mayContainName(policy, accountName):
		return password.Unknown
	}
	return math.Max(0, p.count.bits())
}

// mayContainName reports whether any password of a fixed sample contains the account name although that is forbidden.
func (p *plan) mayContainName(policy password.Policy, accountName string) bool {
	if !policy.UserNameForbidden || !p.count.canContain(accountName) {
		return false
	}
	sample := fixedRandom()
	for range sampleSize {
		if password.ContainsName(p.count.draw(sample), accountName) {
			return true
		}
	}
	return false
}
