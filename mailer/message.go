package mailer

import (
	"bytes"
	"fmt"
	"net/mail"
	"strings"

	gomail "github.com/wneessen/go-mail"

	"latchkey/models"
)

// message writes header and body. The error is [ErrUnsendable].
func (m *Mailer) message(row models.Mail, words Rendered) ([]byte, error) {
	id, err := messageID(row.MessageID)
	if err == nil {
		err = checkAddress(row.Recipient)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnsendable, err)
	}
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	msg.FromMailAddress(m.from)
	msg.ToMailAddress(&mail.Address{Address: row.Recipient})
	if m.replyTo != nil {
		msg.ReplyToMailAddress(m.replyTo)
	}
	msg.Subject(strings.ReplaceAll(cleanLine(words.Subject), "=?", "= ?")) // which would read as an encoded word
	msg.SetDateWithValue(m.now().In(m.zone))                               // as the times in its words
	msg.SetMessageIDWithValue(id)
	msg.SetGenHeader("Content-Language", m.words.For(row.Locale, "").Locale) // RFC 3282
	msg.SetGenHeader("Auto-Submitted", "auto-generated")                     // RFC 3834 §5
	msg.SetGenHeader(gomail.HeaderXAutoResponseSuppress, "All")
	msg.SetBodyString(gomail.TypeTextPlain, words.Text)
	msg.AddAlternativeString(gomail.TypeTextHTML, words.HTML)
	raw := bytes.NewBuffer(make([]byte, 0, usualHTML+len(words.HTML)+len(words.Text)))
	if _, err := msg.WriteTo(raw); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnsendable, err)
	}
	return raw.Bytes(), nil
}
