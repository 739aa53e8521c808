package mailer

import (
	"errors"
	"fmt"
	htmltemplate "html/template"
	texttemplate "text/template"
	"text/template/parse"

	"latchkey/i18n"
	"latchkey/models"
)

// templateKey names one mail in one language.
type templateKey struct{ locale, name string }

// template is one mail in one language, parsed.
type template struct {
	text *texttemplate.Template // with "subject" in it
	html *htmltemplate.Template
}

// loadTemplates parses every mail in every language, and says everything that is wrong at once.
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
	return all, joined(wrong)
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

// joined is one error of all, each said once: what is wrong in a file that mails share is found with each of them.
func joined(wrong []error) error {
	said := map[string]bool{}
	var once []error
	for _, err := range wrong {
		if err != nil && !said[err.Error()] {
			said[err.Error()] = true
			once = append(once, err)
		}
	}
	return errors.Join(once...)
}

func (s source) load(key templateKey) (template, error) {
	textParts, htmlParts := partsOf(key.locale, key.name)
	text, textErr := s.loadText(textParts)
	html, htmlErr := s.loadHTML(htmlParts)
	return template{text, html}, joined([]error{textErr, htmlErr})
}

// loadText parses the files into one set, which the first one stands for. Templates are called by their files, so that
// messages name those.
func (s source) loadText(parts []part) (*texttemplate.Template, error) {
	set := texttemplate.New("")
	err := s.parse(parts, func(file, text string) error {
		_, err := set.New(file).Parse(text)
		return err
	}, func(name string) bool { return set.Lookup(name) != nil })
	return set.Lookup(s.file(parts[0].name)), err
}

// loadHTML does the same with HTML.
func (s source) loadHTML(parts []part) (*htmltemplate.Template, error) {
	set := htmltemplate.New("").Funcs(outlook)
	err := s.parse(parts, func(file, text string) error {
		_, err := set.New(file).Parse(text)
		return err
	}, func(name string) bool { return set.Lookup(name) != nil })
	return set.Lookup(s.file(parts[0].name)), err
}

// parse reads the files and adds them to a set, which has to have then what they define.
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

// trees are what a set consists of, by name.
type trees map[string]*parse.Tree

func (t template) textTrees() trees {
	all := trees{}
	for _, one := range t.text.Templates() {
		all[one.Name()] = one.Tree
	}
	return all
}

func (t template) htmlTrees() trees {
	all := trees{}
	for _, one := range t.html.Templates() {
		all[one.Name()] = one.Tree
	}
	return all
}
