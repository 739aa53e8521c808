package main

import (
	"testing"
	"time"

	"latchkey/internal/testkit"
	"latchkey/internal/testsmtp"
	"latchkey/models"
)

// TestTwoSweeps: two processes on one PostgreSQL find thousands of passwords expired at once. Each owner gets one mail; where
// one of the two is killed in the middle, a second copy of what it had in hand at most.
func TestTwoSweeps(t *testing.T) {
	if testing.Short() {
		t.Skip("it starts processes, and sends many mails")
	}
	testkit.Parallel(t)
	due := testkit.Times(500, 10_000)
	for name, kill := range map[string]bool{"both live": false, "one is killed": true} {
		t.Run(name, func(t *testing.T) {
			testkit.Parallel(t)
			p, sink := newProgram(t, models.Postgres), testsmtp.NewSink(t)
			p.env["LATCHKEY_SMTP"] = sink.URL()
			p.must("", "migrate")
			p.expired("many", due)
			start := time.Now()
			p.timings.MailPoll = 200 * time.Millisecond
			if kill {
				p.timings.MailLease = 2 * time.Second
			}
			first := p.process()
			p.timings.MailLease = productionTimings.MailLease
			second := p.process()
			defer second.stops(t)
			p.awaitSent(due / 2)
			if kill {
				first.Kill()
			} else {
				defer first.stops(t)
			}
			p.awaitSent(due)
			t.Logf("%d mails took %s", due, time.Since(start).Round(10*time.Millisecond))
			copies := map[string]int{}
			for _, m := range sink.Messages() {
				copies[m.Header.Get("Message-Id")]++
			}
			more := len(sink.Messages()) - len(copies)
			if most := map[bool]int{true: mostUnmarked}[kill]; len(copies) != due || more > most {
				t.Errorf("%d mails came of %d, and %d copies more, want at most %d", len(copies), due, more, most)
			}
			p.eachIsMarked(t, copies)
		})
	}
}
