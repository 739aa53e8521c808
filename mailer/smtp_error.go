package mailer

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/textproto"
	"slices"
	"strings"
	"unicode/utf8"
)

// ErrNoServer means that there is no SMTP server: see [Mailer.Captures].
var ErrNoServer = errors.New("there is no SMTP server")

// ErrUnsendable means that the mail cannot be offered to any server, for example because of its recipient's address.
var ErrUnsendable = errors.New("the mail cannot be sent")

// maxAnswer is how many bytes of a server's answer are kept.
const maxAnswer = 1000

// sendError is an error of connecting or sending. Its text is free of credentials.
type sendError struct {
	step         string
	code         int    // of the server's answer; 0: there was none
	answer       string // the server's answer with its code, or else what happened
	aboutMail    bool   // the answer was about this one mail
	disconnected bool   // the server closed the connection before it had asked for the content
}

func (e *sendError) Error() string { return e.step + ": " + e.answer }

func (m *Mailer) fail(step string, err error) *sendError {
	e := &sendError{step: step, answer: err.Error()}
	if answered, ok := errors.AsType[*textproto.Error](err); ok {
		e.code, e.answer = answered.Code, fmt.Sprintf("%d %s", answered.Code, answered.Msg)
	}
	e.answer = shorten(m.Server.redact(e.answer))
	return e
}

// redact removes the credentials from a text, in every form in which they are transmitted: servers quote what they refuse.
func (s Server) redact(text string) string {
	if s.Password == "" {
		return text
	}
	encode, password := base64.StdEncoding.EncodeToString, string(s.Password)
	return strings.NewReplacer(
		encode([]byte("\x00"+s.User+"\x00"+password)), "***", encode([]byte(password)), "***", password, "***",
	).Replace(text)
}

// settingsCodes are permanent answers caused by our settings, not by the mail: authentication or encryption is missing, too
// weak or failed (RFC 4954 §6, RFC 3207 §4). Some servers answer that they do not know the command now (RFC 5321 §4.2.2).
// The mail should still be sent once the settings are right.
var settingsCodes = []int{502, 503, 530, 534, 535, 538}

// Permanent reports whether trying again is useless: the server answered with a 5xx code to this very mail, or the error is
// [ErrUnsendable]. Everything else is temporary.
func Permanent(err error) bool {
	if e, ok := errors.AsType[*sendError](err); ok {
		return e.aboutMail && e.code/100 == 5 && !slices.Contains(settingsCodes, e.code)
	}
	return errors.Is(err, ErrUnsendable)
}

// Disconnected reports whether the server closed the connection before it had asked for the content of a mail. That mail can
// be sent at once over a new connection.
func Disconnected(err error) bool {
	e, ok := errors.AsType[*sendError](err)
	return ok && e.disconnected
}

// Answer returns the text to store for an error of [Mailer.Open] or [Connection.Send]: the server's answer, or else what
// happened. It is one line of at most 1000 bytes without credentials.
func Answer(err error) string {
	if e, ok := errors.AsType[*sendError](err); ok && e.code != 0 {
		return e.answer
	}
	return shorten(err.Error())
}

func shorten(text string) string {
	text = cleanLine(text)
	if len(text) <= maxAnswer {
		return text
	}
	cut := maxAnswer - len("…")
	for !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + "…"
}
