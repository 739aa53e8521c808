package config

import (
	"strconv"
	"strings"

	"latchkey/internal/problem"
)

// Problem is one reason why the program does not start.
type Problem struct {
	Setting string // name without LATCHKEY_; "" if the file as a whole is meant
	Source  string // "flag --listen", "environment LATCHKEY_LISTEN", "settings.yml:3"
	Why     string // for people, without secrets
}

// Error returns the problem as one line.
func (p Problem) Error() string {
	if p.Setting == "" {
		return p.Source + ": " + p.Why
	}
	return p.Setting + " (" + p.Source + "): " + p.Why
}

// Problems is the error of [Load]: everything that is wrong.
type Problems = problem.List[Problem]

// quote quotes a value for a message: on one line, shortened, and without a password in case it is a URL.
func quote(value string) string {
	const longest = 80
	user := strings.Contains(value, "@") && strings.Contains(value, ":")
	if user || strings.Contains(value, "=") || strings.Contains(value, "://") {
		value = redactURL(value)
	}
	if len(value) > longest {
		value = value[:longest] + "…"
	}
	return strconv.Quote(value)
}

// didYouMean returns a hint for a mistyped name, or "".
func didYouMean(name string) string {
	name = strings.ToUpper(strings.NewReplacer("-", "_", ".", "_", " ", "_").Replace(strings.TrimSpace(name)))
	name = strings.TrimPrefix(name, envPrefix)
	nearest := problem.Nearest(name, names(), len(name)/3)
	if nearest == "" {
		return ""
	}
	return "; did you mean " + nearest + "?"
}
