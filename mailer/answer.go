package mailer

import (
	"errors"
	"fmt"
	"net/textproto"
	"slices"
	"unicode/utf8"
)

// ErrNoServer says that there is no SMTP server: see [Mailer.Captures].
var ErrNoServer = errors.New("there is no SMTP server")

// ErrUnsendable says that no server can be told of the mail: its recipient is no address that SMTP takes, for one.
var ErrUnsendable = errors.New("the mail cannot be sent")

// maxAnswer bounds what is kept of a server's words, in bytes.
const maxAnswer = 1000

// failure is what went wrong between us and the server. Its text is free of credentials.
type failure struct {
	doing  string
	code   int    // of the server's answer; 0 = there was none
	answer string // the server's words with the code, or what happened instead
	ofMail bool   // the answer was about this one mail
	hungUp bool   // the server ended the conversation before it had asked for the content
}

func (f *failure) Error() string { return f.doing + ": " + f.answer }

// fail makes a failure of what the SMTP client returned.
func (m *Mailer) fail(doing string, ofMail bool, err error) *failure {
	f := &failure{doing: doing, ofMail: ofMail, answer: err.Error()}
	var answered *textproto.Error
	if errors.As(err, &answered) {
		f.code, f.answer = answered.Code, fmt.Sprintf("%d %s", answered.Code, answered.Msg)
	}
	f.answer = bounded(m.server.redact(f.answer))
	return f
}

// settings are the permanent answers that tell of the settings, not of the mail: authentication or encryption is missing,
// too weak or failed (RFC 4954 §6, RFC 3207 §4), which some servers call a command that they do not know now (RFC 5321
// §4.2.2). Whoever mends the settings wants the mail to go out.
var settings = []int{502, 503, 530, 534, 535, 538}

// Permanent tells that trying again is no use: the server answered to this very mail with a 5xx code, or it is
// [ErrUnsendable]. Everything else is temporary: a server that is away, drops the connection, answers 4xx, cannot be
// trusted, or does not accept who we are.
func Permanent(err error) bool {
	var f *failure
	if errors.As(err, &f) {
		return f.ofMail && f.code/100 == 5 && !slices.Contains(settings, f.code)
	}
	return errors.Is(err, ErrUnsendable)
}

// HungUp tells that the server ended the conversation before it had asked for the content of a mail: over a new connection
// that mail may be sent at once.
func HungUp(err error) bool {
	var f *failure
	return errors.As(err, &f) && f.hungUp
}

// Answer is what the ledger keeps of an error of [Mailer.Open] or [Connection.Send]: the server's words, else what
// happened. It is one line of at most 1000 bytes and never holds credentials.
func Answer(err error) string {
	var f *failure
	if errors.As(err, &f) && f.code != 0 {
		return f.answer
	}
	return bounded(err.Error())
}

func bounded(text string) string {
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
