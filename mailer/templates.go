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
	textFiles, htmlFiles := filesOf(key.locale, key.name)
	text, textErr := s.loadText(textFiles[0], textFiles[1])
	html, htmlErr := s.loadHTML(htmlFiles[0], htmlFiles[1], htmlFiles[2])
	return template{text, html}, joined([]error{textErr, htmlErr})
}

// Templates are called by their files, so that messages name those.

// loadText parses the text and what it ends with into one set, which the text stands for.
func (s source) loadText(name, closing string) (*texttemplate.Template, error) {
	set := texttemplate.New("")
	var main *texttemplate.Template
	for _, part := range []struct{ name, defines string }{{name, "subject"}, {closing, "closing"}} {
		text, file, err := s.read(part.name)
		if err != nil {
			return nil, err
		}
		parsed, err := set.New(file).Parse(text)
		if err != nil {
			return nil, err
		}
		if main == nil {
			main = parsed
		}
		if main.Lookup(part.defines) == nil {
			return nil, missing(file, part.defines)
		}
	}
	return main, nil
}

// loadHTML parses the HTML and what it ends with into one set with the layout, which stands for it. The layout comes
// first, since the others may replace a block of it.
func (s source) loadHTML(layout, name, closing string) (*htmltemplate.Template, error) {
	set := htmltemplate.New("").Funcs(outlook)
	var main *htmltemplate.Template
	for _, part := range []struct {
		name    string
		defines []string
	}{{layout, nil}, {name, []string{"heading", "content"}}, {closing, []string{"closing"}}} {
		text, file, err := s.read(part.name)
		if err != nil {
			return nil, err
		}
		parsed, err := set.New(file).Parse(text)
		if err != nil {
			return nil, err
		}
		if main == nil {
			main = parsed
		}
		for _, defined := range part.defines {
			if main.Lookup(defined) == nil {
				return nil, missing(file, defined)
			}
		}
	}
	return main, nil
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
