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
	msg.Subject(strings.ReplaceAll(cleanLine(words.Subject), "=?", "= ?")) // which would read as an encoded word
	msg.SetDateWithValue(m.now())
	msg.SetMessageIDWithValue(id)
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834 §5
	msg.SetGenHeader(gomail.HeaderXAutoResponseSuppress, "All")
	msg.SetBodyString(gomail.TypeTextPlain, words.Text)
	msg.AddAlternativeString(gomail.TypeTextHTML, words.HTML)
	var raw bytes.Buffer
	if _, err := msg.WriteTo(&raw); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnsendable, err)
	}
	return raw.Bytes(), nil
}

// messageID is the id without its brackets.
func messageID(text string) (string, error) {
	id, closed := strings.CutSuffix(strings.TrimPrefix(text, "<"), ">")
	if !closed || !strings.HasPrefix(text, "<") || checkAddress(id) != nil {
		return "", fmt.Errorf("%q is no Message-ID", text)
	}
	return id, nil
}
