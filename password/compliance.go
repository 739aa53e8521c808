package password

import "fmt"

// The settings beside the policy file that raise its rules, by their names.
const (
	SettingMinLength     = "COMPLIANCE_MIN_MASTER_PASSWORD_LENGTH"
	SettingComplexity    = "COMPLIANCE_MIN_MASTER_PASSWORD_COMPLEXITY"
	SettingLastPasswords = "DISABLE_LAST_PASSWORDS"
)

// Compliance are settings that belong to every policy of an installation; 0 = not set.
type Compliance struct {
	MinLength     int // code points; of this and minimumSymbols the larger holds
	Complexity    int // of the 4 kinds of symbols
	LastPasswords int // of this and forbiddenLastPasswords the larger holds
	Recipe        Recipe
}

// compliance is what of the settings a policy has taken on.
type compliance struct {
	complexity      int
	length, history bool // the rule's number is the setting's
	recipe          Recipe
}

// With returns the policies with the settings in force. The error is [Problems]: where the settings and the policies
// contradict each other, and what of a recipe cannot stand in a password.
func (p Policies) With(c Compliance) (Policies, error) {
	if c.Complexity < 0 || c.Complexity > kindOther {
		return Policies{}, Problems{{Key: SettingComplexity, Why: fmt.Sprintf("is %d, but there are %d kinds of symbols", c.Complexity, kindOther)}}
	}
	p.compliance, p.Technical, p.Account = c, p.Technical.with(c), p.Account.with(c)
	if p.SuperAdmin != nil {
		raised := p.SuperAdmin.with(c)
		p.SuperAdmin = &raised
	}
	problems := append(c.Recipe.problems(), p.contradictions()...)
	if len(problems) == 0 {
		problems = p.beyondAlphabets(c.Recipe)
	}
	if len(problems) > 0 {
		return Policies{}, problems
	}
	return p, nil
}

// Compliance are the settings that are in force with the policies.
func (p Policies) Compliance() Compliance { return p.compliance }

func (p Policy) with(c Compliance) Policy {
	p.compliance = compliance{complexity: c.Complexity, recipe: c.Recipe}
	if c.MinLength > max(0, p.MinimumSymbols) {
		p.MinimumSymbols, p.compliance.length = c.MinLength, true
	}
	if c.LastPasswords > p.History() {
		p.ForbiddenLastPasswords, p.compliance.history = c.LastPasswords, true
	}
	return p.keeping(p.compiled)
}

// raisedBy names the setting that a rule's number comes from; "" = it comes from the policy.
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

// complexityHint asks for as many kinds as are wanted and not asked for already, small letters first. It may ask for more
// than the rule: which kinds they are is left open there.
func complexityHint(p Policy) (hints []string) {
	missing := p.compliance.complexity - min(1, max(0, p.MinimumUpperCaseSymbols)) - min(1, max(0, p.MinimumDigits)) -
		min(1, max(0, p.MinimumSpecialSymbols))
	for _, kind := range []struct {
		class   string
		minimum int
	}{{"lower", 0}, {"upper", p.MinimumUpperCaseSymbols}, {"digit", p.MinimumDigits}, {"special", p.MinimumSpecialSymbols}} {
		if kind.minimum < 1 && len(hints) < missing {
			hints = append(hints, requiredHint(kind.class)(p)...)
		}
	}
	return hints
}
