package mailer

import (
	"errors"
	"fmt"
	htmltemplate "html/template"
	"strings"
	texttemplate "text/template"

	"latchkey/i18n"
	"latchkey/models"
)

// templateKey names one mail in one language.
type templateKey struct{ locale, name string }

// template is one mail in one language, parsed.
type template struct {
	text *texttemplate.Template // also defines "subject"
	html *htmltemplate.Template
}

// loadTemplates parses every mail in every language. The error holds everything that is wrong.
func loadTemplates(s source) (map[templateKey]template, error) {
	if err := s.checkNames(); err != nil {
		return nil, err
	}
	all := map[templateKey]template{}
	var wrong []error
	for _, key := range templateKeys() {
		parsed, err := s.load(key)
		all[key] = parsed
		wrong = append(wrong, err)
	}
	return all, distinct(wrong)
}

// templateKeys are all mails in all languages.
func templateKeys() (keys []templateKey) {
	for _, locale := range i18n.Locales {
		for _, name := range models.MailTemplates() {
			keys = append(keys, templateKey{locale, name})
		}
	}
	return keys
}

// distinct joins errors without repeating one: an error in a shared file occurs in every mail, where only the type of the data
// differs.
func distinct(all []error) error {
	seen := map[string]bool{}
	var once []error
	for _, err := range all {
		if err == nil {
			continue
		}
		text, _, _ := strings.Cut(err.Error(), " in type ")
		if !seen[text] {
			seen[text] = true
			once = append(once, err)
		}
	}
	return errors.Join(once...)
}

func (s source) load(key templateKey) (template, error) {
	textParts, htmlParts := partsOf(key.locale, key.name)
	text, textErr := s.loadText(textParts)
	html, htmlErr := s.loadHTML(htmlParts)
	return template{text, html}, distinct([]error{textErr, htmlErr})
}

// loadText parses the files into one set and returns the template of the first. Templates are named after their files, so that
// errors name the file.
func (s source) loadText(parts []part) (*texttemplate.Template, error) {
	set := texttemplate.New("")
	err := s.parse(parts, func(file, text string) error {
		_, err := set.New(file).Parse(text)
		return err
	}, func(name string) bool { return set.Lookup(name) != nil })
	return set.Lookup(s.file(parts[0].name)), err
}

// loadHTML does the same for HTML.
func (s source) loadHTML(parts []part) (*htmltemplate.Template, error) {
	set := htmltemplate.New("").Funcs(outlook)
	err := s.parse(parts, func(file, text string) error {
		_, err := set.New(file).Parse(text)
		return err
	}, func(name string) bool { return set.Lookup(name) != nil })
	return set.Lookup(s.file(parts[0].name)), err
}

// parse reads the files and adds them to a set, which must then have all templates that they have to define.
func (s source) parse(parts []part, add func(file, text string) error, has func(name string) bool) error {
	for _, part := range parts {
		text, file, err := s.read(part.name)
		if err == nil {
			err = add(file, text)
		}
		if err != nil {
			return err
		}
		for _, defined := range part.defines {
			if !has(defined) {
				return missing(file, defined)
			}
		}
	}
	return nil
}

func missing(file, defined string) error {
	return fmt.Errorf(`%s:1: the %s is missing: {{define %q}}…{{end}}`, file, defined, defined)
}
