package password

// Rule is the name of a rule in the policy file.
type Rule string

// The twelve rules in the order in which they are listed. minimumComplexity comes from [SettingComplexity] only, and
// allowedRegexDescription describes its rule.
const (
	RuleMinimumSymbols              Rule = "minimumSymbols"
	RuleMaximumSymbols              Rule = "maximumSymbols"
	RuleMinimumSpecialSymbols       Rule = "minimumSpecialSymbols"
	RuleMinimumUpperCaseSymbols     Rule = "minimumUpperCaseSymbols"
	RuleMinimumDigits               Rule = "minimumDigits"
	RuleMinimumComplexity           Rule = "minimumComplexity"
	RuleUserNameForbidden           Rule = "userNameForbidden"
	RuleForbiddenLastPasswords      Rule = "forbiddenLastPasswords"
	RuleAllowedRegex                Rule = "allowedRegex"
	RuleAllowedRegexDescription     Rule = "allowedRegexDescription"
	RulePasswordExpirationInDays    Rule = "passwordExpirationInDays"
	RuleEmailBeforeExpirationInDays Rule = "emailBeforeExpirationInDays"
	RuleMaxLoginAttempts            Rule = "maxLoginAttempts"
	RuleBlockingTimeInMin           Rule = "blockingTimeInMin"
)

// Rules returns all rules in order, including the one that only a setting has.
func Rules() []Rule {
	rules := make([]Rule, len(ruleSpecs))
	for i, d := range ruleSpecs {
		rules[i] = d.rule
	}
	return rules
}

// Value is the value of a rule in a policy, for texts and pages.
type Value struct {
	Rule   Rule
	N      int    // of a rule with a number: the effective one (see [Policy.Values])
	On     bool   // of a rule that is a switch
	Text   string // of a rule with an expression
	Texts  Texts  // of a description, and of the rule that it describes
	Active bool   // false: the rule is off
	By     string // the setting that it comes from; "" = the policy
}

// ruleSpec is everything the program knows about a rule.
type ruleSpec struct {
	rule        Rule
	settingOnly bool              // not allowed in a policy file
	silent      bool              // not listed while it is off
	field       func(*Policy) any // points to the number (*int), switch (*bool), text (*string) or *Texts of the rule

	active  func(Policy) bool                         // nil: see isActive
	inForce func(Policy) int                          // the number to show; nil: the one in the file
	check   func(Policy, candidate) (Violation, bool) // nil: not about composition; true = broken
	hint    func(Policy) []string                     // its part of the passwordrules attribute
}

