package mailer

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
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

// maxTemplate bounds an own file, in bytes: Gmail cuts mails off at some 102 kB (all parts of the HTML together).
const maxTemplate = 100_000

// File is one of the files that a mail is made of.
type File struct {
	Name string // the path below the directory of templates, such as "en/closing.txt"
	Own  string // the operator's own version in use; "" = the built-in one
}

// Files are those of a mail in a language, the text before the HTML.
func (m *Mailer) Files(locale, name string) (files []File) {
	text, html := partsOf(locale, name)
	for _, part := range slices.Concat(text, html) {
		files = append(files, File{part.name, m.source.own(part.name)})
	}
	return files
}

// OwnFiles are the operator's own versions that are in use, in the order of their names.
func (m *Mailer) OwnFiles() (all []string) {
	for _, locale := range i18n.Locales {
		for _, name := range models.MailTemplates() {
			for _, file := range m.Files(locale, name) {
				if file.Own != "" {
					all = append(all, file.Own)
				}
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// part is a file that a mail is made of, and what it has to define.
type part struct {
	name    string
	defines []string
}

// partsOf are those of a mail's text and of its HTML, each with the one that stands for it first. The layout comes before
// what may replace a block of it.
func partsOf(locale, name string) (text, html []part) {
	return []part{{path.Join(locale, name+".txt"), []string{"subject"}}, {path.Join(locale, closingText), []string{"closing"}}},
		[]part{{layoutFile, nil}, {path.Join(locale, name+".html"), []string{"heading", "content"}}, {path.Join(locale, closingHTML), []string{"closing"}}}
}

// source finds a template's text: the operator's own version, else the built-in one.
type source struct{ dir string }

// own is the path of the operator's own version; "" where there is none.
func (s source) own(name string) string {
	if s.dir == "" {
		return ""
	}
	file := filepath.Join(s.dir, filepath.FromSlash(name))
	if _, err := os.Lstat(file); errors.Is(err, fs.ErrNotExist) {
		return ""
	}
	return file
}

// file is what a template is called in messages: the path of the operator's own version, else that of the built-in one.
func (s source) file(name string) string { return cmp.Or(s.own(name), name) }

// read returns the text, and the file's name for messages.
func (s source) read(name string) (text, file string, err error) {
	if file = s.own(name); file != "" {
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
		return "", fmt.Errorf("%s: this is no file", file)
	case info.Size() > maxTemplate:
		return "", fmt.Errorf("%s: the file is larger than %d bytes, more than mail programs show", file, maxTemplate)
	}
	text, err := os.ReadFile(file) //nolint:gosec // the operator names the file
	if err != nil {
		return "", err
	}
	if line := firstNotUTF8(text); line > 0 {
		return "", fmt.Errorf("%s:%d: this is not UTF-8", file, line)
	}
	return strings.TrimPrefix(string(text), "\uFEFF"), nil // with which some editors begin a file
}

// firstNotUTF8 is the line on which text is not UTF-8; 0 = it is.
func firstNotUTF8(text []byte) int {
	for i, line := range bytes.Split(text, []byte("\n")) {
		if !utf8.Valid(line) {
			return i + 1
		}
	}
	return 0
}

// checkNames refuses a template that would never be used: its name is most likely a slip. Other files are let be, and what
// is hidden: tools that put files there keep their own beside them.
func (s source) checkNames() error {
	if s.dir == "" {
		return nil
	}
	var wrong []error
	err := filepath.WalkDir(s.dir, func(file string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return fmt.Errorf("the directory of mail templates: %w", err)
		case file == s.dir && !entry.IsDir() && entry.Type()&fs.ModeSymlink == 0:
			return fmt.Errorf("the directory of mail templates: %s is no directory", file)
		case file != s.dir && strings.HasPrefix(entry.Name(), "."):
			return skip(entry)
		case !entry.IsDir():
			wrong = append(wrong, s.checkName(file))
		}
		return nil
	})
	return errors.Join(append(wrong, err)...)
}

// skip passes over an entry, with all that is in it.
func skip(entry fs.DirEntry) error {
	if entry.IsDir() {
		return fs.SkipDir
	}
	return nil
}

func (s source) checkName(file string) error {
	if !slices.Contains([]string{".txt", ".html", ".htm"}, strings.ToLower(filepath.Ext(file))) {
		return nil
	}
	relative, err := filepath.Rel(s.dir, file)
	if err != nil {
		return err
	}
	if _, err := fs.Stat(email.FS, filepath.ToSlash(relative)); err != nil {
		return fmt.Errorf("%s: there is no mail template of this name to replace", file)
	}
	return nil
}
