package main

import (
	"context"
	"slices"
	"testing"
	"time"

	"latchkey/internal/testkit"
	"latchkey/internal/testsmtp"
	"latchkey/models"
)

// TestPagesWhileSendingMails: thousands of passwords have expired, and the mail server accepts mails quickly, or hangs. Pages are still
// answered, in the long mode nearly as quickly as before.
func TestPagesWhileSendingMails(t *testing.T) {
	if testing.Short() {
		t.Skip("it starts processes, and sends many mails")
	}
	testkit.Parallel(t)
	for name, answer := range map[string]testsmtp.Answer{"quick": {}, "silent": {Wait: make(chan struct{})}} {
		t.Run(name, func(t *testing.T) {
			engines(t, func(t *testing.T, p *program) {
				sink := testsmtp.NewSink(t)
				sink.Always(answer)
				p.env["LATCHKEY_SMTP"] = sink.URL()
				p.timings.MailShutdown = 500 * time.Millisecond
				p.seed("root")
				due := p.expired("many", testkit.Times(500, 10_000))
				r := p.process()
				defer r.stops(t)
				p.wantPages(t, r, due, answer.Wait == nil)
			})
		})
	}
}

// wantPages looks at pages until all mails have gone, or as often where none does.
func (p *program) wantPages(t *testing.T, r *process, due int, going bool) {
	t.Helper()
	root := r.SignIn("root")
	var took []time.Duration
	for look := 0; look < 20 || going && p.sent(t, due) < due; look++ {
		begin := time.Now()
		root.Get("/accounts?state=expired").Want(200)
		took = append(took, time.Since(begin))
	}
	slices.Sort(took)
	slow := took[len(took)*99/100]
	t.Logf("%d pages, p50 %s, p99 %s", len(took), took[len(took)/2].Round(time.Millisecond), slow.Round(time.Millisecond))
	if testkit.Long() && slow > 500*time.Millisecond {
		t.Errorf("one page in a hundred takes %s", slow)
	}
}

func (p *program) sent(t *testing.T, most int) int {
	t.Helper()
	sent, err := p.database().Read(context.Background()).CountMailsIn(models.MailSent, most)
	if err != nil {
		t.Fatal(err)
	}
	return int(sent)
}
