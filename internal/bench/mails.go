package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/mail"
	"time"

	"github.com/emersion/go-smtp"
	gomail "github.com/wneessen/go-mail"
	"golang.org/x/sync/errgroup"

	"latchkey/accounts"
	"latchkey/mailer"
	"latchkey/models"
	"latchkey/password"
)

const (
	leastOfRawMails   = 0.35 // as a share of go-mail's rate; see docs/decisions/0025
	mostOfSmallSweep  = 1.5  // sweep among many accounts ÷ among few
	mailConnections   = 2    // the default of LATCHKEY_SMTP_CONNECTIONS
	longestMailRound  = 2 * time.Minute
	oneTimeValid      = 168 * time.Hour // the default of LATCHKEY_ONE_TIME_PASSWORD_VALID
	benchSenderDomain = "localhost"
)

var benchSender = &mail.Address{Name: "Latchkey", Address: "latchkey@" + benchSenderDomain}

// mailSink is a mail server that discards mails and reports when they arrived.
type mailSink struct {
	discarding
	port     int
	arrivals chan time.Time
}

func (b *bench) newMailSink() *mailSink {
	k := &mailSink{arrivals: make(chan time.Time, b.mails)}
	k.port = b.serveMail(func() smtp.Session { return k })
	return k
}

// serveMail starts a mail server, and returns its port.
func (b *bench) serveMail(connected func() smtp.Session) (port int) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	b.must(err)
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return connected(), nil }))
	server.Domain, server.ErrorLog = benchSenderDomain, log.New(io.Discard, "", 0)
	go func() { _ = server.Serve(listener) }()
	b.Cleanup(func() { _ = server.Close() })
	return listener.Addr().(*net.TCPAddr).Port
}

// discarding is what a session does with all but a mail's content.
type discarding struct{}

func (discarding) Mail(string, *smtp.MailOptions) error { return nil }
func (discarding) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (discarding) Reset()                               {}
func (discarding) Logout() error                        { return nil }

func (k *mailSink) Data(content io.Reader) error {
	_, err := io.Copy(io.Discard, content)
	k.arrivals <- time.Now()
	return err
}

// rateOf waits for all mails and returns the mails per second between the first and the last.
func (b *bench) rateOf(k *mailSink) float64 {
	ctx, cancel := context.WithTimeout(b.ctx, longestMailRound)
	defer cancel()
	var first, last time.Time
	for i := range b.mails {
		select {
		case last = <-k.arrivals:
		case <-ctx.Done():
			b.Fatalf("%d of %d mails arrived: %w", i, b.mails, ctx.Err())
		}
		if i == 0 {
			first = last
		}
	}
	return float64(b.mails-1) / last.Sub(first).Seconds()
}

func (b *bench) measureMails() {
	m, err := mailer.New(mailer.Options{From: benchSender, BaseURL: "http://localhost", Zone: time.UTC, Now: time.Now})
	b.must(err)
	letter, err := m.Render(mailer.Samples(models.MailReminder, time.Now())[0].Mail, "")
	b.must(err)
	b.onEach(func(s *site) {
		sink := s.newMailSink()
		s.compare("mails", fmt.Sprintf("%d due at once, over %d connections", s.mails, mailConnections), s.mailRounds, leastOfRawMails,
			func() float64 { return s.sendThroughProgram(sink) }, func() float64 { return s.sendRaw(sink, letter) })
	})
}

