package mailer

import (
	"bytes"
	"mime"
	"net/mail"

	"latchkey/models"
)

// Header is a line of a mail's header, decoded.
type Header struct{ Name, Value string }

// tellingHeaders are the lines of a header that say who a mail is from and how it wants to be treated: the same for all mails in
// a language.
var tellingHeaders = []string{"From", "Reply-To", "Content-Language", "Auto-Submitted", "X-Auto-Response-Suppress"}

// Headers are the telling lines of the header that the mail goes out with; one that it does not have is left out. The
// error is [ErrUnsendable].
func (m *Mailer) Headers(row models.Mail, words Rendered) (lines []Header, err error) {
	raw, err := m.message(row, words)
	if err != nil {
		return nil, err
	}
	message, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	for _, name := range tellingHeaders {
		value := message.Header.Get(name)
		if decoded, err := new(mime.WordDecoder).DecodeHeader(value); err == nil {
			value = decoded
		}
		if value != "" {
			lines = append(lines, Header{name, value})
		}
	}
	return lines, nil
}
