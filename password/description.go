package password

import (
	"encoding/json"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// languages are those in which a policy file can say something to people.
var languages = [...]string{"en", "de"}

// Languages are their names.
func Languages() []string { return languages[:] }

// Texts is a text in each language; "" = it is not there.
type Texts [len(languages)]string

// In is the text in the language, or else in the first that there is; "" = there is none.
func (t Texts) In(language string) string {
	first := ""
	for i, name := range languages {
		if t[i] != "" && name == language {
			return t[i]
		}
		if first == "" {
			first = t[i]
		}
	}
	return first
}

func (t Texts) byLanguage() map[string]string {
	texts := map[string]string{}
	for i, name := range languages {
		if t[i] != "" {
			texts[name] = t[i]
		}
	}
	return texts
}

// MarshalJSON writes the texts that there are, as in the policy file.
func (t Texts) MarshalJSON() ([]byte, error) {
	var text strings.Builder
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false) // which the caller decides
	err := encoder.Encode(t.byLanguage())
	return []byte(text.String()), err
}

// UnmarshalJSON leaves out the languages that the program does not know.
func (t *Texts) UnmarshalJSON(written []byte) error {
	texts := map[string]string{}
	if err := json.Unmarshal(written, &texts); err != nil {
		return err
	}
	for i, name := range languages {
		t[i] = texts[name]
	}
	return nil
}

// maxDescription is the longest description of an expression, in code points: a line of the checklist.
const maxDescription = 200

// texts reads a text per language.
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
			for i, name := range languages {
				if name == m.key {
					to[i] = m.value.text
				}
			}
		}
	})
	if v.kind == kindObject && len(v.members) == 0 {
		p.report(v.at, path(at...), `has no text; write one per language, such as {"en": "three words"}, or leave it out`)
	}
}
