package main

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"testing"

	"latchkey/internal/testkit"
)

// TestShutdownUnderLoad: asked to stop while many sign in, the process answers everybody whom it has begun to listen to, also
// those who have yet to say their password, and ends in order within its grace. TestStop shows the same of one.
func TestShutdownUnderLoad(t *testing.T) {
	engines(t, func(t *testing.T, p *program) {
		p.seed("ada", "bob", "eve", "joe")
		r := p.process()
		many := testkit.Times(40, 200)
		load := r.load(t, many)
		load.send(0, many/2)
		r.Stop()
		awaitClosed(r.address)
		load.send(many/2, many)
		load.wantAnswers()
		if code := r.Wait(); code != 0 {
			t.Errorf("the process ended with %d", code)
		}
		for query, want := range map[string]int{
			"SELECT count(*) FROM sessions": many, "SELECT count(*) FROM audit_events WHERE action = 'signed-in'": many,
			"SELECT count(*) FROM reservations": 0, "SELECT count(*) FROM mails WHERE state = 'sending'": 0,
		} {
			if got := r.DB.Count(t, query); got != want {
				t.Errorf("%s counts %d after the end, want %d", query, got, want)
			}
		}
	})
}

// load is many connections with a sign-in whose header the process has read.
type load struct {
	t       *testing.T
	conns   []net.Conn
	answers []*bufio.Reader
	forms   []string
}

func (r *process) load(t *testing.T, count int) *load {
	l := &load{t: t}
	for i := range count {
		form := testkit.Form("name", []string{"ada", "bob", "eve", "joe"}[i%4], "password", testkit.Secret).Encode()
		conn, answers := sendHeader(t, r.address, len(form))
		l.conns, l.answers, l.forms = append(l.conns, conn), append(l.answers, answers), append(l.forms, form)
	}
	return l
}

// send sends the rest of some of the sign-ins.
func (l *load) send(from, to int) {
	l.t.Helper()
	for i := from; i < to; i++ {
		if _, err := fmt.Fprint(l.conns[i], l.forms[i]); err != nil {
			l.t.Errorf("sign-in %d: %v", i, err)
		}
	}
}

// wantAnswers wants a whole answer to every sign-in.
func (l *load) wantAnswers() {
	l.t.Helper()
	testkit.Together(len(l.answers), func(i int) {
		got := readAnswer(l.answers[i])
		if got.err != nil || got.status != http.StatusSeeOther {
			l.t.Errorf("sign-in %d: %d, %v", i, got.status, got.err)
		}
	})
}
