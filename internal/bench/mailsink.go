package main

import (
	"context"
	"io"
	"log"
	"net"
	"net/mail"
	"strconv"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
	gomail "github.com/wneessen/go-mail"
	"golang.org/x/sync/errgroup"

	"latchkey/mailer"
)

var benchSender = &mail.Address{Name: "Latchkey", Address: "latchkey@localhost"}

// mailSink is a mail server that takes everything, throws it away and looks at its watch.
type mailSink struct {
	server   *smtp.Server
	listener net.Listener

	mu          sync.Mutex
	taken, want int
	first, last time.Time
	full        chan struct{} // closed when as many have come as were wanted
}

func newMailSink() (*mailSink, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	k := &mailSink{listener: listener}
	k.server = smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return sinkSession{k}, nil }))
	k.server.Domain, k.server.ErrorLog = "localhost", log.New(io.Discard, "", 0)
	go func() { _ = k.server.Serve(listener) }() // ends with close
	return k, nil
}

func (k *mailSink) close() { _ = k.server.Close() }

func (k *mailSink) url() string { return "smtp://" + k.listener.Addr().String() + "?starttls=never" }

// reset waits for so many mails.
func (k *mailSink) reset(want int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.taken, k.want, k.full = 0, want, make(chan struct{})
}

func (k *mailSink) take() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.last = time.Now()
	if k.taken++; k.taken == 1 {
		k.first = k.last
	}
	if k.taken == k.want {
		close(k.full)
	}
}

func (k *mailSink) count() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.taken
}

// rate is that between the first mail and the last.
func (k *mailSink) rate() float64 {
	k.mu.Lock()
	defer k.mu.Unlock()
	return float64(k.taken-1) / k.last.Sub(k.first).Seconds()
}

// sinkSession is one connection.
type sinkSession struct{ sink *mailSink }

func (sinkSession) Mail(string, *smtp.MailOptions) error { return nil }
func (sinkSession) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (sinkSession) Reset()                               {}
func (sinkSession) Logout() error                        { return nil }

func (s sinkSession) Data(content io.Reader) error {
	_, err := io.Copy(io.Discard, content)
	s.sink.take()
	return err
}

// rawRate sends so many mails with go-mail and nothing around it, over as many kept connections as the program has, and so
// many with each call.
func (k *mailSink) rawRate(ctx context.Context, words mailer.Rendered, mails, atOnce int) (float64, error) {
	k.reset(mails)
	group, ctx := errgroup.WithContext(ctx)
	for range mailConnections {
		group.Go(func() error { return k.sendRaw(ctx, words, mails/mailConnections, atOnce) })
	}
	if err := group.Wait(); err != nil {
		return 0, err
	}
	return k.rate(), nil
}

func (k *mailSink) sendRaw(ctx context.Context, words mailer.Rendered, mails, atOnce int) error {
	host, port, err := net.SplitHostPort(k.listener.Addr().String())
	if err != nil {
		return err
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		return err
	}
	client, err := gomail.NewClient(host, gomail.WithPort(number), gomail.WithTLSPolicy(gomail.NoTLS), gomail.WithHELO("localhost"))
	if err != nil {
		return err
	}
	if err := client.DialWithContext(ctx); err != nil {
		return err
	}
	for left := mails; left > 0; left -= atOnce {
		messages := make([]*gomail.Msg, min(left, atOnce))
		for i := range messages {
			messages[i] = rawMessage(words)
		}
		if err := client.Send(messages...); err != nil {
			return err
		}
	}
	return client.Close()
}

func rawMessage(words mailer.Rendered) *gomail.Msg {
	msg := gomail.NewMsg()
	msg.FromMailAddress(benchSender)
	msg.ToMailAddress(&mail.Address{Address: "ada@example.com"})
	msg.Subject(words.Subject)
	msg.SetDate()
	msg.SetMessageID()
	msg.SetBodyString(gomail.TypeTextPlain, words.Text)
	msg.AddAlternativeString(gomail.TypeTextHTML, words.HTML)
	return msg
}
