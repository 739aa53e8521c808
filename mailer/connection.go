package mailer

import (
	"context"
	"errors"
	"net"
	"net/textproto"
	"time"

	"github.com/wneessen/go-mail/smtp"

	"latchkey/models"
)

// The longest that one mail may take, and the farewell.
const (
	sendTimeout  = time.Minute
	closeTimeout = 2 * time.Second
)

// Connection is an open connection to the mail server. It is for one goroutine.
type Connection struct {
	mailer *Mailer
	conn   net.Conn
	smtp   *smtp.Client
	failed bool // at the last mail, of which the server may still know
	broken bool
}

// Send sends one mail, and returns the server's answer, such as "250 2.0.0 queued as 4711". What the error means is told
// by [Permanent] and [Answer]. When ctx ends before the server has answered, the connection is closed and nobody knows
// whether the mail will arrive; the error is temporary.
func (c *Connection) Send(ctx context.Context, mail models.Mail, words Rendered) (answer string, err error) {
	raw, err := c.mailer.message(mail, words)
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, sendTimeout, tooSlow(sendTimeout))
	defer cancel()
	stop := context.AfterFunc(ctx, func() { c.conn.Close() })
	defer func() { c.broken = !stop() || c.broken }()
	answer, doing, err := c.transfer(mail.Recipient, raw)
	if err == nil {
		return bounded(answer), nil
	}
	c.failed, c.broken = true, c.broken || closesConnection(err)
	failed := c.mailer.fail(doing, doing != resetting, cause(ctx, err))
	failed.hungUp = ctx.Err() == nil && closesConnection(err) && doing != writing && doing != closing
	return "", failed
}

// Usable tells whether the connection takes another mail.
func (c *Connection) Usable() bool { return !c.broken }

// closesConnection tells errors after which the conversation cannot go on: all that are no answers, and 421 (RFC 5321
// §3.8).
func closesConnection(err error) bool {
	var answered *textproto.Error
	return !errors.As(err, &answered) || answered.Code == 421
}

// Close says farewell and closes the connection; a server that does not answer is not waited for. Whatever goes wrong now
// is of no interest.
func (c *Connection) Close() {
	defer c.conn.Close()
	if c.broken {
		return
	}
	timer := time.AfterFunc(closeTimeout, func() { c.conn.Close() })
	defer timer.Stop()
	_ = c.smtp.Quit()
}
