package password

import (
	"encoding/json"
	"strings"
)

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
	for _, policy := range p.All() {
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
	for _, policy := range p.All() {
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
	case d.texts != nil:
		return v.Texts
	}
	return v.Text
}

// ReadCanonical returns the policies that [Policies.Canonical] wrote down, with 0 for what was off. It judges nothing: what
// was once in force can be shown whatever is demanded of a file today.
func ReadCanonical(text string) (Policies, error) {
	var written map[Section]map[Rule]json.RawMessage
	if err := json.Unmarshal([]byte(text), &written); err != nil {
		return Policies{}, err
	}
	var policies Policies
	own := Policy{}
	for name, policy := range map[Section]*Policy{
		SectionTechnical: &policies.Technical, SectionAccount: &policies.Account, SectionSuperAdmin: &own,
	} {
		policy.Section = name
		if err := policy.read(written[name]); err != nil {
			return Policies{}, err
		}
	}
	if _, apart := written[SectionSuperAdmin]; apart {
		policies.SuperAdmin = &own
	}
	return policies, nil
}

func (p *Policy) read(rules map[Rule]json.RawMessage) error {
	for _, d := range definitions {
		if figure, on := rules[d.rule]; on {
			if err := json.Unmarshal(figure, d.place(p)); err != nil {
				return err
			}
		}
	}
	return nil
}

// place is where the rule stands in a policy.
func (d definition) place(p *Policy) any {
	switch {
	case d.number != nil:
		return d.number(p)
	case d.flag != nil:
		return d.flag(p)
	case d.texts != nil:
		return d.texts(p)
	}
	return d.text(p)
}
