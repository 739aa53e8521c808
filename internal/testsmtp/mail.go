package testsmtp

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"strings"
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

func (m *Message) parseHeader() {
	if parsed, err := mail.ReadMessage(bytes.NewReader(m.Raw)); err == nil {
		m.Header = parsed.Header
	}
}

// Content is the visible content of a mail, decoded.
type Content struct {
	Subject string
	Text    string // the first text/plain part
	HTML    string // the first text/html part
}

// Content decodes the message.
func (m Message) Content() (Content, error) { return ParseContent(m.Raw) }

// ParseContent decodes a mail with nested parts, in quoted-printable or base64. Charsets other than UTF-8 are an error.
func ParseContent(raw []byte) (Content, error) {
	message, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return Content{}, fmt.Errorf("mail header: %w", err)
	}
	var c Content
	if c.Subject, err = new(mime.WordDecoder).DecodeHeader(message.Header.Get("Subject")); err != nil {
		return c, fmt.Errorf("subject: %w", err)
	}
	return c, c.read(textproto.MIMEHeader(message.Header), message.Body)
}

// read reads a part with the parts inside it.
func (c *Content) read(header textproto.MIMEHeader, body io.Reader) error {
	mediaType, params, err := mediaType(header)
	if err != nil {
		return err
	}
	if strings.HasPrefix(mediaType, "multipart/") {
		return c.readParts(multipart.NewReader(body, params["boundary"]))
	}
	text, err := decodeBody(header, body)
	if err != nil {
		return fmt.Errorf("%s: %w", mediaType, err)
	}
	switch {
	case mediaType == "text/plain" && c.Text == "":
		c.Text = text
	case mediaType == "text/html" && c.HTML == "":
		c.HTML = text
	default:
		return nil
	}
	return utf8Only(params["charset"])
}

func (c *Content) readParts(parts *multipart.Reader) error {
	for {
		part, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("multipart: %w", err)
		}
		if err := c.read(part.Header, part); err != nil {
			return err
		}
	}
}

func mediaType(header textproto.MIMEHeader) (string, map[string]string, error) {
	value := header.Get("Content-Type")
	if value == "" {
		return "text/plain", nil, nil
	}
	mediaType, params, err := mime.ParseMediaType(value)
	if err != nil {
		return "", nil, fmt.Errorf("content type %q: %w", value, err)
	}
	return mediaType, params, nil
}

func decodeBody(header textproto.MIMEHeader, body io.Reader) (string, error) {
	switch encoding := strings.ToLower(header.Get("Content-Transfer-Encoding")); encoding {
	case "", "7bit", "8bit":
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	default:
		return "", fmt.Errorf("unknown encoding %q", encoding)
	}
	text, err := io.ReadAll(body)
	return string(text), err
}

func utf8Only(charset string) error {
	switch strings.ToLower(charset) {
	case "", "utf-8", "us-ascii":
		return nil
	}
	return fmt.Errorf("charset %q is not UTF-8", charset)
}
