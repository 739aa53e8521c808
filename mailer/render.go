package mailer

import (
	"bytes"
	"errors"
	"fmt"
	"time"

	"latchkey/models"
)

// ErrTemplate says that there is no mail of that name.
var ErrTemplate = errors.New("there is no such mail")

// Rendered is a mail in words.
type Rendered struct {
	Subject string // one line
	Text    string // lines end with LF
	HTML    string // a whole document
}

// Render fills the templates of the mail in its language, or the first one where there are none in it. The error is
// [ErrTemplate], or that of a template, with its file and line.
func (m *Mailer) Render(mail models.Mail) (Rendered, error) { return m.render(mail, m.now()) }

func (m *Mailer) render(mail models.Mail, now time.Time) (Rendered, error) {
	words := m.words.For(mail.Locale, "")
	data := m.data(mail, words, now)
	if data == nil {
		return Rendered{}, fmt.Errorf("%q: %w", mail.Template, ErrTemplate)
	}
	return m.templates[templateKey{words.Locale, mail.Template}].fill(data)
}

func (t template) fill(data any) (Rendered, error) {
	var subject, text, html bytes.Buffer
	if err := errors.Join(
		t.text.ExecuteTemplate(&subject, "subject", data), t.text.Execute(&text, data), t.html.Execute(&html, data),
	); err != nil {
		return Rendered{}, err
	}
	filled := Rendered{cleanLine(subject.String()), cleanText(text.String()), cleanText(html.String())}
	if filled.Subject == "" {
		return Rendered{}, fmt.Errorf("%s:1: the subject is empty", t.file)
	}
	return filled, nil
}

// tryTemplates renders every mail in every state, in every language.
func (m *Mailer) tryTemplates() error {
	for key := range m.templates {
		for _, sample := range Samples(key.name, m.now()) {
			sample.Mail.Locale = key.locale
			if _, err := m.render(sample.Mail, m.now()); err != nil {
				return fmt.Errorf("mail template: %w", err)
			}
		}
	}
	return nil
}
