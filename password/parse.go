package password

import (
	"slices"
	"strconv"
	"strings"
)

const (
	rootKey = "passwordPolicyConfigurations"

	maxProblems = 50   // beyond that the file is something else
	maxKept     = 1000 // of which those are the first that are told
)

// Parse reads the contents of a policy file: JSON, in which // and /* */ comments and a byte order mark may stand. The
// error is [Problems] and holds all that is wrong with it; file is the name to tell in them.
//
// TECHNICAL and ACCOUNT are required, SUPERADMIN may be left out, and so may any rule: it is off then. Nothing else may
// be there.
func Parse(file string, src []byte) (Policies, error) {
	p := &parsing{file: file, policies: Policies{Source: file, places: map[string]place{}}}
	if p.readable(src) {
		root, broken := readFile(strings.TrimPrefix(string(src), "\ufeff"))
		p.broken = broken != nil
		p.root(root)
		if broken != nil {
			broken.File = file
			p.problems = append(p.problems, *broken)
		}
		p.problems = append(p.problems, p.policies.contradictions()...)
	}
	if len(p.problems) > 0 {
		return Policies{}, p.sorted()
	}
	return p.policies, nil
}

// parsing collects what is in a file and what is wrong with it.
type parsing struct {
	file     string
	broken   bool // the file ends early for us: nothing can be said to be missing
	policies Policies
	problems Problems
	more     int // problems, beyond those kept
}

func (p *parsing) report(at place, key, why string) {
	if len(p.problems) >= maxKept {
		p.more++
		return
	}
	p.problems = append(p.problems, Problem{File: p.file, Line: at.line, Column: at.column, Key: key, Why: why})
}

func (p *parsing) readable(src []byte) bool {
	if len(src) > maxFileBytes {
		p.report(place{}, "", "is larger than 1 MiB")
		return false
	}
	if at, bad := firstInvalid(string(src)); bad {
		p.report(at, "", "is not UTF-8 from here on")
		return false
	}
	return true
}

func (p *parsing) sorted() Problems {
	slices.SortStableFunc(p.problems, func(a, b Problem) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Column - b.Column
	})
	if more := len(p.problems) + p.more - maxProblems; more > 0 {
		last := p.problems[maxProblems-1]
		last.Key, last.Why = "", "and "+strconv.Itoa(more)+" more from here on"
		p.problems = append(p.problems[:maxProblems], last)
	}
	return p.problems
}

// members walks the keys of an object that must be one; a key that is unknown or there a second time is reported.
func (p *parsing) members(v value, at []string, known []string, visit func(member)) {
	switch v.kind {
	case kindNone:
		return
	case kindObject:
	default:
		p.report(v.at, path(at...), "must be an object { … }, not "+v.kind.String())
		return
	}
	seen := map[string]place{}
	for _, m := range v.members {
		key := path(append(slices.Clone(at), m.key)...)
		first, doubled := seen[m.key]
		switch {
		case doubled:
			p.report(m.at, key, "is there twice; the first is in line "+strconv.Itoa(first.line))
		case !slices.Contains(known, m.key):
			p.report(m.at, key, "is not known; "+didYouMean(m.key, known))
			p.doubled(m.value, append(slices.Clone(at), m.key))
		default:
			p.policies.places[key] = m.at
			visit(m)
		}
		if !doubled {
			seen[m.key] = m.at
		}
	}
}

// doubled reports doubled keys inside a value that is not known itself.
func (p *parsing) doubled(v value, at []string) {
	seen := map[string]place{}
	for _, m := range v.members {
		below := append(slices.Clone(at), m.key)
		if first, again := seen[m.key]; again {
			p.report(m.at, path(below...), "is there twice; the first is in line "+strconv.Itoa(first.line))
			continue
		}
		seen[m.key] = m.at
		p.doubled(m.value, below)
	}
}
