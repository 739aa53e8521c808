// Package testsmtp is a mail server for tests.
package testsmtp

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"net"
	"net/http/httptest"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
)

// sinkTimeout bounds every wait of a Sink.
const sinkTimeout = 2 * time.Minute

// Sink is a mail server that keeps all messages, with scripted answers. It is safe for concurrent use.
type Sink struct {
	Addr string         // host:port
	CAs  *x509.CertPool // trusts the sink's certificate for 127.0.0.1 and ::1; nil in plain mode

	tb          testing.TB
	mode        sinkMode
	oldTLS      bool
	user        string
	password    string
	connections atomic.Int64
	sessions    atomic.Int64 // open
	closing     chan struct{}

	mu     sync.Mutex
	script []Answer
	always Answer
	all    []Message
}

type sinkMode int

const (
	plain sinkMode = iota
	startTLS
	implicitTLS
)

// Option is an option of NewSink. The default is plain SMTP without authentication.
type Option func(*Sink)

// WithSTARTTLS requires STARTTLS.
func WithSTARTTLS() Option { return func(s *Sink) { s.mode = startTLS } }

// WithTLS speaks TLS from the first byte, as on port 465.
func WithTLS() Option { return func(s *Sink) { s.mode = implicitTLS } }

// WithOldTLS speaks only TLS 1.0 and 1.1, which are deprecated (RFC 8996).
func WithOldTLS() Option { return func(s *Sink) { s.oldTLS = true } }

// WithAuth requires AUTH PLAIN with these.
func WithAuth(user, password string) Option {
	return func(s *Sink) { s.user, s.password = user, password }
}

// NewSink starts a mail server on a free port, until the end of the test.
func NewSink(tb testing.TB, options ...Option) *Sink {
	tb.Helper()
	s := &Sink{tb: tb, closing: make(chan struct{})}
	for _, option := range options {
		option(s)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	s.Addr = listener.Addr().String()
	s.serve(listener)
	return s
}

func (s *Sink) serve(listener net.Listener) {
	server := smtp.NewServer(smtp.BackendFunc(s.newSession))
	server.Domain = "sink.test"
	server.AllowInsecureAuth = s.mode == plain
	server.ErrorLog = log.New(io.Discard, "", 0)
	listener = countingListener{listener, &s.connections}
	if s.mode != plain {
		web := httptest.NewTLSServer(nil) // only for its certificate
		web.Close()
		server.TLSConfig, s.CAs = &tls.Config{Certificates: web.TLS.Certificates}, x509.NewCertPool()
		s.CAs.AddCert(web.Certificate())
	}
	if s.oldTLS {
		server.TLSConfig.MinVersion, server.TLSConfig.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
	}
	if s.mode == implicitTLS {
		listener = tls.NewListener(listener, server.TLSConfig)
	}
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		server.Serve(listener)
	}()
	s.tb.Cleanup(func() {
		close(s.closing)
		server.Close()
		listener.Close() // if the goroutine has not started, the server does not know it
		<-stopped
	})
}

// URL returns the value of LATCHKEY_SMTP.
func (s *Sink) URL() string {
	u := url.URL{Scheme: "smtp", Host: s.Addr}
	switch s.mode {
	case plain:
		u.RawQuery = "starttls=never"
	case implicitTLS:
		u.Scheme = "smtps"
	}
	if s.user != "" {
		u.User = url.UserPassword(s.user, s.password)
	}
	return u.String()
}

// Script sets the answers to the next messages, in the order of their MAIL commands. Later ones get the answer of Always.
func (s *Sink) Script(answers ...Answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.script = append(s.script, answers...)
}

// Always sets the answer to messages without one of Script. At first it is the zero Answer.
func (s *Sink) Always(answer Answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.always = answer
}

// Connections returns how many connections were opened.
func (s *Sink) Connections() int { return int(s.connections.Load()) }

// AwaitSilence waits until no session is open. Call it in the goroutine of the test.
func (s *Sink) AwaitSilence() {
	s.tb.Helper()
	s.await(func() (string, bool) {
		open := s.sessions.Load()
		return fmt.Sprintf("%d sessions are open", open), open == 0
	})
}

// Messages returns the accepted messages in order of arrival.
func (s *Sink) Messages() []Message {
	var taken []Message
	for _, m := range s.All() {
		if m.Code == accepted {
			taken = append(taken, m)
		}
	}
	return taken
}

// All returns all messages, also refused and dropped ones; see Message.Code.
func (s *Sink) All() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Message(nil), s.all...)
}

// Wait waits for n accepted messages and returns them. Call it in the goroutine of the test.
func (s *Sink) Wait(n int) []Message {
	s.tb.Helper()
	return s.wait(n, s.Messages)
}

// WaitAll is Wait that also counts refused and dropped messages.
func (s *Sink) WaitAll(n int) []Message {
	s.tb.Helper()
	return s.wait(n, s.All)
}

func (s *Sink) wait(n int, get func() []Message) (got []Message) {
	s.tb.Helper()
	s.await(func() (string, bool) {
		got = get()
		return fmt.Sprintf("%d messages came, want %d", len(got), n), len(got) >= n
	})
	return got
}

// await waits until done, which also describes the state for the message of a failure.
func (s *Sink) await(done func() (state string, ok bool)) {
	s.tb.Helper()
	for deadline := time.Now().Add(sinkTimeout); ; time.Sleep(time.Millisecond) {
		state, ok := done()
		if ok {
			return
		}
		if time.Now().After(deadline) {
			s.tb.Fatalf("%s after %s", state, sinkTimeout)
		}
	}
}

func (s *Sink) record(m Message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = append(s.all, m)
}

func (s *Sink) nextAnswer() Answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.script) == 0 {
		return s.always
	}
	next := s.script[0]
	s.script = s.script[1:]
	return next
}

// countingListener counts the connections it accepts.
type countingListener struct {
	net.Listener
	count *atomic.Int64
}

func (l countingListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err == nil {
		l.count.Add(1)
	}
	return conn, err
}
