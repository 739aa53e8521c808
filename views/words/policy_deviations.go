package words

import (
	"strings"

	"latchkey/i18n"
	"latchkey/password"
)

// Deviation is a point in which a policy deviates from a standard.
type Deviation struct {
	Numbers string // of the requirements, such as "NIST 5, ASVS 6.2.5"
	Words   string // a sentence
}

// Deviations lists where a policy deviates from NIST SP 800-63B-4 and OWASP ASVS 5.0.
func Deviations(w i18n.Words, policy password.Policy) (deviations []Deviation) {
	for _, found := range policy.Departures() {
		var numbers []string
		if found.NIST != "" {
			numbers = append(numbers, "NIST "+found.NIST)
		}
		if found.ASVS != "" {
			numbers = append(numbers, "ASVS "+found.ASVS)
		}
		var sentence string
		id := "departure." + i18n.Msg(found.Kind)
		switch found.Kind {
		case password.Below15, password.Below8, password.Below64, password.PeriodicChange:
			sentence = w.Count(id, found.N)
		default:
			rules := make([]string, len(found.Rules))
			for i, rule := range found.Rules {
				rules[i] = string(rule)
			}
			sentence = w.T(id, "Rules", strings.Join(rules, ", "))
		}
		deviations = append(deviations, Deviation{strings.Join(numbers, ", "), sentence})
	}
	return deviations
}

// Standards names the standards that policies are compared with, and what is not checked.
func Standards(w i18n.Words) string {
	return w.T("The numbers refer to NIST SP 800-63B-4, section 3.1.1.2, and OWASP ASVS 5.0, section 6.2. Not checked here: breached-password lists (ASVS 6.2.4, 6.2.11, 6.2.12) and rate limits.")
}