// ruleSpecs is the one table of the rules, in order.
var ruleSpecs = []ruleSpec{
	{
		rule:  RuleMinimumSymbols,
		field: func(p *Policy) any { return &p.MinimumSymbols },
		check: atLeast(func(p Policy) int { return p.MinimumSymbols }, func(c Count) int { return c.Symbols }),
		hint:  func(p Policy) []string { return lengthHint("minlength", p.MinimumSymbols) },
	},
	{
		rule:    RuleMaximumSymbols,
		field:   func(p *Policy) any { return &p.MaximumSymbols },
		inForce: Policy.MaxLength,
		check:   notTooLong,
		hint:    func(p Policy) []string { return lengthHint("maxlength", p.MaximumSymbols) },
	},
	{
		rule:  RuleMinimumSpecialSymbols,
		field: func(p *Policy) any { return &p.MinimumSpecialSymbols },
		check: atLeast(func(p Policy) int { return p.MinimumSpecialSymbols }, func(c Count) int { return c.Special }),
		hint:  requiredHint("special"),
	},
	{
		rule:  RuleMinimumUpperCaseSymbols,
		field: func(p *Policy) any { return &p.MinimumUpperCaseSymbols },
		check: atLeast(func(p Policy) int { return p.MinimumUpperCaseSymbols }, func(c Count) int { return c.Upper }),
		hint:  requiredHint("upper"),
	},
	{
		rule:  RuleMinimumDigits,
		field: func(p *Policy) any { return &p.MinimumDigits },
		check: atLeast(func(p Policy) int { return p.MinimumDigits }, func(c Count) int { return c.Digits }),
		hint:  requiredHint("digit"),
	},
	{
		rule:        RuleMinimumComplexity,
		settingOnly: true,
		silent:      true,
		field:       func(p *Policy) any { return &p.compliance.complexity },
		check:       atLeast(func(p Policy) int { return p.compliance.complexity }, Count.Classes),
		hint:        complexityHint,
	},
	{
		rule:  RuleUserNameForbidden,
		field: func(p *Policy) any { return &p.UserNameForbidden },
		check: withoutName,
	},
	{
		rule:  RuleForbiddenLastPasswords,
		field: func(p *Policy) any { return &p.ForbiddenLastPasswords },
	},
	{
		rule:  RuleAllowedRegex,
		field: func(p *Policy) any { return &p.AllowedRegex },
		check: matching,
	},
	{
		rule:   RuleAllowedRegexDescription,
		silent: true,
		field:  func(p *Policy) any { return &p.AllowedRegexDescription },
		active: func(p Policy) bool { return p.AllowedRegex != "" && p.AllowedRegexDescription != Texts{} },
	},
	{
		rule:  RulePasswordExpirationInDays,
		field: func(p *Policy) any { return &p.PasswordExpirationInDays },
	},
	{
		rule:   RuleEmailBeforeExpirationInDays,
		field:  func(p *Policy) any { return &p.EmailBeforeExpirationInDays },
		active: func(p Policy) bool { return p.Reminder() > 0 },
	},
	{
		rule:  RuleMaxLoginAttempts,
		field: func(p *Policy) any { return &p.MaxLoginAttempts },
	},
	{
		rule:    RuleBlockingTimeInMin,
		field:   func(p *Policy) any { return &p.BlockingTimeInMin },
		active:  func(p Policy) bool { return p.MaxLoginAttempts > 0 },
		inForce: func(p Policy) int { return max(0, p.BlockingTimeInMin) },
	},
}

// Values returns all twelve rules in order, and the rule of the settings and the description of the expression if they are
// active. Numbers are those of the file, except that maximumSymbols is 2147483647 when it is off, and blockingTimeInMin is 0
// for a block without an end; the latter is active whenever maxLoginAttempts is.
func (p Policy) Values() []Value { return toShow(p.values()) }

// values has the values by index in ruleSpecs.
func (p Policy) values() []Value {
	values := make([]Value, len(ruleSpecs))
	for i, d := range ruleSpecs {
		values[i] = d.value(p)
	}
	return values
}

// toShow leaves out rules that are not listed while they are off.
func toShow(values []Value) (shown []Value) {
	for i, value := range values {
		if value.Active || !ruleSpecs[i].silent {
			shown = append(shown, value)
		}
	}
	return shown
}

// Composition returns the active rules about a password itself, in order, for checklist and tooltip.
func (p Policy) Composition() []Value {
	var values []Value
	for _, d := range ruleSpecs {
		if d.check != nil && d.isActive(&p) {
			values = append(values, d.value(p))
		}
	}
	return values
}

func (d ruleSpec) value(p Policy) Value {
	v := Value{Rule: d.rule, Active: d.isActive(&p), By: p.raisedBy(d.rule)}
	switch field := d.field(&p).(type) {
	case *int:
		v.N = *field
	case *bool:
		v.On = *field
	case *string:
		v.Text, v.Texts = *field, p.AllowedRegexDescription
	case *Texts:
		v.Texts = *field
	}
	if d.inForce != nil {
		v.N = d.inForce(p)
	}
	return v
}

// isActive is decided by the value alone unless the rule says otherwise: a rule is off below 1, if false or if empty.
func (d ruleSpec) isActive(p *Policy) bool {
	if d.active != nil {
		return d.active(*p)
	}
	switch field := d.field(p).(type) {
	case *int:
		return *field > 0
	case *bool:
		return *field
	case *string:
		return *field != ""
	}
	return false
}
