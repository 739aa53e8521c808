package password

// Rule is the name of a rule as it is spelt in the policy file.
type Rule string

// The twelve rules, in the order in which they are listed and reported; after minimumDigits one that no policy file may
// contain, [SettingComplexity] sets it; and after allowedRegex its description, which demands nothing.
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

// Rules are all of them, in the order in which they are listed, with the one that only a setting has.
func Rules() []Rule {
	rules := make([]Rule, len(definitions))
	for i, d := range definitions {
		rules[i] = d.rule
	}
	return rules
}

// Value is a rule as it stands in a policy, for words, tooltips and the policy page.
type Value struct {
	Rule   Rule
	N      int    // of a rule with a number: what is in force (see [Policy.Values])
	On     bool   // of a rule that is switched
	Text   string // of a rule with an expression
	Texts  Texts  // of a description, and of the rule that it describes
	Active bool   // false: the rule is off
	By     string // the setting that it comes from; "" = the policy
}

// definition is all that the program knows about a rule. Exactly one of number, flag, text and texts is set: it says both the
// type in the file and where the value lives.
type definition struct {
	rule   Rule
	beside bool // stands in no policy file
	silent bool // is nothing where it is off
	number func(*Policy) *int
	flag   func(*Policy) *bool
	text   func(*Policy) *string
	texts  func(*Policy) *Texts

	active  func(Policy) bool                         // nil: by the value alone, see activeByValue
	inForce func(Policy) int                          // the number to show, where it is not the one in the file
	judge   func(Policy, candidate) (Violation, bool) // nil: not about a password's composition; true = broken
	hint    func(Policy) []string                     // its part of the passwordrules attribute
}

// definitions is the one table of the rules, in source order.
var definitions = []definition{
	{
		rule:   RuleMinimumSymbols,
		number: func(p *Policy) *int { return &p.MinimumSymbols },
		judge:  atLeast(func(p Policy) int { return p.MinimumSymbols }, func(c Count) int { return c.Symbols }),
		hint:   func(p Policy) []string { return lengthHint("minlength", p.MinimumSymbols) },
	},
	{
		rule:    RuleMaximumSymbols,
		number:  func(p *Policy) *int { return &p.MaximumSymbols },
		inForce: Policy.maximum,
		judge:   atMost(Policy.maximum, func(c Count) int { return c.Symbols }),
		hint:    func(p Policy) []string { return lengthHint("maxlength", p.MaximumSymbols) },
	},
	{
		rule:   RuleMinimumSpecialSymbols,
		number: func(p *Policy) *int { return &p.MinimumSpecialSymbols },
		judge:  atLeast(func(p Policy) int { return p.MinimumSpecialSymbols }, func(c Count) int { return c.Special }),
		hint:   requiredHint("special"),
	},
	{
		rule:   RuleMinimumUpperCaseSymbols,
		number: func(p *Policy) *int { return &p.MinimumUpperCaseSymbols },
		judge:  atLeast(func(p Policy) int { return p.MinimumUpperCaseSymbols }, func(c Count) int { return c.Upper }),
		hint:   requiredHint("upper"),
	},
	{
		rule:   RuleMinimumDigits,
		number: func(p *Policy) *int { return &p.MinimumDigits },
		judge:  atLeast(func(p Policy) int { return p.MinimumDigits }, func(c Count) int { return c.Digits }),
		hint:   requiredHint("digit"),
	},
	{
		rule:   RuleMinimumComplexity,
		beside: true,
		silent: true,
		number: func(p *Policy) *int { return &p.compliance.complexity },
		judge:  atLeast(func(p Policy) int { return p.compliance.complexity }, Count.Kinds),
		hint:   complexityHint,
	},
	{
		rule:  RuleUserNameForbidden,
		flag:  func(p *Policy) *bool { return &p.UserNameForbidden },
		judge: withoutName,
	},
	{
		rule:   RuleForbiddenLastPasswords,
		number: func(p *Policy) *int { return &p.ForbiddenLastPasswords },
	},
	{
		rule:  RuleAllowedRegex,
		text:  func(p *Policy) *string { return &p.AllowedRegex },
		judge: matching,
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

// Values returns all twelve rules in source order. Numbers stand as in the file, except that maximumSymbols shows
// 2147483647 when it is off, and blockingTimeInMin shows 0 for a block without an end; the latter is active whenever
// maxLoginAttempts is. A rule that only settings have and the description of the expression are among them when they are
// active.
func (p Policy) Values() []Value { return toShow(p.values()) }

// values has each rule at its place in definitions.
func (p Policy) values() []Value {
	values := make([]Value, len(definitions))
	for i, d := range definitions {
		values[i] = d.value(p)
	}
	return values
}

// toShow leaves out what is nothing where it is off.
func toShow(values []Value) (shown []Value) {
	for i, value := range values {
		if value.Active || !definitions[i].silent {
			shown = append(shown, value)
		}
	}
	return shown
}

// Composition returns the active rules that judge a password by itself, in source order, for checklist and tooltip.
func (p Policy) Composition() []Value {
	var values []Value
	for _, d := range definitions {
		if d.judge != nil && d.isActive(&p) {
			values = append(values, d.value(p))
		}
	}
	return values
}

func (d definition) value(p Policy) Value {
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

func (d definition) isActive(p *Policy) bool {
	if d.active != nil {
		return d.active(*p)
	}
	return d.activeByValue(p)
}

// activeByValue is how a rule is switched off unless its row says otherwise: below 1, false or empty.
func (d definition) activeByValue(p *Policy) bool {
	switch {
	case d.number != nil:
		return *d.number(p) > 0
	case d.flag != nil:
		return *d.flag(p)
	}
	return *d.text(p) != ""
}
