package password

import "encoding/json"

// languages are the languages of the texts in a policy file.
var languages = [...]string{"en", "de"}

// Languages returns the languages that texts in a policy file can have.
func Languages() []string { return languages[:] }

// Texts is a text in each language; "" = none.
type Texts [len(languages)]string

// In returns the text in the language, else the first that exists, else "".
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

// MarshalJSON writes the existing texts as in the policy file.
func (t Texts) MarshalJSON() ([]byte, error) {
	texts := map[string]string{}
	for i, name := range languages {
		if t[i] != "" {
			texts[name] = t[i]
		}
	}
	return []byte(literal(texts)), nil // the caller decides about HTML escapes
}

// UnmarshalJSON ignores unknown languages.
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
