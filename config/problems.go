package config

import (
	"strconv"
	"strings"
)

// Problem is one reason why the program does not start.
type Problem struct {
	Setting string // name without LATCHKEY_; "" when the file as a whole is meant
	Source  string // "flag --listen", "environment LATCHKEY_LISTEN", "settings.yml:3"
	Why     string // for people, without secrets
}

// Error is the problem as one line.
func (p Problem) Error() string {
	if p.Setting == "" {
		return p.Source + ": " + p.Why
	}
	return p.Setting + " (" + p.Source + "): " + p.Why
}

// Problems is the error of Load: everything that is wrong, not just the first.
type Problems []Problem

// Error is one line a problem.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, problem := range p {
		lines[i] = problem.Error()
	}
	return strings.Join(lines, "\n")
}

// shown quotes a value of an operator for a message: on one line, not endless,
// and without a password should an address have ended up in the wrong place.
func shown(value string) string {
	const most = 80
	user := strings.Contains(value, "@") && strings.Contains(value, ":")
	if user || strings.Contains(value, "=") || strings.Contains(value, "://") {
		value = redactURL(value)
	}
	if len(value) > most {
		value = value[:most] + "…"
	}
	return strconv.Quote(value)
}
