package mailer

import (
	"bytes"
	"fmt"
	"mime"
	"net/mail"
	"net/netip"
	"net/url"
	"strings"

	gomail "github.com/wneessen/go-mail"

	"latchkey/internal/problem"
	"latchkey/models"
)

// message returns header and body as they are sent. The error is [ErrUnsendable].
func (m *Mailer) message(row models.Mail, words Rendered) ([]byte, error) {
	id, err := messageID(row.MessageID)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnsendable, err)
	}
	if err := problem.CheckAddress(row.Recipient); err != nil {
		return nil, fmt.Errorf("%w: the recipient's address %w", ErrUnsendable, err)
	}
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	msg.FromMailAddress(m.From)
	msg.ToMailAddress(&mail.Address{Address: row.Recipient})
	if m.ReplyTo != nil {
		msg.ReplyToMailAddress(m.ReplyTo)
	}
	msg.Subject(strings.ReplaceAll(cleanLine(words.Subject), "=?", "= ?")) // "=?" would start an encoded word
	msg.SetDateWithValue(m.Now().In(m.Zone))                               // the zone of the times in the text
	msg.SetMessageIDWithValue(id)
	msg.SetGenHeader("Content-Language", m.words.For(row.Locale, "").Locale) // RFC 3282
	msg.SetGenHeader("Auto-Submitted", "auto-generated")                     // RFC 3834 §5
	msg.SetGenHeader(gomail.HeaderXAutoResponseSuppress, "All")
	msg.SetBodyString(gomail.TypeTextPlain, words.Text)
	msg.AddAlternativeString(gomail.TypeTextHTML, words.HTML)
	if m.logo != nil && strings.Contains(words.HTML, string(m.logo.URL)) {
		msg.EmbedReadSeeker("logo.png", bytes.NewReader(m.Brand.Logo.Content), gomail.WithFileContentID("<"+logoID+">"))
	}
	raw := bytes.NewBuffer(make([]byte, 0, usualHTML+len(words.HTML)+len(words.Text)))
	if _, err := msg.WriteTo(raw); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnsendable, err)
	}
	return raw.Bytes(), nil
}

// Header is a line of a mail's header, decoded.
type Header struct{ Name, Value string }

// Headers returns the header lines that all mails in a language have in common; empty ones are left out. The error is
// [ErrUnsendable].
func (m *Mailer) Headers(row models.Mail, words Rendered) (lines []Header, err error) {
	raw, err := m.message(row, words)
	if err != nil {
		return nil, err
	}
	message, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	for _, name := range []string{"From", "Reply-To", "Content-Language", "Auto-Submitted", "X-Auto-Response-Suppress"} {
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

// IDHost returns the right side of the Message-IDs of mails: the host of the base URL as RFC 5322 §3.6.4 allows it, without its
// port. An IPv6 address needs brackets, and a dot at the end is not allowed.
func IDHost(base *url.URL) string {
	host := strings.Trim(base.Hostname(), ".")
	if address, err := netip.ParseAddr(host); err == nil && address.Is6() {
		return "[IPv6:" + address.WithZone("").String() + "]"
	}
	return host
}

// messageID returns a Message-ID without its brackets.
func messageID(text string) (string, error) {
	id, closed := strings.CutSuffix(strings.TrimPrefix(text, "<"), ">")
	if !closed || !strings.HasPrefix(text, "<") || problem.CheckAddress(withoutIPv6(id)) != nil {
		return "", fmt.Errorf("%q is not a Message-ID", text)
	}
	return id, nil
}

// withoutIPv6 replaces a host that is an IPv6 address, whose brackets and colons no other host may have.
func withoutIPv6(id string) string {
	left, right, _ := strings.Cut(id, "@[IPv6:")
	inner, closed := strings.CutSuffix(right, "]")
	if address, err := netip.ParseAddr(inner); !closed || err != nil || !address.Is6() || address.Zone() != "" {
		return id
	}
	return left + "@localhost"
}
