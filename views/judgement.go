package views

import (
	"strings"

	"latchkey/i18n"
	"latchkey/password"
)

// Departure is a point in which a policy departs from a standard.
type Departure struct {
	Numbers string // of the requirements, such as "NIST 5, ASVS 6.2.5"
	Words   string // a sentence
}

// Departures say where a policy departs from NIST SP 800-63B-4 and OWASP ASVS 5.0.
func Departures(w i18n.Words, policy password.Policy) (departures []Departure) {
	for _, found := range policy.Departures() {
		departures = append(departures, Departure{numbers(found), departureWords(w, found)})
	}
	return departures
}

func numbers(found password.Departure) string {
	var parts []string
	if found.NIST != "" {
		parts = append(parts, "NIST "+found.NIST)
	}
	if found.ASVS != "" {
		parts = append(parts, "ASVS "+found.ASVS)
	}
	return strings.Join(parts, ", ")
}

func departureWords(w i18n.Words, found password.Departure) string {
	id := "departure." + string(found.Kind)
	switch found.Kind {
	case password.Below15, password.Below8, password.Below64, password.PeriodicChange:
		return w.Count(id, found.N)
	default:
		rules := make([]string, len(found.Rules))
		for i, rule := range found.Rules {
			rules[i] = string(rule)
		}
		return w.T(id, "Rules", strings.Join(rules, ", "))
	}
}

// JudgedBy says what policies are judged by, and what is no matter of theirs.
func JudgedBy(w i18n.Words) string {
	return w.T("The numbers are those of NIST SP 800-63B-4, section 3.1.1.2, and OWASP ASVS 5.0, section 6.2. What no policy decides is not judged: passwords are compared with no list of common, expected or breached ones, which both ask for (ASVS 6.2.4, 6.2.11, 6.2.12), and how failed sign-ins are limited is a matter of settings too.")
}
