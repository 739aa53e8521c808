package password

import (
	"encoding/json"
	"strings"
)

// Canonical returns the active rules as JSON, the same text for the same rules however the file is written. Rules that are
// off are left out, so that a rule added in a later version changes nothing while it is off.
func (p Policies) Canonical() string {
	sections := map[Section]map[Rule]any{}
	for _, policy := range p.All() {
		rules := map[Rule]any{}
		for i, value := range policy.values() {
			if value.Active {
				rules[value.Rule] = ruleSpecs[i].figure(value)
			}
		}
		sections[policy.Section] = rules
	}
	text, _ := json.Marshal(sections) // maps, numbers and texts: cannot fail
	return string(text)
}

// File returns a policy file with the active rules, in order.
func (p Policies) File() string {
	var sections []string
	for _, policy := range p.All() {
		sections = append(sections, "    \""+string(policy.Section)+"\": "+policy.lines())
	}
	return "{\n  \"" + rootKey + "\": {\n" + strings.Join(sections, ",\n") + "\n  }\n}\n"
}

// lines returns a section as an object of the file.
func (p Policy) lines() string {
	var lines []string
	for i, value := range p.values() {
		if value.Active && !ruleSpecs[i].settingOnly {
			lines = append(lines, "\n      \""+string(value.Rule)+"\": "+literal(ruleSpecs[i].figure(value)))
		}
	}
	if len(lines) == 0 {
		return "{}"
	}
	return "{" + strings.Join(lines, ",") + "\n    }"
}

// literal returns a value as JSON without HTML escapes.
func literal(figure any) string {
	var text strings.Builder
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(figure) // numbers, bools and texts: cannot fail
	return strings.TrimSpace(text.String())
}

// figure returns the part of a value that the rule uses.
func (d ruleSpec) figure(v Value) any {
	switch d.field(new(Policy)).(type) {
	case *int:
		return v.N
	case *bool:
		return v.On
	case *Texts:
		return v.Texts
	}
	return v.Text
}

// ReadCanonical reads what [Policies.Canonical] wrote; rules that were off are 0. It does not check the rules, so that old
// versions can be shown whatever a file must satisfy today.
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
	if _, found := written[SectionSuperAdmin]; found {
		policies.SuperAdmin = &own
	}
	return policies, nil
}

func (p *Policy) read(rules map[Rule]json.RawMessage) error {
	for _, d := range ruleSpecs {
		if figure, on := rules[d.rule]; on {
			if err := json.Unmarshal(figure, d.field(p)); err != nil {
				return err
			}
		}
	}
	return nil
}
