package mailer

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"strings"
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

// Render fills the templates of the mail in its language, or the first one where there are none in it. A test mail is
// marked as one. The error is [ErrTemplate], or that of a template, with its file and line.
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

// usualHTML is as much as HTML parts have, in bytes, so that they are seldom copied while they grow.
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

// checkSubject refuses a subject that is none, or that would become one line of several.
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

// tryTemplates looks for fields that there are not, and renders every mail in every state, in every language.
func (m *Mailer) tryTemplates() error {
	var wrong []error
	for _, key := range templateKeys() {
		unknown := m.unknownFields(key)
		if wrong = append(wrong, unknown...); len(unknown) == 0 {
			wrong = append(wrong, m.trySamples(key)...)
		}
	}
	if err := joined(wrong); err != nil {
		return fmt.Errorf("mail template: %w", err)
	}
	return nil
}

// unknownFields looks before the mail is rendered, which changes the trees of its HTML.
func (m *Mailer) unknownFields(key templateKey) []error {
	t, sample := m.templates[key], Samples(key.name, m.now())[0].Mail
	data := reflect.TypeOf(m.data(sample, m.words.For(key.locale, ""), m.now()))
	return append(checkFields(t.textTrees(), data, t.text.Name(), "subject"), checkFields(t.htmlTrees(), data, t.html.Name())...)
}

func (m *Mailer) trySamples(key templateKey) (wrong []error) {
	for _, sample := range Samples(key.name, m.now()) {
		sample.Mail.Locale = key.locale
		_, err := m.render(sample.Mail, m.now())
		wrong = append(wrong, err)
	}
	return wrong
}
