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

// ruleSpec is everything the program knows about a rule. Exactly one of number, flag, text and texts is set; it defines the
// type in the file and returns the field of the policy.
type ruleSpec struct {
	rule        Rule
	settingOnly bool // not allowed in a policy file
	silent      bool // not listed while it is off
	number      func(*Policy) *int
	flag        func(*Policy) *bool
	text        func(*Policy) *string
	texts       func(*Policy) *Texts

	active  func(Policy) bool                         // nil: see activeByValue
	inForce func(Policy) int                          // the number to show; nil: the one in the file
	check   func(Policy, candidate) (Violation, bool) // nil: not about composition; true = broken
	hint    func(Policy) []string                     // its part of the passwordrules attribute
}

// ruleSpecs is the one table of the rules, in order.
var ruleSpecs = []ruleSpec{
	{
		rule:   RuleMinimumSymbols,
		number: func(p *Policy) *int { return &p.MinimumSymbols },
		check:  atLeast(func(p Policy) int { return p.MinimumSymbols }, func(c Count) int { return c.Symbols }),
		hint:   func(p Policy) []string { return lengthHint("minlength", p.MinimumSymbols) },
	},
	{
		rule:    RuleMaximumSymbols,
		number:  func(p *Policy) *int { return &p.MaximumSymbols },
		inForce: Policy.MaxLength,
		check:   atMost(Policy.MaxLength, func(c Count) int { return c.Symbols }),
		hint:    func(p Policy) []string { return lengthHint("maxlength", p.MaximumSymbols) },
	},
	{
		rule:   RuleMinimumSpecialSymbols,
		number: func(p *Policy) *int { return &p.MinimumSpecialSymbols },
		check:  atLeast(func(p Policy) int { return p.MinimumSpecialSymbols }, func(c Count) int { return c.Special }),
		hint:   requiredHint("special"),
	},
	{
		rule:   RuleMinimumUpperCaseSymbols,
		number: func(p *Policy) *int { return &p.MinimumUpperCaseSymbols },
		check:  atLeast(func(p Policy) int { return p.MinimumUpperCaseSymbols }, func(c Count) int { return c.Upper }),
		hint:   requiredHint("upper"),
	},
	{
		rule:   RuleMinimumDigits,
		number: func(p *Policy) *int { return &p.MinimumDigits },
		check:  atLeast(func(p Policy) int { return p.MinimumDigits }, func(c Count) int { return c.Digits }),
		hint:   requiredHint("digit"),
	},
	{
		rule:        RuleMinimumComplexity,
		settingOnly: true,
		silent:      true,
		number:      func(p *Policy) *int { return &p.compliance.complexity },
		check:       atLeast(func(p Policy) int { return p.compliance.complexity }, Count.Classes),
		hint:        complexityHint,
	},
	{
		rule:  RuleUserNameForbidden,
		flag:  func(p *Policy) *bool { return &p.UserNameForbidden },
		check: withoutName,
	},
	{
		rule:   RuleForbiddenLastPasswords,
		number: func(p *Policy) *int { return &p.ForbiddenLastPasswords },
	},
	{
		rule:  RuleAllowedRegex,
		text:  func(p *Policy) *string { return &p.AllowedRegex },
		check: matching,
	},
	{
		rule:   RuleAllowedRegexDescription,
		silent: true,
		texts:  func(p *Policy) *Texts { return &p.AllowedRegexDescription },
		active: func(p Policy) bool { return p.AllowedRegex != "" && p.AllowedRegexDescription != Texts{} },
	},
	{
		rule:   RulePasswordExpirationInDays,
		number: func(p *Policy) *int { return &p.PasswordExpirationInDays },
	},
	{
		rule:   RuleEmailBeforeExpirationInDays,
		number: func(p *Policy) *int { return &p.EmailBeforeExpirationInDays },
		active: func(p Policy) bool { return p.Reminder() > 0 },
	},
	{
		rule:   RuleMaxLoginAttempts,
		number: func(p *Policy) *int { return &p.MaxLoginAttempts },
	},
	{
		rule:    RuleBlockingTimeInMin,
		number:  func(p *Policy) *int { return &p.BlockingTimeInMin },
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
	switch {
	case d.inForce != nil:
		v.N = d.inForce(p)
	case d.number != nil:
		v.N = *d.number(&p)
	case d.flag != nil:
		v.On = *d.flag(&p)
	case d.texts != nil:
		v.Texts = *d.texts(&p)
	default:
		v.Text, v.Texts = *d.text(&p), p.AllowedRegexDescription
	}
	return v
}

func (d ruleSpec) isActive(p *Policy) bool {
	if d.active != nil {
		return d.active(*p)
	}
	return d.activeByValue(p)
}

// activeByValue reports whether a rule is on by its value alone: not below 1, false or empty.
func (d ruleSpec) activeByValue(p *Policy) bool {
	switch {
	case d.number != nil:
		return *d.number(p) > 0
	case d.flag != nil:
		return *d.flag(p)
	}
	return *d.text(p) != ""
}
