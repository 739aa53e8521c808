package password

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// Draft is a policy file as a form edits it: per section and field the text as typed. A switch is "true" or "".
type Draft map[Section]map[string]string

// DraftKind is what a field of a draft takes.
type DraftKind int

// The kinds of fields.
const (
	DraftNumber DraftKind = iota // below 1 or empty: off
	DraftSwitch
	DraftText
)

// DraftField is a field of a section: a rule that a file can contain, or its text in one language.
type DraftField struct {
	Name     string // the rule, followed by "." and the language if there is one
	Rule     Rule
	Language string // "" = the rule has no texts
	Kind     DraftKind
}

// DraftFields returns the fields of each section, in the order of the rules.
func DraftFields() (fields []DraftField) {
	for _, d := range ruleSpecs {
		name := string(d.rule)
		switch d.field(new(Policy)).(type) {
		case *Texts:
			for _, language := range languages {
				fields = append(fields, DraftField{name + "." + language, d.rule, language, DraftText})
			}
		case *bool:
			fields = append(fields, DraftField{name, d.rule, "", DraftSwitch})
		case *string:
			fields = append(fields, DraftField{name, d.rule, "", DraftText})
		default:
			if !d.settingOnly {
				fields = append(fields, DraftField{name, d.rule, "", DraftNumber})
			}
		}
	}
	return fields
}

// Draft returns the policies as a form shows them first.
func (p Policies) Draft() Draft {
	draft := Draft{}
	for _, policy := range p.All() {
		section := map[string]string{}
		for _, field := range DraftFields() {
			spec := ruleSpecs[slices.IndexFunc(ruleSpecs, func(d ruleSpec) bool { return d.rule == field.Rule })]
			switch value := spec.field(&policy).(type) {
			case *int:
				section[field.Name] = strconv.Itoa(max(0, *value))
			case *bool:
				section[field.Name] = map[bool]string{true: "true"}[*value]
			case *string:
				section[field.Name] = *value
			case *Texts:
				section[field.Name] = value[slices.Index(languages[:], field.Language)]
			}
		}
		draft[policy.Section] = section
	}
	return draft
}

// DraftMost is the largest number that a field takes.
const DraftMost = math.MaxInt32

// Valid reports whether a field can take what was typed: anything but a number takes all.
func (f DraftField) Valid(typed string) bool {
	if f.Kind != DraftNumber || strings.TrimSpace(typed) == "" {
		return true
	}
	n, err := strconv.ParseInt(strings.TrimSpace(typed), 10, 32)
	return err == nil && n >= 0
}

// File returns the policy file of the draft, without rules that are off. It checks nothing: see [Parse].
func (d Draft) File() string {
	var sections []string
	for _, section := range []Section{SectionTechnical, SectionAccount, SectionSuperAdmin} {
		if typed, found := d[section]; found {
			sections = append(sections, "    \""+string(section)+"\": "+draftLines(typed))
		}
	}
	return "{\n  \"" + rootKey + "\": {\n" + strings.Join(sections, ",\n") + "\n  }\n}\n"
}

// draftLines returns a section as an object of the file.
func draftLines(typed map[string]string) string {
	var lines []string
	line := func(rule Rule, value any) {
		lines = append(lines, "\n      \""+string(rule)+"\": "+literal(value))
	}
	var texts Texts
	for _, field := range DraftFields() {
		text := typed[field.Name]
		switch {
		case field.Language != "":
			last := len(languages) - 1
			texts[slices.Index(languages[:], field.Language)] = text
			if field.Language == languages[last] && texts != (Texts{}) {
				line(field.Rule, texts)
			}
		case text == "":
		case field.Kind == DraftSwitch:
			line(field.Rule, true)
		case field.Kind == DraftText:
			line(field.Rule, text)
		default:
			if n, err := strconv.Atoi(strings.TrimSpace(text)); err != nil {
				line(field.Rule, text)
			} else if n != 0 {
				line(field.Rule, n)
			}
		}
	}
	if len(lines) == 0 {
		return "{}"
	}
	return "{" + strings.Join(lines, ",") + "\n    }"
}
