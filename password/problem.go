package password

import (
	"fmt"
	"strings"

	"latchkey/internal/problem"
)

// Problem is a mistake in a policy file. Its texts are for operators.
type Problem struct {
	File   string
	Line   int    // from 1
	Column int    // from 1, in code points
	Key    string // such as passwordPolicyConfigurations.ACCOUNT.minimumSymbols; "" = not about a key
	Why    string

	// Of a warning, what it is about; "" = none.
	Section Section
	Rule    Rule
}

// Error returns file:line: key: why, without the parts that are unknown.
func (p Problem) Error() string {
	var parts []string
	switch {
	case p.Line > 0:
		parts = append(parts, fmt.Sprintf("%s:%d", p.File, p.Line))
	case p.File != "":
		parts = append(parts, p.File)
	}
	if p.Key != "" {
		parts = append(parts, p.Key)
	}
	return strings.Join(append(parts, p.Why), ": ")
}

// Problems are all problems of a file, in the order of its lines.
type Problems = problem.List[Problem]

// place is a position in a file.
type place struct{ line, column int }

// Problem returns a Problem about a rule at its line in the file, or about the section if the rule is "" or not there.
func (p Policies) Problem(section Section, rule Rule, why string) Problem {
	key := path(rootKey, string(section))
	at := p.places[key]
	if rule != "" {
		key = path(rootKey, string(section), string(rule))
		if own, found := p.places[key]; found {
			at = own
		}
	}
	return Problem{File: p.Source, Line: at.line, Column: at.column, Key: key, Section: section, Rule: rule, Why: why}
}
