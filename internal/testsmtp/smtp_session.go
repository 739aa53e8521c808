package testsmtp

import (
	"bytes"
	"cmp"
	"crypto/subtle"
	"io"
	"net"
	"net/mail"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

const accepted = 250

// Stage is the command that an Answer belongs to.
type Stage int

// The stages of a message. AtData is after its content.
const (
	AtData Stage = iota
	AtMail
	AtRcpt
)

// Answer is the answer to one message. The zero Answer accepts it.
type Answer struct {
	Code int             // such as 451 or 550; 0 accepts the message
	Text string          // after the code; "" = a default text
	At   Stage           // when it is answered
	Drop bool            // close the connection without an answer
	Wait <-chan struct{} // answer when this is closed, or the test ends
	Came chan<- struct{} // closed when the message reaches the stage; for one message only
}

// session is one client's conversation; go-smtp calls it from one goroutine.
type session struct {
	sink          *Sink
	conn          *smtp.Conn
	authenticated bool
	answer        Answer
	message       Message
}

func (s *Sink) newSession(conn *smtp.Conn) (smtp.Session, error) {
	s.sessions.Add(1)
	return &session{sink: s, conn: conn}, nil
}

// AuthMechanisms offers authentication only if the sink requires it.
func (c *session) AuthMechanisms() []string {
	if c.sink.user == "" {
		return nil
	}
	return []string{sasl.Plain}
}

// Auth checks user and password.
func (c *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		want := c.sink.user + "\x00" + c.sink.password
		if subtle.ConstantTimeCompare([]byte(user+"\x00"+password), []byte(want)) != 1 {
			return smtp.ErrAuthFailed
		}
		c.authenticated = true
		return nil
	}), nil
}

// Mail begins a message.
func (c *session) Mail(from string, _ *smtp.MailOptions) error {
	_, encrypted := c.conn.TLSConnectionState()
	switch {
	case c.sink.mode == startTLS && !encrypted:
		return &smtp.SMTPError{Code: 530, EnhancedCode: smtp.EnhancedCode{5, 7, 0}, Message: "Must issue a STARTTLS command first"}
	case c.sink.user != "" && !c.authenticated:
		return smtp.ErrAuthRequired
	}
	c.answer = c.sink.nextAnswer()
	c.message = Message{From: from, TLS: encrypted, Code: accepted}
	return c.give(AtMail)
}

// Rcpt adds a recipient.
func (c *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	c.message.To = append(c.message.To, to)
	return c.give(AtRcpt)
}

// Data receives the content. A refused message is recorded with its code.
func (c *session) Data(r io.Reader) error {
	var err error
	if c.message.Raw, err = io.ReadAll(r); err != nil {
		return err
	}
	if parsed, err := mail.ReadMessage(bytes.NewReader(c.message.Raw)); err == nil {
		c.message.Header = parsed.Header
	}
	if err := c.give(AtData); err != nil {
		return err
	}
	c.sink.record(c.message)
	return nil
}

// give sends the prepared answer if it is for this stage.
func (c *session) give(at Stage) error {
	if at != c.answer.At {
		return nil
	}
	if c.answer.Came != nil {
		close(c.answer.Came)
	}
	if c.answer.Wait != nil {
		select {
		case <-c.answer.Wait:
		case <-c.sink.closing:
			c.answer.Drop = true
		}
	}
	if c.answer.Drop {
		c.message.Code = 0
		c.sink.record(c.message)
		c.conn.Conn().Close()
		return net.ErrClosed
	}
	if c.answer.Code == 0 || c.answer.Code == accepted {
		return nil
	}
	c.message.Code = c.answer.Code
	c.sink.record(c.message)
	return &smtp.SMTPError{
		Code: c.answer.Code, EnhancedCode: smtp.EnhancedCode{c.answer.Code / 100, 0, 0},
		Message: cmp.Or(c.answer.Text, "As the test wants it"),
	}
}

// Reset ends the message.
func (c *session) Reset() { c.message, c.answer = Message{}, Answer{} }

// Logout ends the conversation.
func (c *session) Logout() error {
	c.sink.sessions.Add(-1)
	return nil
}

var _ smtp.AuthSession = (*session)(nil)
