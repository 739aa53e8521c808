package mailer

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/wneessen/go-mail/smtp"
)

// openTimeout bounds everything until the server takes mails.
const openTimeout = 30 * time.Second

// Open connects to the server, to send a batch of mails over one connection. It ends with ctx. The error is [ErrNoServer]
// where mails are captured; any other is temporary, also a refused password or certificate: settings can be mended.
func (m *Mailer) Open(ctx context.Context) (*Connection, error) {
	if m.server == nil {
		return nil, ErrNoServer
	}
	ctx, cancel := context.WithTimeoutCause(ctx, openTimeout, tooSlow(openTimeout))
	defer cancel()
	conn, err := m.dial(ctx)
	if err != nil {
		return nil, m.fail("connecting to the mail server", false, cause(ctx, err))
	}
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	client, err := m.converse(conn)
	if !stop() || err != nil {
		conn.Close()
		return nil, m.fail("talking to the mail server", false, cause(ctx, err))
	}
	return &Connection{mailer: m, conn: conn, smtp: client}, nil
}

// dial connects, until ctx ends. When that will be is kept from the dialer: its timer may run out a moment before the
// context's, which then could not say why it ended. What the dialer has instead it divides among the addresses of a name.
func (m *Mailer) dial(ctx context.Context) (net.Conn, error) {
	dialing, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	defer context.AfterFunc(ctx, cancel)()
	dialer := net.Dialer{Timeout: openTimeout + time.Second}
	return dialer.DialContext(dialing, "tcp", m.server.address())
}

func tooSlow(limit time.Duration) error {
	return fmt.Errorf("the mail server did not answer within %s", limit)
}

// cause is why the context ended, if it has, since an error of the connection that was closed for it says nothing. What
// the server answered before that says more.
func cause(ctx context.Context, err error) error {
	var answered *textproto.Error
	if ctx.Err() != nil && !errors.As(err, &answered) {
		return context.Cause(ctx)
	}
	return err
}

// converse does what comes before the first mail: greeting, encryption, authentication.
func (m *Mailer) converse(conn net.Conn) (*smtp.Client, error) {
	if m.server.TLS == Implicit {
		conn = tls.Client(conn, m.server.tlsConfig())
	}
	client, err := smtp.NewClient(conn, m.server.Host)
	if err != nil {
		return nil, err
	}
	client.SkipSMTPUTF8(true) // addresses are ASCII, and not every server on the way knows the extension
	if err := client.Hello(ownName()); err != nil {
		return nil, err
	}
	if err := m.encrypt(client); err != nil {
		return nil, err
	}
	return client, m.authenticate(client)
}

// ownName is what we call ourselves in EHLO.
func ownName() string {
	name, err := os.Hostname()
	if err != nil || checkAddress("x@"+name) != nil {
		return "localhost"
	}
	return name
}

func (m *Mailer) encrypt(client *smtp.Client) error {
	if m.server.TLS != StartTLS {
		return nil
	}
	if offered, _ := client.Extension("STARTTLS"); !offered {
		return errors.New("the mail server offers no STARTTLS, and mails are not sent in the clear unless asked for")
	}
	return client.StartTLS(m.server.tlsConfig())
}

func (m *Mailer) authenticate(client *smtp.Client) error {
	if m.server.User == "" {
		return nil
	}
	_, offered := client.Extension("AUTH")
	mechanisms := strings.Fields(offered)
	user, password, host := m.server.User, m.server.Password, m.server.Host
	switch {
	case slices.Contains(mechanisms, "PLAIN"):
		return client.Auth(smtp.PlainAuth("", user, password, host, false))
	case slices.Contains(mechanisms, "LOGIN"):
		return client.Auth(smtp.LoginAuth(user, password, host, false))
	case slices.Contains(mechanisms, "CRAM-MD5"):
		return client.Auth(smtp.CRAMMD5Auth(user, password))
	default:
		return fmt.Errorf("the mail server offers none of the ways to authenticate PLAIN, LOGIN, CRAM-MD5, but %q", offered)
	}
}
