package mailer

import (
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"latchkey/internal/testkit"
	"latchkey/models"
)

// own creates a directory of own templates from names and contents in turn.
func own(t *testing.T, files ...string) string {
	t.Helper()
	dir := t.TempDir()
	for i := 0; i < len(files); i += 2 {
		file := filepath.Join(dir, filepath.FromSlash(files[i]))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(files[i+1]), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestOwnTemplatesReplaceFileByFile(t *testing.T) {
	builtin := newMailer(t, nil)
	dir := own(t, "en/"+models.MailReminder+".txt", `{{define "subject"}}Hear, {{.Account}}{{end}}Own words.
{{template "closing" .}}`, "README.md", "{{not a template", "en/notes", "{{")
	m := newMailer(t, func(o *Options) { o.TemplatesDir = dir })
	row, before := letter(t, builtin, models.MailReminder)
	words, err := m.Render(row, sampleToken)
	if err != nil {
		t.Fatal(err)
	}
	if words.Subject != "Hear, ada.lovelace" || !strings.HasPrefix(words.Text, "Own words.\nQuestions? Call") {
		t.Errorf("not the own version: %+v", words)
	}
	if words.HTML != before.HTML {
		t.Error("the HTML has no own version, and changed")
	}
	for _, name := range []string{models.MailExpiration, models.MailBlacklisted} {
		row, want := letter(t, builtin, name)
		if got, err := m.Render(row, sampleToken); err != nil || got != want {
			t.Errorf("%s has no own version, and changed (%v)", name, err)
		}
	}
}

func TestLayoutAndClosingCanBeReplaced(t *testing.T) {
	dir := own(t, "layout.html", `<html><body>{{template "content" .}}{{template "closing" .}}</body></html>`,
		"en/closing.html", `{{define "closing"}}<p>Bye.</p>{{end}}`)
	_, words := letter(t, newMailer(t, func(o *Options) { o.TemplatesDir = dir }), models.MailExpiration)
	if !strings.HasPrefix(words.HTML, "<html><body>") || !strings.HasSuffix(words.HTML, "<p>Bye.</p></body></html>") {
		t.Errorf("not the own frame: %s", words.HTML)
	}
}

func TestBrokenOwnTemplateIsRefusedWithFileAndLine(t *testing.T) {
	const subject = `{{define "subject"}}S{{end}}`
	for _, tc := range []struct{ name, file, content, at string }{
		{"syntax", "en/" + models.MailReminder + ".txt", subject + "\n\n{{if}}", ":3: "},
		{"unknown field", "en/" + models.MailReminder + ".txt", subject + "\n{{.BlockedAt}}", ":2:"},
		{"unknown field in a rare case", "en/" + models.MailBlacklisted + ".txt", subject + "\n\n{{if and .Forever .Technical}}{{.Nope}}{{end}}", ":3:"},
		{"no subject", "en/" + models.MailExpiration + ".txt", "words", ":1: the subject is missing"},
		{"empty subject", "en/" + models.MailExpiration + ".txt", "\n" + `{{define "subject"}} {{end}}words`, ":2:20: the subject is empty"},
		{"subject empty in one state", "en/" + models.MailExpiration + ".txt", `{{define "subject"}}{{if not .Technical}}S{{end}}{{end}}words`, ":1:20: the subject is empty"},
		{"subject of two lines", "en/" + models.MailExpiration + ".txt", "{{define \"subject\"}}S\nT{{end}}words", ":1:20: the subject has more than one line"},
		{"field that one mail alone has, in a closing", "de/closing.txt", `{{define "closing"}}{{if and .Help .Technical}}{{.Attempts}}{{end}}{{end}}`, ":1:49: "},
		{"field of a string", "en/" + models.MailReminder + ".txt", subject + "{{with .ReplyTo}}{{.Address}}{{end}}", ":1:47: "},
		{"field of the root inside with", "en/" + models.MailReminder + ".txt", subject + "{{with .ReplyTo}}{{$.Nope}}{{end}}", ".Nope"},
		{"field in a nested template", "en/" + models.MailReminder + ".txt", subject + `{{define "x"}}{{.Nope}}{{end}}{{if .ReplyTo}}{{template "x" $}}{{end}}`, ".Nope"},
		{"field in an argument", "en/" + models.MailReminder + ".txt", subject + `{{if .ReplyTo}}{{printf "%s" (len .Nope)}}{{end}}`, ".Nope"},
		{"field in HTML that the settings hide", "en/" + models.MailReminder + ".html", "{{define \"heading\"}}H{{end}}{{define \"content\"}}{{if .ReplyTo}}\n{{.Nope}}{{end}}{{end}}", ":2:2: "},
		{"field of the logo", "layout.html", "{{with .Logo}}\n{{.Nope}}{{end}}", ":2:2: "},
		{"unknown function", "en/" + models.MailReminder + ".txt", subject + "\n{{upper .Account}}", ":2: "},
		{"text without closing", "en/closing.txt", `{{define "closnig"}}x{{end}}`, ":1: the closing is missing"},
		{"HTML without closing", "de/closing.html", `x`, ":1: the closing is missing"},
		{"HTML without heading", "de/" + models.MailReminder + ".html", `{{define "content"}}x{{end}}`, ":1: the heading is missing"},
		{"not UTF-8", "de/" + models.MailReminder + ".txt", subject + "\n\nk\xfcrzlich", ":3: this is not UTF-8"},
		{"huge", "layout.html", strings.Repeat("x", maxTemplate+1), "larger than 100000 bytes"},
		{"other ending", "en/" + models.MailReminder + ".TXT", subject, "no mail template of this name"},
		{"wrong place", models.MailReminder + ".txt", subject, "no mail template of this name"},
		{"layout of a language", "de/layout.html", "x", "no mail template of this name"},
		{"HTML syntax", "en/" + models.MailExpiration + ".html", "\n{{define \"heading\"}}{{end", ":2: "},
		{"HTML without content", "en/" + models.MailExpiration + ".html", `{{define "heading"}}H{{end}}`, ":1: the content is missing"},
		{"unknown template in a rare case", "en/" + models.MailBlacklisted + ".txt", subject + "\n\n{{if and .Forever .Technical}}{{template \"nope\" .}}{{end}}", ":3:"},
		{"HTML unknown field", "en/" + models.MailExpiration + ".html", "{{define \"heading\"}}H{{end}}\n{{define \"content\"}}\n{{.X}}{{end}}", ":3:"},
		{"HTML context", "en/" + models.MailExpiration + ".html", "{{define \"heading\"}}H{{end}}\n{{define \"content\"}}<a href=\"{{if .Technical}}x{{else}}\"{{end}}{{end}}", ":2:"},
		{"closing", "en/closing.txt", "\n{{define \"closing\"}}{{.Nope}}{{end}}", ":2:"},
		{"layout", "layout.html", "\n\n{{.Nope}}", ":3:"},
		{"misspelt name", "en/aom-accountBlacklist.txt", "words", "no mail template of this name"},
		{"unknown language", "tlh/" + models.MailReminder + ".txt", subject, "no mail template of this name"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			o := options(t)
			o.TemplatesDir = own(t, tc.file, tc.content)
			_, err := New(o)
			if err == nil || !strings.Contains(err.Error(), tc.at) {
				t.Fatalf("got %v", err)
			}
			if file := filepath.Join(o.TemplatesDir, filepath.FromSlash(tc.file)); !strings.Contains(err.Error(), file) {
				t.Errorf("the file is not named: %v", err)
			}
		})
	}
}

func TestTemplatesDirectoryMustBeADirectory(t *testing.T) {
	dir := own(t, "file", "x")
	for name, says := range map[string]string{"nowhere": "nowhere", "file": "is no directory"} {
		o := options(t)
		o.TemplatesDir = filepath.Join(dir, name)
		if _, err := New(o); err == nil || !strings.Contains(err.Error(), says) || !strings.Contains(err.Error(), o.TemplatesDir) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestTemplateThatIsNotAFileIsRefused(t *testing.T) {
	for name, put := range map[string]func(file string) error{
		"a directory":               func(file string) error { return os.Mkdir(file, 0o755) },
		"a link that leads nowhere": func(file string) error { return os.Symlink("nowhere", file) },
		"a pipe without a writer":   func(file string) error { return syscall.Mkfifo(file, 0o600) },
	} {
		o := options(t)
		o.TemplatesDir = own(t, "README.md", "x")
		file := filepath.Join(o.TemplatesDir, "layout.html")
		if err := put(file); err != nil {
			t.Fatal(err)
		}
		if _, err := New(o); err == nil || !strings.Contains(err.Error(), file) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// Kubernetes puts the files of a ConfigMap into a hidden directory, and links to them.
func TestHiddenFilesAreIgnored(t *testing.T) {
	dir := own(t, "..2026/aom-x.txt", "{{", ".layout.html.swp", "{{", "..2026/layout.html", `{{template "content" .}}`)
	if err := os.Symlink("..2026/layout.html", filepath.Join(dir, "layout.html")); err != nil {
		t.Fatal(err)
	}
	_, words := letter(t, newMailer(t, func(o *Options) { o.TemplatesDir = dir }), models.MailExpiration)
	if !strings.HasPrefix(words.HTML, "<p ") {
		t.Errorf("not the own layout: %.100s", words.HTML)
	}
}

func TestReplacingOneFileChangesOnlyItsMails(t *testing.T) {
	const mark = "In our own words"
	replacements := map[string]string{
		"subject": `{{define "subject"}}` + mark + `{{end}}` + mark, "closing": `{{define "closing"}}` + mark + `{{end}}`,
		"heading": `{{define "heading"}}` + mark + `{{end}}{{define "content"}}` + mark + `{{end}}`, "": mark,
	}
	builtin, all := newMailer(t, nil), map[string]bool{}
	for _, key := range templateKeys() {
		for _, file := range builtin.Files(key.locale, key.name) {
			all[file.Name] = true
		}
	}
	if len(all) != 1+2*(2+2*len(models.MailTemplates())) {
		t.Errorf("the mails are made of %v", all)
	}
	for name := range all {
		content := replacements[map[string]string{"closing.txt": "closing", "closing.html": "closing", "layout.html": ""}[path.Base(name)]]
		if !strings.Contains(name, "closing") && name != "layout.html" {
			content = replacements[map[string]string{".txt": "subject", ".html": "heading"}[path.Ext(name)]]
		}
		dir := own(t, name, content)
		m := newMailer(t, func(o *Options) { o.TemplatesDir = dir })
		if got := m.OwnFiles(); len(got) != 1 || got[0] != filepath.Join(dir, name) {
			t.Errorf("%s: own files are %q", name, got)
		}
		every(t, m, func(t *testing.T, _ string, row models.Mail, words Rendered) {
			usual := must(builtin.Render(row, sampleToken))(t)
			for _, file := range m.Files(row.Locale, row.Template) {
				inText := path.Ext(name) == ".txt"
				switch of := file.Name == name; {
				case (file.Own != "") != of:
					t.Errorf("%s is said to be %q", file.Name, file.Own)
				case of && strings.Contains(words.Text, mark) != inText, of && strings.Contains(words.HTML, mark) == inText:
					t.Errorf("%s is not used", name)
				case of && inText && words.HTML != usual.HTML, of && !inText && words.Text != usual.Text:
					t.Errorf("%s changes the other part", name)
				}
			}
			if !slices.ContainsFunc(m.Files(row.Locale, row.Template), func(f File) bool { return f.Own != "" }) && words != usual {
				t.Errorf("%s changes a mail that is not made of it", name)
			}
		})
	}
}

func TestEveryTemplateErrorIsReportedOnce(t *testing.T) {
	o := options(t)
	o.TemplatesDir = own(t, "en/closing.html", `{{define "closing"}}{{.One}}{{end}}`, "en/closing.txt", `{{define "closing"}}{{.Two}}{{end}}`, "de/closing.html", `{{define "closing"}}{{.Three}}{{end}}`)
	_, err := New(o)
	for _, field := range []string{".One", ".Two", ".Three"} {
		if err == nil || strings.Count(err.Error(), "<"+field+">") != 1 {
			t.Errorf("want one error about %s: %v", field, err)
		}
	}
}

func TestByteOrderMarkIsRemoved(t *testing.T) {
	dir := own(t, "en/"+models.MailReminder+".txt", "\uFEFF{{define \"subject\"}}S{{end}}words")
	if _, words := letter(t, newMailer(t, func(o *Options) { o.TemplatesDir = dir }), models.MailReminder); words.Text != "words" {
		t.Errorf("the text is %q", words.Text)
	}
}

func TestControlCharactersOfOwnTemplatesAreRemoved(t *testing.T) {
	dir := own(t, "en/"+models.MailReminder+".txt", "{{define \"subject\"}}\na b\x00c\n{{end}}one\r\ntwo\x00")
	m := newMailer(t, func(o *Options) { o.TemplatesDir = dir })
	words, err := m.Render(models.Mail{Template: models.MailReminder, Data: models.MailData{ExpiresAt: testkit.Start}}, "")
	if err != nil || words.Subject != "a b c" || words.Text != "one\ntwo" {
		t.Errorf("%q %q %v", words.Subject, words.Text, err)
	}
}
