package password

import (
	"encoding/json"
	"strings"
)

// SectionValues are the rules of one section.
type SectionValues struct {
	Section Section
	Values  []Value
}

// Canonical returns the rules in force as JSON, the same text for the same rules however their file is written: sections
// and rules by name, and only those that are on, so that a rule which a later version of the program knows, and which is
// off, changes nothing.
func (p Policies) Canonical() string {
	text, _ := json.Marshal(p.inForce()) // of maps, numbers and texts: this cannot fail
	return string(text)
}

// File returns a policy file with the rules in force, and nothing but those, in the order in which they are listed.
func (p Policies) File() string {
	var sections []string
	for _, policy := range p.all() {
		sections = append(sections, "    \""+string(policy.Section)+"\": "+policy.lines())
	}
	return "{\n  \"" + rootKey + "\": {\n" + strings.Join(sections, ",\n") + "\n  }\n}\n"
}

// lines is the object of a section.
func (p Policy) lines() string {
	var lines []string
	for i, value := range p.values() {
		if value.Active && !definitions[i].beside {
			lines = append(lines, "\n      \""+string(value.Rule)+"\": "+literal(definitions[i].figure(value)))
		}
	}
	if len(lines) == 0 {
		return "{}"
	}
	return "{" + strings.Join(lines, ",") + "\n    }"
}

// literal is a figure as people write it, without what is only for web pages.
func literal(figure any) string {
	var text strings.Builder
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(figure) // a number, a switch or a text: this cannot fail
	return strings.TrimSpace(text.String())
}

func (p Policies) inForce() map[Section]map[Rule]any {
	sections := map[Section]map[Rule]any{}
	for _, policy := range p.all() {
		rules := map[Rule]any{}
		for i, value := range policy.values() {
			if value.Active {
				rules[value.Rule] = definitions[i].figure(value)
			}
		}
		sections[policy.Section] = rules
	}
	return sections
}

// figure is what decides of a value.
func (d definition) figure(v Value) any {
	switch {
	case d.number != nil:
		return v.N
	case d.flag != nil:
		return v.On
	}
	return v.Text
}

// ReadCanonical returns the rules that [Policies.Canonical] wrote down, those that were off too. It judges nothing: what
// was once in force can be shown whatever is demanded of a file today.
func ReadCanonical(text string) (sections []SectionValues, err error) {
	var written map[Section]map[Rule]json.RawMessage
	if err := json.Unmarshal([]byte(text), &written); err != nil {
		return nil, err
	}
	for _, name := range []Section{SectionTechnical, SectionAccount, SectionSuperAdmin} {
		rules, found := written[name]
		if !found {
			continue
		}
		values, err := readValues(rules)
		if err != nil {
			return nil, err
		}
		sections = append(sections, SectionValues{name, values})
	}
	return sections, nil
}

func readValues(rules map[Rule]json.RawMessage) ([]Value, error) {
	values := Policy{}.values()
	for i, d := range definitions {
		figure, on := rules[d.rule]
		if !on {
			continue
		}
		if err := json.Unmarshal(figure, d.place(&values[i])); err != nil {
			return nil, err
		}
		values[i].Active = true
	}
	return toShow(values), nil
}

// place is where the figure stands in a value.
func (d definition) place(v *Value) any {
	switch {
	case d.number != nil:
		return &v.N
	case d.flag != nil:
		return &v.On
	}
	return &v.Text
}
