package password

import (
	"fmt"
	"strings"
)

// Hints are attributes for browsers and password managers. They do not replace the check: attributes cannot express
// normalisation, counts of a class or a regular expression.
type Hints struct {
	MinLength     int    // for the attribute minlength; 0 = none
	PasswordRules string // for the attribute passwordrules; "" = none
}

// Hints returns the hints of the policy. There is no maxlength, because it would silently cut pasted text.
//
// PasswordRules follows developer.apple.com/password-rules. There a required class is also the only allowed one unless
// others are named, so all four are.
func (p Policy) Hints() Hints {
	var parts []string
	for _, d := range ruleSpecs {
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
