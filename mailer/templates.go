package mailer

import (
	"errors"
	"fmt"
	htmltemplate "html/template"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	texttemplate "text/template"

	"latchkey/i18n"
	"latchkey/models"
	"latchkey/templates/email"
)

// The files that templates share.
const (
	layoutFile  = "layout.html"
	closingText = "closing.txt"
	closingHTML = "closing.html"
)

// templateKey names one mail in one language.
type templateKey struct{ locale, name string }

// template is one mail in one language, parsed.
type template struct {
	text *texttemplate.Template // with "subject" in it
	html *htmltemplate.Template
	file string // of the text, for messages
}

// source finds a template's text: the operator's own version, else the built-in one.
type source struct{ dir string }

// read returns the text, and the file's name for messages.
func (s source) read(name string) (text, file string, err error) {
	if s.dir != "" {
		file = filepath.Join(s.dir, filepath.FromSlash(name))
		own, err := os.ReadFile(file)
		if err == nil || !errors.Is(err, fs.ErrNotExist) {
			return string(own), file, err
		}
	}
	builtin, err := fs.ReadFile(email.FS, name)
	return string(builtin), name, err
}

// loadTemplates parses every mail in every language, and says everything that is wrong at once.
func loadTemplates(dir string) (map[templateKey]template, error) {
	s := source{dir}
	if err := s.checkNames(); err != nil {
		return nil, err
	}
	all := map[templateKey]template{}
	var wrong []error
	for _, locale := range i18n.Locales {
		for _, name := range models.MailTemplates() {
			parsed, err := s.load(locale, name)
			all[templateKey{locale, name}] = parsed
			wrong = append(wrong, err)
		}
	}
	return all, errors.Join(wrong...)
}

func (s source) load(locale, name string) (template, error) {
	text, file, textErr := s.loadText(path.Join(locale, name+".txt"), path.Join(locale, closingText))
	html, htmlErr := s.loadHTML(path.Join(locale, name+".html"), path.Join(locale, closingHTML), layoutFile)
	return template{text, html, file}, errors.Join(textErr, htmlErr)
}

// loadText parses the files into one set, which the first one stands for. Templates are called by their files, so that
// messages name those.
func (s source) loadText(names ...string) (main *texttemplate.Template, mainFile string, err error) {
	set := texttemplate.New("")
	for i, name := range names {
		text, file, err := s.read(name)
		if err != nil {
			return nil, "", err
		}
		parsed, err := set.New(file).Parse(text)
		if err != nil {
			return nil, "", err
		}
		if i == 0 {
			main, mainFile = parsed, file
		}
	}
	if main.Lookup("subject") == nil {
		return nil, "", fmt.Errorf(`%s:1: the subject is missing: {{define "subject"}}…{{end}}`, mainFile)
	}
	return main, mainFile, nil
}

// loadHTML parses the files into one set, which the last one, the layout, stands for.
func (s source) loadHTML(names ...string) (layout *htmltemplate.Template, err error) {
	set := htmltemplate.New("")
	for _, name := range names {
		text, file, err := s.read(name)
		if err != nil {
			return nil, err
		}
		if layout, err = set.New(file).Parse(text); err != nil {
			return nil, err
		}
	}
	return layout, nil
}

// checkNames refuses a template that would never be used: its name is most likely a slip. Other files are let be.
func (s source) checkNames() error {
	if s.dir == "" {
		return nil
	}
	return filepath.WalkDir(s.dir, func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("the directory of mail templates: %w", err)
		}
		relative, err := filepath.Rel(s.dir, file)
		if err != nil || entry.IsDir() || !slices.Contains([]string{".txt", ".html"}, filepath.Ext(file)) {
			return err
		}
		if _, err := fs.Stat(email.FS, filepath.ToSlash(relative)); err != nil {
			return fmt.Errorf("%s: there is no mail template of this name to replace", file)
		}
		return nil
	})
}
