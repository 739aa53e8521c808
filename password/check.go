package password

import (
	"strings"

	"latchkey/names"
)

// Violation is a rule that a password breaks.
type Violation struct {
	Rule      Rule
	Want, Got int   // code points or classes, if the rule has a number
	TimedOut  bool  // allowedRegex only: matching was given up, which counts as not matching
	Texts     Texts // allowedRegex only: its description
}

// candidate is a password to check.
type candidate struct {
	accountName string
	text        string
	count       Count
}

// Check returns all broken composition rules in order; nil means that the password is accepted. It expects what [Normalize]
// returned. It does not check the history.
//
// Matching allowedRegex is bounded in time; see [Violation.TimedOut].
func (p Policy) Check(accountName, normalized string) []Violation {
	c := candidate{accountName: accountName, text: normalized, count: CountClasses(normalized)}
	var broken []Violation
	for _, d := range ruleSpecs {
		if d.check == nil || !d.isActive(&p) {
			continue
		}
		if v, bad := d.check(p, c); bad {
			v.Rule = d.rule
			broken = append(broken, v)
		}
	}
	return broken
}

func atLeast(want func(Policy) int, got func(Count) int) func(Policy, candidate) (Violation, bool) {
	return func(p Policy, c candidate) (Violation, bool) {
		v := Violation{Want: want(p), Got: got(c.count)}
		return v, v.Got < v.Want
	}
}

func notTooLong(p Policy, c candidate) (Violation, bool) {
	v := Violation{Want: p.MaxLength(), Got: c.count.Symbols}
	return v, v.Got > v.Want
}

func withoutName(_ Policy, c candidate) (Violation, bool) {
	return Violation{}, ContainsName(c.text, c.accountName)
}

func matching(p Policy, c candidate) (Violation, bool) {
	compiled, err := p.compile()
	if err != nil {
		return Violation{Texts: p.AllowedRegexDescription}, true
	}
	matches, timedOut := compiled.regex.Match(c.text)
	return Violation{TimedOut: timedOut, Texts: p.AllowedRegexDescription}, !matches
}

// ContainsName reports whether the password contains the account name, in the form in which names are compared.
func ContainsName(password, name string) bool {
	folded := names.Fold(name)
	return folded != "" && strings.Contains(names.Fold(password), folded)
}
