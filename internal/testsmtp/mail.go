package testsmtp

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
)

// Message is a received mail.
type Message struct {
	From   string   // envelope
	To     []string // envelope
	Raw    []byte   // header and body; nil if refused before the content
	Header mail.Header
	TLS    bool // came over an encrypted connection
	Code   int  // the sink's answer: 250 = accepted, 0 = connection dropped, else refused
}

// Content is the visible content of a mail, decoded.
type Content struct{ Subject, Text, HTML string }

// Content decodes a mail that consists, like all of ours, of a text and an HTML part in UTF-8 and quoted-printable. Anything else
// is an error.
func (m Message) Content() (Content, error) {
	var c Content
	message, err := mail.ReadMessage(bytes.NewReader(m.Raw))
	if err != nil {
		return c, fmt.Errorf("mail header: %w", err)
	}
	if c.Subject, err = new(mime.WordDecoder).DecodeHeader(message.Header.Get("Subject")); err != nil {
		return c, fmt.Errorf("subject: %w", err)
	}
	_, params, err := mime.ParseMediaType(message.Header.Get("Content-Type"))
	if err != nil {
		return c, fmt.Errorf("content type: %w", err)
	}
	parts := multipart.NewReader(message.Body, params["boundary"])
	for {
		part, err := parts.NextPart() // decodes quoted-printable, and then deletes that header
		if errors.Is(err, io.EOF) {
			return c, nil
		}
		if err != nil {
			return c, fmt.Errorf("multipart: %w", err)
		}
		text, err := io.ReadAll(part)
		if err != nil {
			return c, err
		}
		switch kind := part.Header.Get("Content-Type") + part.Header.Get("Content-Transfer-Encoding"); kind {
		case "text/plain; charset=UTF-8":
			c.Text = string(text)
		case "text/html; charset=UTF-8":
			c.HTML = string(text)
		default:
			return c, fmt.Errorf("a part is %s", kind)
		}
	}
}
