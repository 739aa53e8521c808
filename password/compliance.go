package password

import "fmt"

// The settings that raise rules of the policy file.
const (
	SettingMinLength     = "COMPLIANCE_MIN_MASTER_PASSWORD_LENGTH"
	SettingComplexity    = "COMPLIANCE_MIN_MASTER_PASSWORD_COMPLEXITY"
	SettingLastPasswords = "DISABLE_LAST_PASSWORDS"
)

// Compliance is settings that apply to every policy of an installation; 0 = not set.
type Compliance struct {
	MinLength     int // code points; the larger of this and minimumSymbols applies
	Complexity    int // classes out of 4 that must occur
	LastPasswords int // the larger of this and forbiddenLastPasswords applies
	Options       GeneratorOptions
}

// compliance is the settings as they apply to one policy.
type compliance struct {
	complexity      int
	length, history bool // the rule's number is the setting's
	options         GeneratorOptions
}

// Check finds further problems of policies, such as contradictions.
type Check func(Policies) Problems

// With returns the policies with the settings applied. The error is [Problems]: settings that are invalid, and what the
// checks find.
func (p Policies) With(c Compliance, checks ...Check) (Policies, error) {
	if c.Complexity < 0 || c.Complexity > int(ClassOther) {
		return Policies{}, Problems{{Key: SettingComplexity, Why: fmt.Sprintf("is %d, but there are %d kinds of symbols", c.Complexity, ClassOther)}}
	}
	problems := c.Options.problems()
	if len(problems) > 0 {
		c.Options = GeneratorOptions{} // there is no point in checking policies against them
	}
	p.compliance, p.Technical, p.Account = c, p.Technical.with(c), p.Account.with(c)
	if p.SuperAdmin != nil {
		raised := p.SuperAdmin.with(c)
		p.SuperAdmin = &raised
	}
	for _, check := range checks {
		problems = append(problems, check(p)...)
	}
	if len(problems) > 0 {
		return Policies{}, problems
	}
	return p, nil
}

// Compliance returns the settings that were applied.
func (p Policies) Compliance() Compliance { return p.compliance }

func (p Policy) with(c Compliance) Policy {
	p.compliance = compliance{complexity: c.Complexity, options: c.Options}
	if c.MinLength > max(0, p.MinimumSymbols) {
		p.MinimumSymbols, p.compliance.length = c.MinLength, true
	}
	if c.LastPasswords > p.History() {
		p.ForbiddenLastPasswords, p.compliance.history = c.LastPasswords, true
	}
	return p.reusing(p.compiled)
}

// raisedBy names the setting that a rule's number comes from; "" = the policy itself.
func (p Policy) raisedBy(rule Rule) string {
	switch {
	case rule == RuleMinimumComplexity:
		return SettingComplexity
	case rule == RuleMinimumSymbols && p.compliance.length:
		return SettingMinLength
	case rule == RuleForbiddenLastPasswords && p.compliance.history:
		return SettingLastPasswords
	}
	return ""
}

// complexityHint requires as many classes as the rule that no minimum requires already, lower case first. That can be
// stricter than the rule, which leaves open which classes they are.
func complexityHint(p Policy) (hints []string) {
	missing := p.compliance.complexity - min(1, max(0, p.MinimumUpperCaseSymbols)) - min(1, max(0, p.MinimumDigits)) -
		min(1, max(0, p.MinimumSpecialSymbols))
	for _, class := range []struct {
		name    string
		minimum int
	}{{"lower", 0}, {"upper", p.MinimumUpperCaseSymbols}, {"digit", p.MinimumDigits}, {"special", p.MinimumSpecialSymbols}} {
		if class.minimum < 1 && len(hints) < missing {
			hints = append(hints, requiredHint(class.name)(p)...)
		}
	}
	return hints
}
