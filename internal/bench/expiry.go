package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/emersion/go-smtp"

	"latchkey/models"
	"latchkey/password"
	"latchkey/views"
)

// The limits while the passwords of many accounts expire at the same moment.
const (
	mostLog         = 256 // MiB, of SQLite's write-ahead log
	leastDelivered  = 100 // mails a second
	longestForgot   = 10  // seconds from the request to the mail
	slowestMeantime = 250 // ms, p99 of pages

	shortenedDays = 28 // of a password's life
	shareExpired  = 0.42
	visitors      = 8 // that pause for up to [longestPause] after a page
	longestPause  = 2 * time.Second
	forgottenEach = 15 * time.Second // or once a run, if that is shorter
)

// measureExpiry reloads a policy under which the passwords of many accounts have expired, while operators browse and people sign in.
func (b *bench) measureExpiry() {
	for _, engine := range b.engines {
		s := b.newCrowdSite(engine, b.crowd)
		before := time.Now()
		sink := s.newReadingSink()
		file := filepath.Join(s.dir, "policy")
		s.must(os.WriteFile(file, []byte(password.Default().File()), 0o600))
		visits := s.visits()
		s.serve(func(p *process) {
			p.expiry(visits, sink, file, before)
		}, "--password-policy", file, "--smtp", "smtp://127.0.0.1:"+strconv.Itoa(sink.port)+"?starttls=never")
		s.undoExpiry(before)
	}
}

func (p *process) expiry(visits []visit, sink *readingSink, policyFile string, before time.Time) {
	shorter := password.Default()
	shorter.Account.PasswordExpirationInDays, shorter.Account.EmailBeforeExpirationInDays = shortenedDays, 1
	shorter.Technical.PasswordExpirationInDays, shorter.Technical.EmailBeforeExpirationInDays = shortenedDays, 1
	p.must(os.WriteFile(policyFile, []byte(shorter.File()), 0o600))
	operators := p.operators(visitors)
	p.Signal(syscall.SIGHUP)
	m := p.measured(operators, visits, longestPause, func(ctx context.Context, seen *answers) {
		p.signInSteadily(ctx, createdEach, seen)
	}, func(ctx context.Context, seen *answers) {
		p.forgetSteadily(ctx, sink, seen)
	})
	var queued int
	p.must(p.db.Raw(p).QueryRowContext(p.ctx, "SELECT count(*) FROM mails WHERE id > '"+idAt(before)+"'").Scan(&queued))
	delivered, waited := float64(sink.delivered.Load())/p.under.Seconds(), sink.waits()
	all := m.pages.all()
	p.add("mails queued", p.engine, number(float64(queued)), limit{}, fmt.Sprintf("in %s, of some %s", p.under, number(shareExpired*float64(p.crowd))))
	p.add("mails delivered", p.engine, number(delivered)+" /s", atLeast(delivered, leastDelivered), "")
	p.add("forgotten password, slowest", p.engine, number(percentile(waited, 1))+" s", atMost(percentile(waited, 1), longestForgot), fmt.Sprintf("%d mails", len(waited)))
	p.add("pages, p50 / p99", p.engine, spread(all), atMost(percentile(all, 0.99), slowestMeantime), fmt.Sprintf("%d answers", len(all)))
	p.addOthers(m, limit{})
}

// undoExpiry makes the accounts what they were before, for the next run.
func (s *site) undoExpiry(before time.Time) {
	after := "id > '" + idAt(before) + "'"
	s.exec("UPDATE accounts SET expiry_notice = 0 WHERE id IN (SELECT account_id FROM mails WHERE "+after+" AND template = '"+models.MailExpiration+"')",
		deleteMails+" WHERE "+after)
}

// forgetSteadily asks for a mail for a forgotten password every now and then, until its mail could still arrive in time.
func (p *process) forgetSteadily(ctx context.Context, sink *readingSink, seen *answers) {
	c := p.client(1)
	defer c.close()
	ticker := time.NewTicker(min(forgottenEach, p.under/2))
	defer ticker.Stop()
	for i := 0; ; i++ {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		name := customerName(i % customers)
		sink.expect(name + "@example.com")
		seen.time(ctx, "asking for a link", func() error {
			_, _, err := c.do(ctx, http.StatusSeeOther, http.MethodPost, views.ForgotURL, url.Values{"name": {name}})
			return err
		})
	}
}

// readingSink is a mail server that counts mails, and notes when those to some addresses arrive.
type readingSink struct {
	port      int
	delivered atomic.Int64

	mu       sync.Mutex
	expected map[string]time.Time // since when, by address
	waited   []float64            // seconds
}

func (b *bench) newReadingSink() *readingSink {
	k := &readingSink{expected: map[string]time.Time{}}
	k.port = b.serveMail(func() smtp.Session { return &readingSession{sink: k} })
	return k
}

func (k *readingSink) expect(address string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.expected[address] = time.Now()
}

func (k *readingSink) arrived(address string) {
	k.delivered.Add(1)
	k.mu.Lock()
	defer k.mu.Unlock()
	if since, ok := k.expected[address]; ok {
		k.waited = append(k.waited, time.Since(since).Seconds())
		delete(k.expected, address)
	}
}

// waits returns how many seconds mails took. Those that are missing took until now.
func (k *readingSink) waits() []float64 {
	k.mu.Lock()
	defer k.mu.Unlock()
	waited := slices.Clone(k.waited)
	for _, since := range k.expected {
		waited = append(waited, time.Since(since).Seconds())
	}
	return waited
}

// readingSession is a connection of a mail client.
type readingSession struct {
	discarding
	sink *readingSink
	to   string
}

func (r *readingSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	r.to = to
	return nil
}

func (r *readingSession) Data(content io.Reader) error {
	_, err := io.Copy(io.Discard, content)
	r.sink.arrived(r.to)
	return err
}
