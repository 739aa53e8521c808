package mailer

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"os"
	"strconv"
	"time"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"

	"latchkey/internal/problem"
	"latchkey/models"
)

const (
	openTimeout  = 30 * time.Second // until the server accepts mails
	sendTimeout  = time.Minute      // for one mail
	closeTimeout = 2 * time.Second
)

// TLS is how a connection to the mail server is encrypted.
type TLS string

// The TLS modes.
const (
	StartTLS TLS = "starttls" // required: without STARTTLS no mail is sent
	Implicit TLS = "implicit" // from the first byte
	Never    TLS = "never"
)

// Server is the mail server.
type Server struct {
	Host     string // without brackets, even if an IPv6 address
	Port     int
	User     string
	Password problem.Secret // "" if and only if User is
	TLS      TLS
	RootCAs  *x509.CertPool // nil: the system's
}

func (s Server) check() error {
	switch {
	case s.Host == "" || s.Port < 1 || s.Port > 65535:
		return errors.New("the mail server needs a host, and a port from 1 to 65535")
	case s.TLS != StartTLS && s.TLS != Implicit && s.TLS != Never:
		return fmt.Errorf("the mail server has an unknown encryption mode %q", string(s.TLS))
	}
	return nil
}

// Connection is an open connection to the mail server. It is for one goroutine.
type Connection struct {
	mailer *Mailer
	conn   net.Conn
	client *smtp.Client
	reset  bool // the last mail failed, and the server may still remember it
	broken bool
}

// Open connects to the server, to send several mails over one connection. The error is [ErrNoServer] if mails are captured.
// Any other error is temporary, also a rejected password or certificate: settings can be corrected.
func (m *Mailer) Open(ctx context.Context) (*Connection, error) {
	if m.Server == nil {
		return nil, ErrNoServer
	}
	ctx, cancel := context.WithTimeoutCause(ctx, openTimeout, tooSlow(openTimeout))
	defer cancel()
	conn, err := m.dial(ctx)
	if err != nil {
		return nil, m.fail("connecting to the mail server", cause(ctx, err))
	}
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	client, err := m.handshake(ctx, conn)
	if !stop() || err != nil {
		conn.Close()
		return nil, m.fail("talking to the mail server", cause(ctx, err))
	}
	_ = conn.SetDeadline(time.Time{}) // go-mail's; each mail has a timeout of its own
	return &Connection{mailer: m, conn: conn, client: client}, nil
}

// dial hides the deadline of ctx from the dialer, whose timer may fire just before that of ctx: ctx could not report its
// cause then. The dialer's own timeout is shared by all addresses of the host.
func (m *Mailer) dial(ctx context.Context) (net.Conn, error) {
	dialing, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	defer context.AfterFunc(ctx, cancel)()
	dialer := net.Dialer{Timeout: openTimeout + time.Second}
	return dialer.DialContext(dialing, "tcp", net.JoinHostPort(m.Server.Host, strconv.Itoa(m.Server.Port)))
}

// handshake reads the greeting, encrypts and authenticates, by means of go-mail.
func (m *Mailer) handshake(ctx context.Context, conn net.Conn) (*smtp.Client, error) {
	s := m.Server
	config := &tls.Config{ServerName: s.Host, RootCAs: s.RootCAs, MinVersion: tls.VersionTLS12}
	options := []gomail.Option{
		gomail.WithHELO(ownName()), gomail.WithTLSConfig(config), gomail.WithTimeout(openTimeout + time.Second),
		gomail.WithoutSMTPUTF8(), // addresses are ASCII, and not every server on the way knows the extension
		gomail.WithDialContextFunc(func(context.Context, string, string) (net.Conn, error) { return conn, nil }),
	}
	switch s.TLS {
	case StartTLS:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	case Implicit:
		options, conn = append(options, gomail.WithSSL()), tls.Client(conn, config)
	case Never:
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	}
	if s.User != "" { // PLAIN and LOGIN refuse to send a password in the clear, except to localhost
		options = append(options, gomail.WithUsername(s.User), gomail.WithPassword(string(s.Password)),
			gomail.WithOpportunisticSMTPAuth(gomail.SMTPAuthPlain, gomail.SMTPAuthLogin, gomail.SMTPAuthCramMD5))
	}
	client, err := gomail.NewClient(s.Host, options...)
	if err != nil {
		return nil, err
	}
	return client.DialToSMTPClientWithContext(context.WithoutCancel(ctx)) // the end of ctx closes conn
}