// sendRaw sends as many mails with go-mail alone, one by one.
func (s *site) sendRaw(sink *mailSink, words mailer.Rendered) float64 {
	group, ctx := errgroup.WithContext(s.ctx)
	for range mailConnections {
		group.Go(func() error {
			client, err := gomail.NewClient("127.0.0.1", gomail.WithPort(sink.port), gomail.WithTLSPolicy(gomail.NoTLS), gomail.WithHELO("localhost"))
			if err != nil {
				return err
			}
			if err := client.DialWithContext(ctx); err != nil {
				return err
			}
			for range s.mails / mailConnections {
				msg := gomail.NewMsg()
				msg.FromMailAddress(benchSender)
				msg.ToMailAddress(&mail.Address{Address: "ada@example.com"})
				msg.Subject(words.Subject)
				msg.SetDate()
				msg.SetMessageID()
				msg.SetBodyString(gomail.TypeTextPlain, words.Text)
				msg.AddAlternativeString(gomail.TypeTextHTML, words.HTML)
				if err := client.Send(msg); err != nil {
					return err
				}
			}
			return client.Close()
		})
	}
	s.must(group.Wait())
	return s.rateOf(sink)
}

// sendThroughProgram queues mails, which the program delivers when it starts.
func (s *site) sendThroughProgram(sink *mailSink) (rate float64) {
	to, err := s.db.Read(s.ctx).ListAccounts(models.AccountFilter{Kind: models.Customer, State: models.Active, Limit: s.mails})
	if err != nil || len(to.Rows) < s.mails {
		s.Fatalf("%d active accounts: %w", len(to.Rows), err)
	}
	now, ids := time.Now().UTC().Truncate(time.Microsecond), models.NewIDs(time.Now, nil)
	s.must(s.db.Update(s.ctx, func(tx *models.Tx) error {
		for _, account := range to.Rows {
			id := ids.New() // the mail stays true whatever becomes of the password
			err := tx.QueueMail(&models.Mail{
				ID: id, Template: models.MailBlacklisted, OnceKey: id, AccountID: &account.ID, AccountName: account.Name, Recipient: account.Email,
				State: models.MailWaiting, CreatedAt: now, NextTryAt: now, MessageID: "<" + id + "@localhost>",
				Data: models.MailData{BlockedAt: now, Attempts: 10},
			})
			if err != nil {
				return err
			}
		}
		return nil
	}))
	s.serve(func(*process) { rate = s.rateOf(sink) }, "--smtp", fmt.Sprintf("smtp://127.0.0.1:%d?starttls=never", sink.port))
	s.exec(deleteMails)
	return rate
}

// measureSweep sweeps in turns among few accounts and among many.
func (b *bench) measureSweep() {
	for _, engine := range b.engines {
		counts := []int{b.fewAccounts, b.manyAccounts}
		sites, took := make([]*site, len(counts)), make([][]float64, len(counts))
		for i, count := range counts {
			sites[i] = b.newSite(engine)
			sites[i].seed(count, false)
		}
		for round := range b.sweeps {
			for i, count := range counts {
				took[i] = append(took[i], sites[i].sweep(count, round))
			}
		}
		for i, count := range counts {
			b.add(fmt.Sprintf("%s due among %s", number(float64(b.due)), number(float64(count))), engine, number(median(took[i]))+" ms", limit{},
				fmt.Sprintf("median of %d sweeps", b.sweeps))
		}
		ratio := median(took[1]) / median(took[0])
		b.add("many ÷ few", engine, fmt.Sprintf("%.2f", ratio), atMost(ratio, mostOfSmallSweep), "")
	}
}

// sweep makes some of the accounts due, and returns how many milliseconds sweeping takes.
func (s *site) sweep(count, round int) float64 {
	s.expire(count, s.due, round)
	program := accounts.New(accounts.Options{
		DB: s.db.DB, Policies: password.Default(), Now: time.Now, Settings: accounts.Settings{OneTimeValid: oneTimeValid, MailHost: "localhost"},
	})
	begin := time.Now()
	queued, err := program.Sweep(context.WithoutCancel(s.ctx))
	took := milliseconds(time.Since(begin))
	s.must(err)
	if queued != s.due {
		s.Fatalf("among %d accounts %d mails were queued, not %d", count, queued, s.due)
	}
	s.exec(deleteMails)
	return took
}
