package mailer

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"latchkey/internal/testkit"
	"latchkey/models"
)

// own makes a directory of own templates: names and contents in turn.
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
	words, err := m.Render(row)
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
		if got, err := m.Render(row); err != nil || got != want {
			t.Errorf("%s has no own version, and changed (%v)", name, err)
		}
	}
}

func TestTheLayoutAndTheClosingCanBeOwn(t *testing.T) {
	dir := own(t, "layout.html", `<html><body>{{template "content" .}}{{template "closing" .}}</body></html>`,
		"en/closing.html", `{{define "closing"}}<p>Bye.</p>{{end}}`)
	_, words := letter(t, newMailer(t, func(o *Options) { o.TemplatesDir = dir }), models.MailExpiration)
	if !strings.HasPrefix(words.HTML, "<html><body>") || !strings.HasSuffix(words.HTML, "<p>Bye.</p></body></html>") {
		t.Errorf("not the own frame: %s", words.HTML)
	}
}

func TestABrokenOwnTemplateIsSaidWithFileAndLine(t *testing.T) {
	const subject = `{{define "subject"}}S{{end}}`
	for _, tc := range []struct{ name, file, content, at string }{
		{"syntax", "en/" + models.MailReminder + ".txt", subject + "\n\n{{if}}", ":3: "},
		{"unknown field", "en/" + models.MailReminder + ".txt", subject + "\n{{.BlockedAt}}", ":2:"},
		{"unknown field in a rare case", "en/" + models.MailBlacklisted + ".txt", subject + "\n\n{{if and .Forever .Technical}}{{.Nope}}{{end}}", ":3:"},
		{"no subject", "en/" + models.MailExpiration + ".txt", "words", ":1: the subject is missing"},
		{"empty subject", "en/" + models.MailExpiration + ".txt", `{{define "subject"}} {{end}}words`, ":1: the subject is empty"},
		{"HTML syntax", "en/" + models.MailExpiration + ".html", "\n{{define \"heading\"}}{{end", ":2: "},
		{"HTML without content", "en/" + models.MailExpiration + ".html", `{{define "heading"}}H{{end}}`, "content"},
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
			if file := filepath.Join(o.TemplatesDir, filepath.FromSlash(tc.file)); tc.at != "content" && !strings.Contains(err.Error(), file) {
				t.Errorf("the file is not named: %v", err)
			}
		})
	}
}

func TestTheDirectoryMustBeThere(t *testing.T) {
	o := options(t)
	o.TemplatesDir = filepath.Join(t.TempDir(), "nowhere")
	if _, err := New(o); err == nil || !strings.Contains(err.Error(), "nowhere") {
		t.Errorf("got %v", err)
	}
}

// A template of an operator could hold anything; the ledger takes only what both engines do.
func TestOwnTemplatesCannotBreakTheLedger(t *testing.T) {
	dir := own(t, "en/"+models.MailReminder+".txt", "{{define \"subject\"}}a\nb\x00c{{end}}one\r\ntwo\x00\xff")
	m := newMailer(t, func(o *Options) { o.TemplatesDir = dir })
	words, err := m.Render(models.Mail{Template: models.MailReminder, Data: models.MailData{ExpiresAt: testkit.Start}})
	if err != nil || words.Subject != "a b c" || words.Text != "one\ntwo�" {
		t.Errorf("%q %q %v", words.Subject, words.Text, err)
	}
}
