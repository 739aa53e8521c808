package password

import "fmt"

// contradictions reports rules of a policy that no password can keep together. Whether a regular expression leaves any
// password over is not judged here.
func (p *parsing) contradictions() {
	for _, policy := range p.policies.all() {
		for rule, why := range policy.contradictions {
			p.problems = append(p.problems, p.policies.problem(policy.Section, rule, why))
		}
	}
}

// contradictions yields the rule at which a contradiction shows, and what it is.
func (p Policy) contradictions(yield func(Rule, string) bool) {
	classes := p.classMinimums()
	for _, c := range []struct {
		rule         Rule
		need, have   int
		contradicted string
	}{
		{RuleMinimumSymbols, p.MinimumSymbols, p.maximum(), "asks for %d, but maximumSymbols allows %d"},
		{RuleMaximumSymbols, classes, p.maximum(), "minimumSpecialSymbols, minimumUpperCaseSymbols and " +
			"minimumDigits together ask for %d, but %d are allowed"},
		{RuleMinimumSymbols, p.MinimumSymbols, MaxBytes, "asks for %d, but a password can have at most %d bytes"},
		{p.largestMinimum(), classes, MaxBytes, "minimumSpecialSymbols, minimumUpperCaseSymbols and " +
			"minimumDigits together ask for %d, but a password can have at most %d bytes"},
	} {
		if c.rule == RuleMaximumSymbols && p.MaximumSymbols < 1 {
			continue
		}
		if c.need > c.have && !yield(c.rule, fmt.Sprintf(c.contradicted, c.need, c.have)) {
			return
		}
	}
}

// classMinimums is the length that the three classes need, which share no code point.
func (p Policy) classMinimums() int {
	return max(0, p.MinimumSpecialSymbols) + max(0, p.MinimumUpperCaseSymbols) + max(0, p.MinimumDigits)
}

func (p Policy) largestMinimum() Rule {
	switch max(p.MinimumSpecialSymbols, p.MinimumUpperCaseSymbols, p.MinimumDigits) {
	case p.MinimumSpecialSymbols:
		return RuleMinimumSpecialSymbols
	case p.MinimumUpperCaseSymbols:
		return RuleMinimumUpperCaseSymbols
	}
	return RuleMinimumDigits
}
