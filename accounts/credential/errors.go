package credential

import (
	"errors"

	"latchkey/accounts/core"
	"latchkey/password"
)

// What is wrong with a password under any policy.
const (
	errMissing       core.Code = "password.missing"
	errTooManyBytes  core.Code = "password.too_many_bytes"
	errNotText       core.Code = "password.not_text"
	errNotComparable core.Code = "password.not_comparable"
	errConfirmation  core.Code = "password.confirmation_differs"
)

// The rules of composition and the history.
const (
	errTooShort        core.Code = "password.too_short"
	errTooLong         core.Code = "password.too_long"
	errTooFewSpecial   core.Code = "password.too_few_special"
	errTooFewUpperCase core.Code = "password.too_few_upper_case"
	errTooFewDigits    core.Code = "password.too_few_digits"
	errTooFewKinds     core.Code = "password.too_few_kinds"
	errContainsName    core.Code = "password.contains_name"
	errUsedBefore      core.Code = "password.used_before"
	errFormat          core.Code = "password.wrong_format"
	errDescribedFormat core.Code = "password.wrong_format_described"
)

var brokenRules = map[password.Rule]core.Code{
	password.RuleMinimumSymbols:          errTooShort,
	password.RuleMaximumSymbols:          errTooLong,
	password.RuleMinimumSpecialSymbols:   errTooFewSpecial,
	password.RuleMinimumUpperCaseSymbols: errTooFewUpperCase,
	password.RuleMinimumDigits:           errTooFewDigits,
	password.RuleMinimumComplexity:       errTooFewKinds,
	password.RuleUserNameForbidden:       errContainsName,
	password.RuleForbiddenLastPasswords:  errUsedBefore,
	password.RuleAllowedRegex:            errFormat,
}

// BrokenRule returns the rule of a code; "" = the code is about no rule.
func BrokenRule(code core.Code) password.Rule {
	if code == errDescribedFormat {
		return password.RuleAllowedRegex
	}
	for rule, broken := range brokenRules {
		if broken == code {
			return rule
		}
	}
	return ""
}

// Broken returns the error of a password that breaks rules of the policy.
func Broken(field string, violations ...password.Violation) *core.ValidationError {
	invalid := &core.ValidationError{}
	for _, v := range violations {
		problem := core.FieldError{Field: field, Code: brokenRules[v.Rule]}
		switch {
		case v.Rule == password.RuleForbiddenLastPasswords:
			problem.Params = core.Params{"limit": v.Want}
		case v.Want > 0:
			problem.Params = core.Params{"limit": v.Want, "got": v.Got}
		case v.Texts != password.Texts{}:
			problem.Code, problem.Params = errDescribedFormat, core.Params{"description": v.Texts}
		}
		invalid.Fields = append(invalid.Fields, problem)
	}
	return invalid
}

// Problem returns the error of a text that cannot be a password, by the error of [password.Normalize].
func Problem(field string, err error) *core.ValidationError {
	var refused *password.RefusedError
	switch {
	case errors.As(err, &refused) && refused.Code != "":
		return core.InvalidSymbol(field, refused.Refused)
	case errors.Is(err, password.ErrEmpty):
		return core.Invalid(field, errMissing)
	case errors.Is(err, password.ErrTooLong):
		return core.InvalidWith(field, errTooManyBytes, core.Params{"limit": password.MaxBytes})
	case errors.Is(err, password.ErrNotUTF8):
		return core.Invalid(field, errNotText)
	default:
		return core.Invalid(field, errNotComparable)
	}
}
