package password

import (
	"math"
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

// Policy is one set of the twelve rules, with the numbers as they stand in the file, or where [Policies.With] raised them,
// in the settings. When a rule is off is said by
// [Policy.Values]; code that acts on a number asks the methods, which know it.
//
// A Policy that comes from [Parse] or [Default] carries what was compiled of it. One that was put together by hand,
// or changed, works too, but is compiled at each use.
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

	compliance compliance // what settings beside the file have raised
	compiled   *compiled  // nil: nothing was yet
}

// Policies are all policies of an installation.
type Policies struct {
	Technical  Policy
	Account    Policy
	SuperAdmin *Policy // nil: Account holds for SuperAdmins
	Source     string  // path of the file; "" = built in

	compliance Compliance       // what [Policies.With] was given
	places     map[string]place // where the keys stand in the file
}

// Default returns the built-in policies, which hold when no file was given.
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
	return Policies{Technical: common.prepared(), Account: account.prepared()}
}

// prepared is the policy with what is made of it once. It is for policies whose expression is known to be good.
func (p Policy) prepared() Policy {
	p.compiled, _ = p.compile()
	return p
}

// Reason is why an expression is not provable.
type Reason = regex.Reason

// Reasons are all of them.
func Reasons() []Reason { return regex.Reasons() }

// NotProvable is why nothing can be proved about the expression: it is matched by backtracking, a contradiction with it may
// go unnoticed, and its passwords are not counted but drawn until one matches. For what can be proved it is "".
func (p Policy) NotProvable() Reason {
	if expression := p.expression(); expression != nil {
		return expression.NotProvable()
	}
	return regex.Provable
}

// expression is the compiled one; nil = there is none, or none that is good.
func (p Policy) expression() *regex.Regex {
	c, err := p.compile()
	if err != nil {
		return nil
	}
	return c.regex
}

// complexity is how many kinds of symbol must be there, of lower case, upper case, digits and special symbols.
func (p Policy) complexity() int { return p.compliance.complexity }

// For returns the policy in force for an account. A technical account is never a SuperAdmin.
func (p Policies) For(technical, superAdmin bool) Policy {
	switch {
	case technical:
		return p.Technical
	case superAdmin && p.SuperAdmin != nil:
		return *p.SuperAdmin
	}
	return p.Account
}

// Warnings returns what the policies allow but hardly mean: a block that nothing but an operator ends, and words about an
// expression that is not there.
func (p Policies) Warnings() []Problem {
	var found []Problem
	for _, policy := range p.All() {
		if policy.MaxLoginAttempts > 0 && policy.BlockingTimeInMin < 1 {
			found = append(found, p.problem(policy.Section, RuleBlockingTimeInMin,
				"is off while maxLoginAttempts is on: whoever is blacklisted stays so until an operator unblocks"))
		}
		if policy.AllowedRegex == "" && policy.AllowedRegexDescription != (Texts{}) {
			found = append(found, p.problem(policy.Section, RuleAllowedRegexDescription, "describes nothing: allowedRegex is off"))
		}
	}
	return found
}

// All are the policies of all sections that there are.
func (p Policies) All() []Policy {
	all := []Policy{p.Technical, p.Account}
	if p.SuperAdmin != nil {
		all = append(all, *p.SuperAdmin)
	}
	return all
}

// History is the number of former passwords, the current one included, that a new one must differ from; 0 = off.
func (p Policy) History() int { return max(0, p.ForbiddenLastPasswords) }

// Expiry is how long a password is valid from when it was set; 0 = for ever. Times beyond what a [time.Duration] can
// hold, some 292 years, are cut to that.
func (p Policy) Expiry() time.Duration { return times(p.PasswordExpirationInDays, 24*time.Hour) }

// Reminder is how long before the expiry the reminder goes out; 0 = off, as it is when nothing expires. Expiry means that
// it is due at once. Where that has been cut the reminder goes out when it would without, but not after it.
func (p Policy) Reminder() time.Duration {
	if p.Expiry() == 0 || p.EmailBeforeExpirationInDays < 1 {
		return 0
	}
	until := times(p.PasswordExpirationInDays-p.EmailBeforeExpirationInDays, 24*time.Hour)
	return max(1, p.Expiry()-until)
}

// Blocking is how long an account stays blacklisted. 0 while MaxLoginAttempts is on: until an operator unblocks.
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

// minimum is the smallest length allowed, in code points: an empty password is none, and each kind of symbol that must be
// there takes room.
func (p Policy) minimum() int { return max(1, p.MinimumSymbols, p.tally().shortest()) }

// maximum is the largest length allowed, in code points.
func (p Policy) maximum() int {
	if p.MaximumSymbols < 1 {
		return math.MaxInt32
	}
	return p.MaximumSymbols
}
