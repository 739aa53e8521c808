package password

// A policy is compared with two standards:
//
//   - NIST SP 800-63B-4 (2025), section 3.1.1.2, whose requirements on passwords are numbered 1 to 9;
//   - OWASP ASVS 5.0.0, section 6.2.
//
// Only what a policy decides is compared. NIST's numbers 3, 4 and 7 to 9, and the lists of words and breached passwords that
// both require, do not depend on the policy.

// The lengths in the standards, in code points.
const (
	leastAlone     = 15 // NIST 1: a password that is the only factor, as here
	leastEver      = 8  // NIST 1: any password; ASVS 6.2.1
	leastPermitted = 64 // NIST 2, ASVS 6.2.9: the smallest allowed maximum
)

// DepartureKind is a way in which a policy departs from the standards.
type DepartureKind string

// The kinds of departures, in the order in which they are listed.
const (
	Below15          DepartureKind = "below-15"     // a minimum too short for a single factor
	Below8           DepartureKind = "below-8"      // a minimum too short for any password
	Below64          DepartureKind = "below-64"     // a maximum that long passwords exceed
	KindsRequired    DepartureKind = "kinds"        // minimums of character classes
	FormRequired     DepartureKind = "form"         // an expression, whatever it is
	PeriodicChange   DepartureKind = "periodic"     // passwords that expire after some time
	AccountNameTaken DepartureKind = "account-name" // passwords may contain the account name
)

// DepartureKinds returns all kinds.
func DepartureKinds() []DepartureKind {
	return []DepartureKind{Below15, Below8, Below64, KindsRequired, FormRequired, PeriodicChange, AccountNameTaken}
}

// Departure is a point in which a policy departs from one or both standards.
type Departure struct {
	Kind  DepartureKind
	NIST  string // the number in section 3.1.1.2; "" = not against it
	ASVS  string // the requirement; "" = not against it
	Rules []Rule // that cause it
	N     int    // the number of the one rule that has one
}

// Departures returns where the policy departs from the standards, each point once. It does not analyse allowedRegex: a
// minimum length that only the expression demands is not seen, and any expression is a departure.
func (p Policy) Departures() (found []Departure) {
	least, most := p.MinLength(), p.MaxLength()
	switch minimum := []Rule{RuleMinimumSymbols}; {
	case least < leastEver:
		found = append(found, Departure{Kind: Below8, NIST: "1", ASVS: "6.2.1", Rules: minimum, N: least})
	case least < leastAlone:
		found = append(found, Departure{Kind: Below15, NIST: "1", Rules: minimum, N: least})
	}
	if most < leastPermitted {
		found = append(found, Departure{Kind: Below64, NIST: "2", ASVS: "6.2.9", Rules: []Rule{RuleMaximumSymbols}, N: most})
	}
	var kinds []Rule
	for _, value := range p.Composition() {
		switch value.Rule {
		case RuleMinimumSpecialSymbols, RuleMinimumUpperCaseSymbols, RuleMinimumDigits, RuleMinimumComplexity:
			kinds = append(kinds, value.Rule)
		}
	}
	if len(kinds) > 0 {
		found = append(found, Departure{Kind: KindsRequired, NIST: "5", ASVS: "6.2.5", Rules: kinds})
	}
	if p.AllowedRegex != "" {
		found = append(found, Departure{Kind: FormRequired, NIST: "5", ASVS: "6.2.5", Rules: []Rule{RuleAllowedRegex}})
	}
	if days := p.PasswordExpirationInDays; days > 0 {
		found = append(found, Departure{Kind: PeriodicChange, NIST: "6", ASVS: "6.2.10", Rules: []Rule{RulePasswordExpirationInDays}, N: days})
	}
	// NIST leaves open whether the account name is a word to refuse, and would compare it with whole passwords.
	if !p.UserNameForbidden {
		found = append(found, Departure{Kind: AccountNameTaken, ASVS: "6.2.11", Rules: []Rule{RuleUserNameForbidden}})
	}
	return found
}