// ownName returns the host name for EHLO.
func ownName() string {
	name, err := os.Hostname()
	if err != nil || problem.CheckAddress("x@"+name) != nil {
		return "localhost"
	}
	return name
}

// Send sends one mail and returns the server's answer, such as "250 2.0.0 queued as 4711". See [Permanent], [Disconnected]
// and [Answer] for the error. If ctx ends before the server has answered, the connection is closed, the mail may or may not
// arrive, and the error is temporary.
func (c *Connection) Send(ctx context.Context, mail models.Mail, words Rendered) (answer string, err error) {
	raw, err := c.mailer.message(mail, words)
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, sendTimeout, tooSlow(sendTimeout))
	defer cancel()
	stop := context.AfterFunc(ctx, func() { c.conn.Close() })
	answer, step, err := c.transfer(mail.Recipient, raw)
	c.broken = !stop() || c.broken
	if err == nil {
		return shorten(answer), nil
	}
	c.reset, c.broken = true, c.broken || endsConnection(err)
	failed := c.mailer.fail(step, cause(ctx, err))
	failed.aboutMail = step != stepReset
	failed.disconnected = ctx.Err() == nil && endsConnection(err) && step != stepContent
	return "", failed
}

// The steps of sending a mail, as the user reads them in an error.
const (
	stepReset     = "resetting the connection"
	stepSender    = "sending the sender's address"
	stepRecipient = "sending the recipient's address"
	stepData      = "asking to send the mail"
	stepContent   = "sending the mail"
)

// transfer sends one message. It uses go-mail's SMTP commands rather than its Client.Send, whose error holds the server's
// answer only as part of a sentence.
func (c *Connection) transfer(recipient string, raw []byte) (answer, step string, err error) {
	if c.reset { // RFC 5321 §4.1.1.5
		if err := c.client.Reset(); err != nil {
			return "", stepReset, err
		}
		c.reset = false
	}
	if err := c.client.Mail("<" + c.mailer.From.Address + ">"); err != nil {
		return "", stepSender, err
	}
	if err := c.client.Rcpt("<" + recipient + ">"); err != nil {
		return "", stepRecipient, err
	}
	writer, err := c.client.Data()
	if err != nil {
		return "", stepData, err
	}
	if _, err := writer.Write(raw); err != nil {
		return "", stepContent, err
	}
	if err := writer.Close(); err != nil {
		return "", stepContent, err
	}
	if closer, ok := writer.(*smtp.DataCloser); ok {
		answer = closer.ServerResponse()
	}
	return "250 " + answer, "", nil
}

// Usable reports whether the connection can send another mail.
func (c *Connection) Usable() bool { return !c.broken }

// Close says QUIT and closes the connection. It waits for the answer only briefly, and ignores errors: nothing depends on it
// any more.
func (c *Connection) Close() {
	defer c.conn.Close()
	if c.broken {
		return
	}
	timer := time.AfterFunc(closeTimeout, func() { c.conn.Close() })
	defer timer.Stop()
	_ = c.client.Quit()
}

func tooSlow(limit time.Duration) error {
	return fmt.Errorf("the mail server did not answer within %s", limit)
}

// cause returns why ctx ended, if it did: the error of a connection that was closed for that reason says nothing. An answer
// that the server gave before says more.
func cause(ctx context.Context, err error) error {
	if _, answered := errors.AsType[*textproto.Error](err); ctx.Err() != nil && !answered {
		return context.Cause(ctx)
	}
	return err
}

// endsConnection reports errors after which nothing more can be sent: everything that is not an answer, and 421
// (RFC 5321 §3.8).
func endsConnection(err error) bool {
	answer, answered := errors.AsType[*textproto.Error](err)
	return !answered || answer.Code == 421
}
