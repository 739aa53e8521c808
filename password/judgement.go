package password

// A policy is judged by two standards:
//
//   - NIST SP 800-63B-4 (2025), section 3.1.1.2, whose requirements on passwords are numbered 1 to 9;
//   - OWASP ASVS 5.0.0, section 6.2.
//
// Only what a policy decides is judged. Of NIST's numbers 3, 4 and 7 to 9 are the program's own doing, and so are the
// lists of words and of breached passwords that both ask for.

// The lengths that the standards name, in code points.
const (
	leastAlone     = 15 // NIST 1: of a password that is the only factor, as it is here
	leastEver      = 8  // NIST 1: of any password; ASVS 6.2.1
	leastPermitted = 64 // NIST 2, ASVS 6.2.9: what a limit must leave room for
)

// DepartureKind says in what a policy departs from the standards.
type DepartureKind string

// What a policy can do that the standards ask not to do, in the order in which it is told.
const (
	Below15          DepartureKind = "below-15"     // shorter passwords than a single factor may have are taken
	Below8           DepartureKind = "below-8"      // shorter passwords than any may have are taken
	Below64          DepartureKind = "below-64"     // a limit that long passwords do not keep
	KindsRequired    DepartureKind = "kinds"        // minimums of kinds of characters
	FormRequired     DepartureKind = "form"         // an expression, whatever it may say
	PeriodicChange   DepartureKind = "periodic"     // passwords that expire by the calendar
	AccountNameTaken DepartureKind = "account-name" // passwords that hold the account name
)

// DepartureKinds are all kinds.
func DepartureKinds() []DepartureKind {
	return []DepartureKind{Below15, Below8, Below64, KindsRequired, FormRequired, PeriodicChange, AccountNameTaken}
}

// Departure is a point in which a policy departs from one of the standards, or from both.
type Departure struct {
	Kind  DepartureKind
	NIST  string // the number in section 3.1.1.2; "" = it says nothing against it
	ASVS  string // the requirement; "" = none is against it
	Rules []Rule // that depart
	N     int    // the number of the one rule that has one
}

// Departures returns where the policy departs from the standards, each point once. What allowedRegex says is not looked
// into: a smallest length that only it demands is not seen, and it is a departure whatever it demands.
func (p Policy) Departures() []Departure {
	var found []Departure
	for _, judge := range []func(Policy) (Departure, bool){
		judgeMinimum, judgeMaximum, judgeKinds, judgeForm, judgeExpiry, judgeName,
	} {
		if departure, departs := judge(p); departs {
			found = append(found, departure)
		}
	}
	return found
}

func judgeMinimum(p Policy) (Departure, bool) {
	least := p.minimum()
	d := Departure{Kind: Below15, NIST: "1", Rules: []Rule{RuleMinimumSymbols}, N: least}
	if least < leastEver {
		d.Kind, d.ASVS = Below8, "6.2.1"
	}
	return d, least < leastAlone
}

func judgeMaximum(p Policy) (Departure, bool) {
	most := p.maximum()
	return Departure{Kind: Below64, NIST: "2", ASVS: "6.2.9", Rules: []Rule{RuleMaximumSymbols}, N: most}, most < leastPermitted
}

func judgeKinds(p Policy) (Departure, bool) {
	d := Departure{Kind: KindsRequired, NIST: "5", ASVS: "6.2.5"}
	for _, value := range p.Composition() {
		switch value.Rule {
		case RuleMinimumSpecialSymbols, RuleMinimumUpperCaseSymbols, RuleMinimumDigits, RuleMinimumComplexity:
			d.Rules = append(d.Rules, value.Rule)
		}
	}
	return d, len(d.Rules) > 0
}

func judgeForm(p Policy) (Departure, bool) {
	return Departure{Kind: FormRequired, NIST: "5", ASVS: "6.2.5", Rules: []Rule{RuleAllowedRegex}}, p.AllowedRegex != ""
}

func judgeExpiry(p Policy) (Departure, bool) {
	return Departure{
		Kind: PeriodicChange, NIST: "6", ASVS: "6.2.10", Rules: []Rule{RulePasswordExpirationInDays}, N: p.PasswordExpirationInDays,
	}, p.PasswordExpirationInDays > 0
}

// judgeName is ASVS's alone: NIST leaves open whether the account name is among the words to be refused, and would have
// it compared with whole passwords.
func judgeName(p Policy) (Departure, bool) {
	return Departure{Kind: AccountNameTaken, ASVS: "6.2.11", Rules: []Rule{RuleUserNameForbidden}}, !p.UserNameForbidden
}
