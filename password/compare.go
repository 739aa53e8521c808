package password

import "math"

// Direction is what a change of a rule means for account owners.
type Direction string

// The directions.
const (
	Stricter Direction = "stricter"
	Looser   Direction = "looser"
	Changed  Direction = "changed" // neither, or unknown
)

// Change is a changed rule.
type Change struct {
	Old, New  Value
	Direction Direction
}

// SectionChanges is the changes of one section, possibly none, in the order of the rules.
type SectionChanges struct {
	Section Section
	Changes []Change
}

// Compare lists what changes when one set of policies replaces another: for technical accounts, for accounts and, if either
// set has a policy for them, for SuperAdmins.
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
	for i, d := range ruleSpecs {
		a, b := before[i], after[i]
		if a.Active != b.Active || a.Active && d.figure(a) != d.figure(b) { // two that are off demand the same
			changed = append(changed, Change{a, b, direction(a, b)})
		}
	}
	return changed
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

// strictnesses returns, by rule, how strict a value is. A rule that is not listed, such as the time of the reminder, is
// neither strict nor loose.
var strictnesses = map[Rule]func(Value) int{
	RuleMinimumSymbols:           higherIsStricter,
	RuleMaximumSymbols:           lowerIsStricter,
	RuleMinimumSpecialSymbols:    higherIsStricter,
	RuleMinimumUpperCaseSymbols:  higherIsStricter,
	RuleMinimumDigits:            higherIsStricter,
	RuleMinimumComplexity:        higherIsStricter,
	RuleUserNameForbidden:        higherIsStricter,
	RuleForbiddenLastPasswords:   higherIsStricter,
	RuleAllowedRegex:             higherIsStricter, // on or off; two expressions are not compared
	RulePasswordExpirationInDays: lowerIsStricter,
	RuleMaxLoginAttempts:         lowerIsStricter,
	RuleBlockingTimeInMin:        longerIsStricter,
}

// higherIsStricter is for rules that demand something; a switch or an expression counts as 1.
func higherIsStricter(v Value) int {
	switch {
	case !v.Active:
		return 0
	case v.N > 0:
		return v.N
	}
	return 1
}

// lowerIsStricter is for limits; a limit that is off is the loosest.
func lowerIsStricter(v Value) int {
	if !v.Active {
		return math.MinInt
	}
	return -v.N
}

// longerIsStricter is for a time that never ends when it is 0.
func longerIsStricter(v Value) int {
	if v.Active && v.N < 1 {
		return math.MaxInt
	}
	return higherIsStricter(v)
}
