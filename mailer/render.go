package mailer

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"time"

	"latchkey/models"
)

// ErrTemplate means that there is no mail of that name.
var ErrTemplate = errors.New("there is no such mail")

// Rendered is the text of a mail.
type Rendered struct {
	Subject string // one line
	Text    string // lines end with LF
	HTML    string // a whole document
}

// Render fills the templates of the mail in its language, or in the first language if there are none. A test mail is marked
// as such. The error is [ErrTemplate], or that of a template with its file and line.
func (m *Mailer) Render(mail models.Mail) (Rendered, error) { return m.render(mail, m.now()) }

func (m *Mailer) render(mail models.Mail, now time.Time) (Rendered, error) {
	words := m.words.For(mail.Locale, "")
	data := m.data(mail, words, now)
	if data == nil {
		return Rendered{}, fmt.Errorf("%q: %w", mail.Template, ErrTemplate)
	}
	filled, err := m.templates[templateKey{words.Locale, mail.Template}].fill(data)
	if err != nil || !mail.Data.Test {
		return filled, err
	}
	return filled.asTest(words), nil
}

// usualHTML is the usual size of an HTML part in bytes; the buffer starts with it.
const usualHTML = 12 << 10

func (t template) fill(data any) (Rendered, error) {
	var subject, text, html bytes.Buffer
	html.Grow(usualHTML)
	if err := errors.Join(
		t.text.ExecuteTemplate(&subject, "subject", data), t.text.Execute(&text, data), t.html.Execute(&html, data),
	); err != nil {
		return Rendered{}, err
	}
	return Rendered{cleanLine(subject.String()), cleanText(text.String()), cleanText(html.String())}, t.checkSubject(subject.String())
}

// checkSubject rejects a subject that is empty or has several lines.
func (t template) checkSubject(subject string) error {
	var why string
	switch {
	case cleanLine(subject) == "":
		why = "the subject is empty"
	case strings.ContainsAny(strings.TrimSpace(subject), "\r\n\v\f\u0085\u2028\u2029"):
		why = "the subject has more than one line"
	default:
		return nil
	}
	tree := t.text.Lookup("subject").Tree
	at, _ := tree.ErrorContext(tree.Root)
	return fmt.Errorf("%s: %s", at, why)
}

// checkTemplates renders every mail in every language and state, with and without a contact line and a reply address. A field
// or template that does not exist is an error of rendering.
func (m *Mailer) checkTemplates() error {
	without, with := *m, *m
	without.help, without.replyTo = "", nil
	with.help, with.replyTo = "Help", m.from
	var wrong []error
	for _, key := range templateKeys() {
		for _, sample := range Samples(key.name, m.now()) {
			sample.Mail.Locale = key.locale
			for _, variant := range []*Mailer{&without, &with} {
				_, err := variant.render(sample.Mail, m.now())
				wrong = append(wrong, err)
			}
		}
	}
	if err := distinct(wrong); err != nil {
		return fmt.Errorf("mail template: %w", err)
	}
	return nil
}
