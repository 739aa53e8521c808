package password

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"latchkey/internal/problem"
)

const (
	rootKey = "passwordPolicyConfigurations"

	maxProblems = 50   // reported; a file with more is probably something else
	maxKept     = 1000 // collected, to be sorted before that
)

// Parse reads the contents of a policy file: JSON with // and /* */ comments and an optional byte order mark. The error is
// [Problems] with everything that is wrong, including what the checks find; file is the name in them.
//
// TECHNICAL and ACCOUNT are required, SUPERADMIN is optional, and a rule that is left out is off. Unknown keys are refused.
func Parse(file string, src []byte, checks ...Check) (Policies, error) {
	p := &parsing{file: file, policies: Policies{Source: file, places: map[string]place{}}}
	if p.readable(src) {
		root, broken := readFile(strings.TrimPrefix(string(src), "\ufeff"))
		p.broken = broken != nil
		p.root(root)
		if broken != nil {
			broken.File = file
			p.problems = append(p.problems, *broken)
		}
		for _, check := range checks {
			p.problems = append(p.problems, check(p.policies)...)
		}
	}
	if len(p.problems) > 0 {
		return Policies{}, p.sorted()
	}
	return p.policies, nil
}

// parsing collects the policies of a file and its problems.
type parsing struct {
	file     string
	broken   bool // there is a syntax error, behind which keys that seem to be missing can stand
	policies Policies
	problems Problems
	more     int // problems beyond maxKept
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
	slices.SortStableFunc(p.problems, func(a, b Problem) int { return cmp.Or(a.Line-b.Line, a.Column-b.Column) })
	if more := len(p.problems) + p.more - maxProblems; more > 0 {
		last := p.problems[maxProblems-1]
		last.Key, last.Why = "", "and "+strconv.Itoa(more)+" more from here on"
		p.problems = append(p.problems[:maxProblems], last)
	}
	return p.problems
}

// members visits the keys of a value that must be an object. It reports keys that are unknown or repeated.
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
		first, repeated := seen[m.key]
		switch {
		case repeated:
			p.report(m.at, key, "is there twice; the first is in line "+strconv.Itoa(first.line))
		case !slices.Contains(known, m.key):
			p.report(m.at, key, "is not known; "+didYouMean(m.key, known))
			p.duplicates(m.value, append(slices.Clone(at), m.key))
		default:
			p.policies.places[key] = m.at
			visit(m)
		}
		if !repeated {
			seen[m.key] = m.at
		}
	}
}

// duplicates reports repeated keys inside a value whose own key is unknown.
func (p *parsing) duplicates(v value, at []string) {
	seen := map[string]place{}
	for _, m := range v.members {
		below := append(slices.Clone(at), m.key)
		if first, again := seen[m.key]; again {
			p.report(m.at, path(below...), "is there twice; the first is in line "+strconv.Itoa(first.line))
			continue
		}
		seen[m.key] = m.at
		p.duplicates(m.value, below)
	}
}

// sections are all sections of a file.
var sections = []string{string(SectionTechnical), string(SectionAccount), string(SectionSuperAdmin)}

func (p *parsing) root(root value) {
	p.members(root, nil, []string{rootKey}, func(m member) {
		p.members(m.value, []string{rootKey}, sections, p.section)
		if m.value.kind == kindObject {
			p.require(m.at, path(rootKey, string(SectionTechnical)))
			p.require(m.at, path(rootKey, string(SectionAccount)))
		}
	})
	if root.kind == kindObject {
		p.require(root.at, rootKey)
	}
}

// require reports a key that is missing.
func (p *parsing) require(at place, key string) {
	if _, found := p.policies.places[key]; !found && !p.broken {
		p.report(at, key, "is missing")
	}
}

func (p *parsing) section(m member) {
	policy := Policy{Section: Section(m.key)}
	at := []string{rootKey, m.key}
	var expression place
	p.members(m.value, at, ruleNames(), func(rule member) {
		d := ruleSpecs[slices.IndexFunc(ruleSpecs, func(d ruleSpec) bool { return string(d.rule) == rule.key })]
		below := append(slices.Clone(at), rule.key)
		var why string
		switch field := d.field(&policy).(type) {
		case *int:
			why = setNumber(field, rule.value)
		case *bool:
			why = setFlag(field, rule.value)
		case *string:
			expression = rule.value.at
			why = setText(field, rule.value)
		case *Texts:
			p.texts(field, rule.value, below)
		}
		if why != "" {
			p.report(rule.value.at, path(below...), why)
		}
	})
	var err error
	if policy.compiled, err = policy.compileLike(p.policies.All()); err != nil {
		p.report(expression, path(append(slices.Clone(at), string(RuleAllowedRegex))...), err.Error())
	}
	switch policy.Section {
	case SectionTechnical:
		p.policies.Technical = policy
	case SectionAccount:
		p.policies.Account = policy
	default:
		p.policies.SuperAdmin = &policy
	}
}

// ruleNames lists the rules that a file can contain.
func ruleNames() (names []string) {
	for _, d := range ruleSpecs {
		if !d.settingOnly {
			names = append(names, string(d.rule))
		}
	}
	return names
}

func setNumber(to *int, v value) (why string) {
	if v.kind != kindNumber {
		return "must be a whole number such as 6, not " + v.kind.String()
	}
	if strings.ContainsAny(v.text, ".eE") {
		return "must be a whole number written without point or exponent, not " + showKey(v.text)
	}
	n, err := strconv.ParseInt(v.text, 10, 32)
	if err != nil {
		return fmt.Sprintf("must be between %d and %d, not %s", math.MinInt32, math.MaxInt32, showKey(v.text))
	}
	*to = int(n)
	return ""
}

func setFlag(to *bool, v value) (why string) {
	if v.kind != kindBool {
		return "must be true or false, not " + v.kind.String()
	}
	*to = v.text == "true"
	return ""
}

func setText(to *string, v value) (why string) {
	if v.kind != kindString {
		return "must be a string in double quotes, not " + v.kind.String()
	}
	*to = v.text
	return ""
}

// maxDescription limits the description of an expression, in code points, to a line of the checklist.
const maxDescription = 200

// texts reads an object with a text per language.
func (p *parsing) texts(to *Texts, v value, at []string) {
	p.members(v, at, languages[:], func(m member) {
		key := path(append(at[:len(at):len(at)], m.key)...)
		switch {
		case m.value.kind != kindString:
			p.report(m.value.at, key, "must be a string in double quotes, not "+m.value.kind.String())
		case strings.TrimSpace(m.value.text) == "":
			p.report(m.value.at, key, "is empty; write what people should read, or leave it out")
		case utf8.RuneCountInString(m.value.text) > maxDescription:
			p.report(m.value.at, key, "is longer than "+strconv.Itoa(maxDescription)+" characters")
		case strings.ContainsFunc(m.value.text, unicode.IsControl):
			p.report(m.value.at, key, "has a control character, such as a line end; it is one line of text")
		default:
			to[slices.Index(languages[:], m.key)] = m.value.text
		}
	})
	if v.kind == kindObject && len(v.members) == 0 {
		p.report(v.at, path(at...), `has no text; write one per language, such as {"en": "three words"}, or leave it out`)
	}
}

// didYouMean returns the known key nearest to an unknown one, or all known keys if none is near.
func didYouMean(key string, known []string) string {
	const maxEdits = 3
	if nearest := problem.Nearest(key, known, min(maxEdits, len(key)/2)); nearest != "" {
		return "did you mean " + nearest + "?"
	}
	return "known here are " + strings.Join(known, ", ")
}
