package main

import (
	"fmt"

	"latchkey/i18n"
	"latchkey/password"
	"latchkey/views/words"
)

// by names the setting that a rule comes from, or "" if it comes from the file.
func by(value password.Value) string {
	if value.By == "" {
		return ""
	}
	return " (" + value.By + ")"
}

// judge prints where a policy differs from the standards.
func (out *env) judge(english i18n.Words, policy password.Policy) {
	departures := words.Deviations(english, policy)
	for _, departure := range departures {
		fmt.Fprintf(out.stdout, "  differs from %s: %s\n", departure.Numbers, departure.Words)
	}
	if len(departures) == 0 {
		fmt.Fprintln(out.stdout, "  "+english.T("No differences from NIST and ASVS."))
	}
}
