package password

import (
	"fmt"
	"strings"
)

// Problem is something in a policy file that keeps it from being used. Its words are for operators.
type Problem struct {
	File   string
	Line   int    // from 1
	Column int    // from 1, in code points
	Key    string // such as passwordPolicyConfigurations.ACCOUNT.minimumSymbols; "" where no key is concerned
	Rule   Rule   // which a warning is about; "" where none is
	Why    string
}

// Error returns file:line: key: why. What is not known is left out.
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
type Problems []Problem

// Error returns one line for each problem.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, problem := range p {
		lines[i] = problem.Error()
	}
	return strings.Join(lines, "\n")
}

// place is a position in a file.
type place struct{ line, column int }

// problem makes a Problem about a rule, at the line where it stands, or else its section.
func (p Policies) problem(section Section, rule Rule, why string) Problem {
	key := path(rootKey, string(section), string(rule))
	at, found := p.places[key]
	if !found {
		at = p.places[path(rootKey, string(section))]
	}
	return Problem{File: p.Source, Line: at.line, Column: at.column, Key: key, Rule: rule, Why: why}
}

// sectionProblem makes a Problem about a section as a whole.
func (p Policies) sectionProblem(section Section, why string) Problem {
	key := path(rootKey, string(section))
	at := p.places[key]
	return Problem{File: p.Source, Line: at.line, Column: at.column, Key: key, Why: why}
}
