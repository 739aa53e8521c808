package samples

import (
	"cmp"
	"strconv"
	"time"

	"latchkey/password"
	"latchkey/views"
)

// The settings that the samples speak of.
const (
	oneTimeValid = 7 * day
	sessionMax   = 24 * time.Hour
	sessionIdle  = time.Hour
	attemptsCap  = 100
)

// policyFor is the built-in policy.
func policyFor(technical bool) password.Policy { return password.Default().For(technical, false) }

// shaped is a policy whose passwords must also have a form.
func shaped() password.Policy {
	policy := policyFor(false)
	policy.MinimumSymbols, policy.AllowedRegex = 12, `[A-Za-z].*[^\s]`
	return policy
}

// atNIST is a policy as NIST asks for one.
func atNIST(section password.Section) password.Policy {
	return password.Policy{
		Section: section, MinimumSymbols: 15, UserNameForbidden: true, ForbiddenLastPasswords: 1, MaxLoginAttempts: 10, BlockingTimeInMin: 20,
	}
}

// fromFile are policies as a cautious operator writes them, one of which was hardly meant so.
func fromFile() password.Policies {
	policies := password.Default()
	policies.Source = "/etc/latchkey/passwordpolicy.json"
	policies.Account.AllowedRegex = shaped().AllowedRegex
	super := policies.Account
	super.Section, super.MinimumSymbols, super.MaximumSymbols = password.SectionSuperAdmin, 14, 0
	super.PasswordExpirationInDays, super.EmailBeforeExpirationInDays, super.MaxLoginAttempts, super.BlockingTimeInMin = 30, 7, 3, 0
	policies.SuperAdmin = &super
	return policies
}

// doubtful are policies with expressions about which nothing can be proved; one of them takes no password.
func doubtful() password.Policies {
	policies := password.Default()
	policies.Source = "/etc/latchkey/passwordpolicy.json"
	policies.Account.AllowedRegex, policies.Technical.AllowedRegex = `(?<=x)[a-z]{9}`, `(?=.*(.)(?!.*\1)).*`
	return policies
}

// raised is the built-in policy with settings beside it.
func raised(technical bool) password.Policy {
	policies, err := password.Default().With(password.Compliance{
		MinLength: 14, Complexity: 3, LastPasswords: 10, Options: password.GeneratorOptions{Length: 16, Digits: password.Set{Symbols: "0123456789"}},
	})
	if err != nil {
		panic(err) // these do not contradict each other
	}
	return policies.For(technical, false)
}

// options are how passwords are generated under a policy.
func options(policy password.Policy) views.GeneratorOptions {
	o := policy.EffectiveGeneratorOptions()
	return views.GeneratorOptions{
		Length: strconv.Itoa(o.Length), Upper: o.Upper.Symbols, Lower: o.Lower.Symbols, Digits: o.Digits.Symbols, Special: o.Special.Symbols,
	}
}

// ruleGroups are the rules in force for an account.
func ruleGroups(f views.Frame, policy password.Policy) []views.RuleGroup {
	group := views.RuleGroup{Source: f.T("From the policy {{.Section}}, which is built in", "Section", policy.Section)}
	for _, value := range policy.Values() {
		if value.Active {
			group.Rules = append(group.Rules, views.RuleInForce{
				Words: views.RuleWords(f.Words, value), Value: views.Figure(value), Name: cmp.Or(value.By, string(value.Rule)),
			})
		}
	}
	return []views.RuleGroup{group, settings(f, policy.Section == password.SectionTechnical)}
}

func settings(f views.Frame, technical bool) views.RuleGroup {
	rules := []views.RuleInForce{
		{Words: f.N("after {{.N}} failed sign-in of strangers over any number of blocks it stays blacklisted",
			"after {{.N}} failed sign-ins of strangers over any number of blocks it stays blacklisted", attemptsCap), Value: "100", Name: "LATCHKEY_FAILED_ATTEMPTS_CAP"},
		{Words: f.T("browsers that have signed in have attempts of their own"), Value: "true", Name: "LATCHKEY_DEVICE_COOKIES"},
		{Words: f.T("a one-time password can be used for {{.Time}}", "Time", f.Amount(oneTimeValid)), Value: "168h", Name: "LATCHKEY_ONE_TIME_PASSWORD_VALID"},
		{Words: f.T("a session lasts {{.Time}} at most", "Time", f.Amount(sessionMax)), Value: "24h", Name: "LATCHKEY_SESSION_MAX"},
		{Words: f.T("a session ends after {{.Time}} without use", "Time", f.Amount(sessionIdle)), Value: "1h", Name: "LATCHKEY_SESSION_IDLE"},
	}
	if technical {
		rules = rules[:1]
	}
	return views.RuleGroup{Source: f.T("From the program's settings"), Rules: rules}
}

// broken says how a password breaks a rule.
func broken(f views.Frame, rule password.Rule, want, got int) views.Problem {
	return views.Problem{Field: "password", Text: views.Broken(f.Words, password.Violation{Rule: rule, Want: want, Got: got})}
}

// suggestion is a generated password as a form carries it.
func suggestion(f views.Frame, text string) views.Suggestion {
	return views.Suggestion{Text: text, Strength: strength(f, text)}
}
