package mailer

import (
	"bytes"
	"errors"
	"fmt"
	htmltemplate "html/template"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	texttemplate "text/template"
	"unicode/utf8"

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

// maxTemplate limits a custom file, in bytes: Gmail cuts off mails at some 102 kB of HTML.
const maxTemplate = 100_000

// File is one of the files of a mail.
type File struct {
	Name string // path in the templates directory, such as "en/closing.txt"
	Own  string // the operator's own version; "" = the built-in one
}

// templateKey names one mail in one language.
type templateKey struct{ locale, name string }

// template is one mail in one language, parsed.
type template struct {
	text *texttemplate.Template // also defines "subject"
	html *htmltemplate.Template
}

// loadTemplates parses every mail in every language. The error holds everything that is wrong.
func (m *Mailer) loadTemplates() error {
	if err := m.checkNames(); err != nil {
		return err
	}
	m.templates = map[templateKey]template{}
	var wrong []error
	for _, key := range templateKeys() {
		textParts, htmlParts := partsOf(key.locale, key.name)
		text, textErr := parse(m, texttemplate.New(""), textParts)
		html, htmlErr := parse(m, htmltemplate.New("").Funcs(outlook), htmlParts)
		m.templates[key] = template{text, html}
		wrong = append(wrong, textErr, htmlErr)
	}
	return distinct(wrong)
}

// templateKeys returns all mails in all languages.
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

// templateSet is what the template types of text/template and html/template have in common.
type templateSet[T any] interface {
	comparable
	New(name string) T
	Parse(text string) (T, error)
	Lookup(name string) T
}

// parse parses files into one set and returns the template of the first. Templates are named after their files, so that errors
// name the file.
func parse[T templateSet[T]](m *Mailer, set T, parts []part) (first T, err error) {
	var none T
	for i, part := range parts {
		text, file, err := m.readTemplate(part.name)
		if err != nil {
			return none, err
		}
		parsed, err := set.New(file).Parse(text)
		if err != nil {
			return none, err
		}
		for _, defined := range part.defines {
			if set.Lookup(defined) == none {
				return none, fmt.Errorf(`%s:1: the %s is missing: {{define %q}}…{{end}}`, file, defined, defined)
			}
		}
		if i == 0 {
			first = parsed
		}
	}
	return first, nil
}

// part is a file of a mail, and the templates that it has to define.
type part struct {
	name    string
	defines []string
}

// partsOf returns the files of a mail's text and of its HTML, the one to execute first. The layout precedes files that may
// replace a block of it.
func partsOf(locale, name string) (text, html []part) {
	return []part{{path.Join(locale, name+".txt"), []string{"subject"}}, {path.Join(locale, closingText), []string{"closing"}}},
		[]part{{layoutFile, nil}, {path.Join(locale, name+".html"), []string{"heading", "content"}}, {path.Join(locale, closingHTML), []string{"closing"}}}
}

// Files returns the files of a mail in a language, those of the text first.
func (m *Mailer) Files(locale, name string) (files []File) {
	text, html := partsOf(locale, name)
	for _, part := range slices.Concat(text, html) {
		files = append(files, File{part.name, m.ownFile(part.name)})
	}
	return files
}

// OwnFiles returns the operator's own files in use, sorted by name.
func (m *Mailer) OwnFiles() (all []string) {
	for _, key := range templateKeys() {
		for _, file := range m.Files(key.locale, key.name) {
			if file.Own != "" {
				all = append(all, file.Own)
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// ownFile returns the path of the operator's own version of a template, or "".
func (m *Mailer) ownFile(name string) string {
	if m.TemplatesDir == "" {
		return ""
	}
	file := filepath.Join(m.TemplatesDir, filepath.FromSlash(name))
	if _, err := os.Lstat(file); errors.Is(err, fs.ErrNotExist) {
		return ""
	}
	return file
}

// readTemplate returns the operator's own version, or else the built-in one, and its name for messages.
func (m *Mailer) readTemplate(name string) (text, file string, err error) {
	if file = m.ownFile(name); file != "" {
		text, err = readOwn(file)
		return text, file, err
	}
	builtin, err := fs.ReadFile(email.FS, name)
	return string(builtin), name, err
}

func readOwn(file string) (string, error) {
	info, err := os.Stat(file)
	switch {
	case err != nil:
		return "", err
	case !info.Mode().IsRegular():
		return "", fmt.Errorf("%s: not a regular file", file)
	case info.Size() > maxTemplate:
		return "", fmt.Errorf("%s: the file is larger than %d bytes, more than mail programs show", file, maxTemplate)
	}
	text, err := os.ReadFile(file) //nolint:gosec // the operator's setting
	if err != nil {
		return "", err
	}
	if line := firstNotUTF8(text); line > 0 {
		return "", fmt.Errorf("%s:%d: this is not UTF-8", file, line)
	}
	return strings.TrimPrefix(string(text), "\uFEFF"), nil // some editors write a BOM
}

// firstNotUTF8 returns the first line that is not UTF-8, or 0.
func firstNotUTF8(text []byte) int {
	for i, line := range bytes.Split(text, []byte("\n")) {
		if !utf8.Valid(line) {
			return i + 1
		}
	}
	return 0
}

// checkNames refuses template files that would never be used, probably because of a misspelled name. Other and hidden files are
// ignored: tools that deploy files keep their own there.
func (m *Mailer) checkNames() error {
	if m.TemplatesDir == "" {
		return nil
	}
	var wrong []error
	err := filepath.WalkDir(m.TemplatesDir, func(file string, entry fs.DirEntry, err error) error {
		isRoot := file == m.TemplatesDir
		switch {
		case err != nil:
			return fmt.Errorf("the directory of mail templates: %w", err)
		case isRoot && !entry.IsDir() && entry.Type()&fs.ModeSymlink == 0:
			return fmt.Errorf("the directory of mail templates: %s is no directory", file)
		case !isRoot && strings.HasPrefix(entry.Name(), ".") && entry.IsDir():
			return fs.SkipDir
		case !isRoot && strings.HasPrefix(entry.Name(), "."), entry.IsDir():
			return nil
		case !slices.Contains([]string{".txt", ".html", ".htm"}, strings.ToLower(filepath.Ext(file))):
			return nil
		}
		relative, err := filepath.Rel(m.TemplatesDir, file)
		if err != nil {
			return err
		}
		if _, err := fs.Stat(email.FS, filepath.ToSlash(relative)); err != nil {
			wrong = append(wrong, fmt.Errorf("%s: there is no mail template of this name to replace", file))
		}
		return nil
	})
	return errors.Join(append(wrong, err)...)
}

// outlook holds template functions for Outlook on Windows, which renders mails with Word: it ignores max-width and scales
// pictures on high-density screens. Conditional comments reach it alone; html/template strips comments from templates.
var outlook = htmltemplate.FuncMap{
	"outlookHead":  func() htmltemplate.HTML { return outlookHead },
	"outlookTable": outlookTable,
	"outlookEnd":   func() htmltemplate.HTML { return outlookEnd },
}

const (
	outlookHead = "<!--[if mso]><noscript><xml><o:OfficeDocumentSettings xmlns:o=\"urn:schemas-microsoft-com:office:office\">" +
		"<o:PixelsPerInch>96</o:PixelsPerInch></o:OfficeDocumentSettings></xml></noscript><![endif]-->"
	outlookEnd = "<!--[if mso]></td></tr></table><![endif]-->"
)

// outlookTable opens a table of a width in pixels, which outlookEnd closes.
func outlookTable(width int) htmltemplate.HTML {
	return htmltemplate.HTML(fmt.Sprintf( //nolint:gosec // only a number is inserted
		`<!--[if mso]><table role="presentation" align="center" width="%d" cellpadding="0" cellspacing="0" border="0"><tr><td><![endif]-->`, width))
}
