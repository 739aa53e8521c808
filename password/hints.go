package password

import (
	"fmt"
	"strings"
)

// Hints are what browsers and password managers can be told about a policy. They are help, not the check: neither knows
// code points after normalisation, counts of a class, or a regular expression.
type Hints struct {
	MinLength     int    // for the attribute minlength; 0 = leave it out
	PasswordRules string // for the attribute passwordrules; "" = leave it out
}

// Hints returns the hints of the policy. There is no maxlength on purpose: it would silently cut what is pasted.
//
// PasswordRules follows developer.apple.com/password-rules. A class that is required is also the only one allowed there
// unless others are named, so all four are.
func (p Policy) Hints() Hints {
	var parts []string
	for _, d := range definitions {
		if d.hint != nil && d.isActive(&p) {
			parts = append(parts, d.hint(p)...)
		}
	}
	if len(parts) > 0 {
		parts = append(parts, "allowed: lower, upper, digit, special;")
	}
	return Hints{MinLength: max(0, p.MinimumSymbols), PasswordRules: strings.Join(parts, " ")}
}

func lengthHint(name string, n int) []string { return []string{fmt.Sprintf("%s: %d;", name, n)} }

func requiredHint(class string) func(Policy) []string {
	return func(Policy) []string { return []string{"required: " + class + ";"} }
}
