package password

import (
	"math"

	"latchkey/password/regex"
)

// Direction says what a change of a rule means for those whom it is about.
type Direction string

// The directions.
const (
	Stricter Direction = "stricter"
	Looser   Direction = "looser"
	Changed  Direction = "changed" // another, neither stricter nor looser as far as can be told
)

// Change is a rule that is not what it was.
type Change struct {
	Old, New  Value
	Direction Direction
}

// SectionChanges are the changes of one section, in the order of the rules; there may be none.
type SectionChanges struct {
	Section Section
	Changes []Change
}

// Compare tells what becomes other when one set of policies follows another: for technical accounts, for accounts, and,
// where either has a policy of their own for them, for SuperAdmins: what holds for these before and after.
func Compare(old, next Policies) []SectionChanges {
	sections := []SectionChanges{
		{SectionTechnical, changes(old.Technical, next.Technical)},
		{SectionAccount, changes(old.Account, next.Account)},
	}
	if old.SuperAdmin != nil || next.SuperAdmin != nil {
		sections = append(sections, SectionChanges{SectionSuperAdmin, changes(old.For(false, true), next.For(false, true))})
	}
	return sections
}

func changes(old, next Policy) (changed []Change) {
	before, after := old.values(), next.values()
	for i, d := range definitions {
		if !d.same(before[i], after[i]) {
			change := Change{before[i], after[i], direction(before[i], after[i])}
			if d.rule == RuleAllowedRegex && change.Direction == Changed {
				change.Direction = directionOfExpression(old, next)
			}
			changed = append(changed, change)
		}
	}
	return changed
}

// same tells whether two values demand the same: two that are off do.
func (d definition) same(a, b Value) bool {
	return a.Active == b.Active && (!a.Active || d.figure(a) == d.figure(b))
}

func direction(old, next Value) Direction {
	strictness, known := strictnesses[old.Rule]
	if !known {
		return Changed
	}
	switch before, after := strictness(old), strictness(next); {
	case after > before:
		return Stricter
	case after < before:
		return Looser
	default:
		return Changed
	}
}

// directionOfExpression tells whether one expression takes part of what the other takes, where both are provable.
func directionOfExpression(old, next Policy) Direction {
	before, after := old.provable(), next.provable()
	if before == nil || after == nil {
		return Changed
	}
	fewer, more := regex.Included(after, before, assigned), regex.Included(before, after, assigned)
	switch {
	case fewer && !more:
		return Stricter
	case more && !fewer:
		return Looser
	}
	return Changed
}

// provable is the automaton of the policy's expression; nil = there is none, or none that is exact.
func (p Policy) provable() *regex.Automaton {
	if expression := p.expression(); expression != nil {
		return expression.Automaton()
	}
	return nil
}

// strictnesses tell how strict a rule is with a value: the more, the stricter. Of a rule that is not here nobody can tell,
// such as when its owner hears of a password's end.
var strictnesses = map[Rule]func(Value) int{
	RuleMinimumSymbols:           theMore,
	RuleMaximumSymbols:           theLess,
	RuleMinimumSpecialSymbols:    theMore,
	RuleMinimumUpperCaseSymbols:  theMore,
	RuleMinimumDigits:            theMore,
	RuleMinimumComplexity:        theMore,
	RuleUserNameForbidden:        theMore,
	RuleForbiddenLastPasswords:   theMore,
	RuleAllowedRegex:             theMore, // of two expressions see directionOfExpression
	RulePasswordExpirationInDays: theLess,
	RuleMaxLoginAttempts:         theLess,
	RuleBlockingTimeInMin:        theLonger,
}

// theMore is of rules that demand something: nothing is demanded by one that is off, and something by a switch or an expression.
func theMore(v Value) int {
	switch {
	case !v.Active:
		return 0
	case v.N > 0:
		return v.N
	}
	return 1
}

// theLess is of rules that allow so much, and without an end when they are off.
func theLess(v Value) int {
	if !v.Active {
		return math.MinInt
	}
	return -v.N
}

// theLonger is of a time that lasts without an end when it is 0.
func theLonger(v Value) int {
	if v.Active && v.N < 1 {
		return math.MaxInt
	}
	return theMore(v)
}
