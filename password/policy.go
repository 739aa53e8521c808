package password

import (
	"math"
	"slices"
	"time"

	"latchkey/password/regex"
)

// Section names one of the policies of the file, as it is spelt there.
type Section string

// The sections of a policy file.
const (
	SectionTechnical  Section = "TECHNICAL"
	SectionAccount    Section = "ACCOUNT"
	SectionSuperAdmin Section = "SUPERADMIN"
)

// Policy is one set of the twelve rules, with the numbers of the file or, if [Policies.With] raised them, of the settings.
// Code that acts on a number should use the methods, which know when a rule is off.
//
// A Policy from [Parse] or [Default] is compiled. One that was put together by hand or changed works too, but is compiled at
// each use (see [Policy.Compiled]).
type Policy struct {
	Section                     Section
	MinimumSymbols              int    // code points
	MaximumSymbols              int    // code points; < 1: unlimited
	MinimumSpecialSymbols       int    // code points
	MinimumUpperCaseSymbols     int    // code points
	MinimumDigits               int    // code points
	UserNameForbidden           bool   // the account name must not be part of the password
	ForbiddenLastPasswords      int    // passwords, the current one included
	AllowedRegex                string // Java syntax, matched against the whole password
	AllowedRegexDescription     Texts  // the expression in words for people
	PasswordExpirationInDays    int    // days of 24 hours
	EmailBeforeExpirationInDays int    // days of 24 hours
	MaxLoginAttempts            int    // failed attempts in a row
	BlockingTimeInMin           int    // minutes

	compliance compliance // the settings
	compiled   *compiled  // nil: not compiled yet
}

// Policies is all policies of an installation.
type Policies struct {
	Technical  Policy
	Account    Policy
	SuperAdmin *Policy // nil: Account applies to SuperAdmins
	Source     string  // path of the file; "" = built in

	compliance Compliance       // what [Policies.With] was given
	places     map[string]place // of the keys in the file
}

// Default returns the built-in policies, which apply without a file.
func Default() Policies {
	common := Policy{
		Section: SectionTechnical, MinimumSymbols: 6, MaximumSymbols: 20, MinimumSpecialSymbols: 1,
		MinimumUpperCaseSymbols: 1, MinimumDigits: 1, UserNameForbidden: true, ForbiddenLastPasswords: 5,
		MaxLoginAttempts: 5, BlockingTimeInMin: 20,
	}
	account := common
	account.Section, account.MaximumSymbols, account.ForbiddenLastPasswords = SectionAccount, 30, 3
	account.PasswordExpirationInDays, account.EmailBeforeExpirationInDays = 64, 5
	account.MaxLoginAttempts = 10
	return Policies{Technical: common.reusing(nil), Account: account.reusing(nil)}
}

// Reason is why an expression is not provable.
type Reason = regex.Reason

// Reasons returns all reasons.
func Reasons() []Reason { return regex.Reasons() }

// NotProvable returns why nothing can be proved about the expression, or "". An expression that is not provable is matched
// by backtracking, a contradiction with it can go unnoticed, and its passwords are not counted.
func (p Policy) NotProvable() Reason {
	if expression := p.Expression(); expression != nil {
		return expression.NotProvable()
	}
	return regex.Provable
}

// Complexity returns how many classes must occur, of lower case, upper case, digits and special characters.
func (p Policy) Complexity() int { return p.compliance.complexity }

// For returns the policy that applies to an account. A technical account is never a SuperAdmin.
func (p Policies) For(technical, superAdmin bool) Policy {
	switch {
	case technical:
		return p.Technical
	case superAdmin && p.SuperAdmin != nil:
		return *p.SuperAdmin
	}
	return p.Account
}

// Warning is a policy about which nothing can be proved, or under which no password could be generated.
type Warning struct {
	Section     Problem // without a reason
	NotProvable Reason  // "" = no password could be generated
}

// Warnings returns settings that are allowed but probably not intended: a block that only an operator ends, and a
// description without an expression.
func (p Policies) Warnings() []Problem {
	var found []Problem
	for _, policy := range p.All() {
		if policy.MaxLoginAttempts > 0 && policy.BlockingTimeInMin < 1 {
			found = append(found, p.Problem(policy.Section, RuleBlockingTimeInMin,
				"is off while maxLoginAttempts is on: a blacklisted account stays blacklisted until an operator unblocks it"))
		}
		if policy.AllowedRegex == "" && policy.AllowedRegexDescription != (Texts{}) {
			found = append(found, p.Problem(policy.Section, RuleAllowedRegexDescription, "describes nothing: allowedRegex is off"))
		}
	}
	return found
}

// All returns the policies of all sections that exist.
func (p Policies) All() []Policy {
	all := []Policy{p.Technical, p.Account}
	if p.SuperAdmin != nil {
		all = append(all, *p.SuperAdmin)
	}
	return all
}

// History returns the number of former passwords, the current one included, that a new one must differ from; 0 = off.
func (p Policy) History() int { return max(0, p.ForbiddenLastPasswords) }

// Expiry returns how long a password is valid after it was set; 0 = for ever. It is limited to what a [time.Duration] can hold,
// some 292 years.
func (p Policy) Expiry() time.Duration { return times(p.PasswordExpirationInDays, 24*time.Hour) }

// Reminder returns how long before the expiry the reminder is due; 0 = off, also if nothing expires. If it equals Expiry, the
// reminder is due at once. If Expiry was limited, the reminder stays due at its real time, but not after the expiry.
func (p Policy) Reminder() time.Duration {
	if p.Expiry() == 0 || p.EmailBeforeExpirationInDays < 1 {
		return 0
	}
	until := times(p.PasswordExpirationInDays-p.EmailBeforeExpirationInDays, 24*time.Hour)
	return max(1, p.Expiry()-until)
}

// Blocking returns how long an account stays blacklisted; 0 while MaxLoginAttempts is on: until an operator unblocks it.
func (p Policy) Blocking() time.Duration { return times(p.BlockingTimeInMin, time.Minute) }

// times multiplies without overflow; a count below 1 gives 0.
func times(count int, unit time.Duration) time.Duration {
	if count < 1 {
		return 0
	}
	if time.Duration(count) > math.MaxInt64/unit {
		return math.MaxInt64
	}
	return time.Duration(count) * unit
}

// MinLength returns the smallest length that the rules allow, in code points, with room for every class that must occur.
func (p Policy) MinLength() int {
	length, missing := 0, p.Complexity()
	for _, minimum := range []int{p.MinimumSpecialSymbols, p.MinimumUpperCaseSymbols, p.MinimumDigits} {
		if minimum > 0 {
			length = min(length+minimum, maxLength) // each can be the largest number
			missing--
		}
	}
	return max(1, p.MinimumSymbols, length+max(0, missing))
}

// maxLength is a length that no password has.
const maxLength = 1 << 31

// MaxLength returns the largest length that the rules allow, in code points; 2147483647 if there is no limit.
func (p Policy) MaxLength() int {
	if p.MaximumSymbols < 1 {
		return math.MaxInt32
	}
	return p.MaximumSymbols
}

// Without returns the policy with a rule switched off that has a number or an expression.
func (p Policy) Without(rule Rule) Policy {
	spec := ruleSpecs[slices.IndexFunc(ruleSpecs, func(s ruleSpec) bool { return s.rule == rule })]
	switch field := spec.field(&p).(type) {
	case *int:
		*field = 0
	case *string:
		*field = ""
	}
	return p.reusing(p.compiled)
}
