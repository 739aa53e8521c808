package password

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// sections are all sections of a file.
var sections = []string{string(SectionTechnical), string(SectionAccount), string(SectionSuperAdmin)}

// required are those that must be there.
var required = []Section{SectionTechnical, SectionAccount}

func (p *parsing) root(root value) {
	p.members(root, nil, []string{rootKey}, func(m member) {
		p.members(m.value, []string{rootKey}, sections, p.section)
		if m.value.kind == kindObject {
			p.missingSections(m.at)
		}
	})
	if _, found := p.policies.places[rootKey]; !found && root.kind == kindObject {
		p.missing(root.at, rootKey)
	}
}

func (p *parsing) missingSections(at place) {
	for _, s := range required {
		key := path(rootKey, string(s))
		if _, found := p.policies.places[key]; !found {
			p.missing(at, key)
		}
	}
}

func (p *parsing) missing(at place, key string) {
	if !p.broken {
		p.report(at, key, "is missing")
	}
}

func (p *parsing) section(m member) {
	policy := Policy{Section: Section(m.key)}
	at := []string{rootKey, m.key}
	var expression place
	p.members(m.value, at, ruleNames(), func(rule member) {
		d := definitions[slices.IndexFunc(definitions, func(d definition) bool { return string(d.rule) == rule.key })]
		if d.text != nil {
			expression = rule.value.at
		}
		below := append(slices.Clone(at), rule.key)
		if d.texts != nil {
			p.texts(d.texts(&policy), rule.value, below)
		} else if why := d.set(&policy, rule.value); why != "" {
			p.report(rule.value.at, path(below...), why)
		}
	})
	var err error
	if policy.compiled, err = policy.compileBeside(p.policies.All()); err != nil {
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

// ruleNames are those that a file may have.
func ruleNames() (names []string) {
	for _, d := range definitions {
		if !d.beside {
			names = append(names, string(d.rule))
		}
	}
	return names
}

// set puts a value of the file where the rule lives; it returns why it cannot. For texts see [parsing.texts].
func (d definition) set(p *Policy, v value) (why string) {
	switch {
	case d.number != nil:
		return setNumber(d.number(p), v)
	case d.flag != nil:
		return setFlag(d.flag(p), v)
	}
	return setText(d.text(p), v)
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
