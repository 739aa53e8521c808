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

// maxTemplate limits an own file, in bytes: Gmail cuts off mails at some 102 kB of HTML.
const maxTemplate = 100_000

// File is one of the files of a mail.
type File struct {
	Name string // path in the templates directory, such as "en/closing.txt"
	Own  string // the operator's own version; "" = the built-in one
}

// Files returns the files of a mail in a language, those of the text first.
func (m *Mailer) Files(locale, name string) (files []File) {
	text, html := partsOf(locale, name)
	for _, part := range slices.Concat(text, html) {
		files = append(files, File{part.name, m.source.own(part.name)})
	}
	return files
}

// OwnFiles returns the operator's own files in use, sorted by name.
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

// source reads templates: the operator's own version, or else the built-in one.
type source struct{ dir string }

// own returns the path of the operator's own version, or "".
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

// file returns the name of a template in messages: the path of the own version, or else of the built-in one.
func (s source) file(name string) string { return cmp.Or(s.own(name), name) }

// read returns the text and the name for messages.
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

// skip ignores an entry with everything in it.
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
