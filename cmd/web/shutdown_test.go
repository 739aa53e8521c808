package main

import (
	"bufio"
	"fmt"
	"net"
	"testing"
	"time"

	"latchkey/internal/testapp"
	"latchkey/internal/testkit"
	"latchkey/models"
)

// TestShutdownUnderLoad: asked to stop while many sign in, the process answers everybody whom it has begun to listen to, also
// those who have yet to say their password, and ends in order within its grace. TestStop shows the same of one.
func TestShutdownUnderLoad(t *testing.T) {
	if testing.Short() {
		t.Skip("it needs nothing that a bare machine lacks, and takes long")
	}
	enginesInTurn(t, []models.Engine{models.SQLite, models.Postgres}, func(t *testing.T, p *program) {
		p.timings.Hash = halfHash()
		p.seed("ada", "bob", "eve", "joe")
		r := p.process()
		many := testkit.Times(40, 200)
		load := r.load(t, many)
		load.send(0, many/2)
		r.Stop()
		awaitClosed(r.address)
		load.send(many/2, many)
		served := wantServed(t, load.ended())
		if code := r.Wait(); code != 0 {
			t.Errorf("the process ended with %d", code)
		}
		for query, want := range map[string]int{
			"SELECT count(*) FROM sessions": served, "SELECT count(*) FROM audit_events WHERE action = 'signed-in'": served,
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
	begun   []time.Time // when the rest was sent
	conns   []net.Conn
	answers []*bufio.Reader
	forms   []string
}

func (r *process) load(t *testing.T, count int) *load {
	l := &load{t: t, begun: make([]time.Time, count)}
	for i := range count {
		form := testapp.Form("name", []string{"ada", "bob", "eve", "joe"}[i%4], "password", testapp.Secret).Encode()
		conn, answers := sendHeader(t, r.address, len(form))
		l.conns, l.answers, l.forms = append(l.conns, conn), append(l.answers, answers), append(l.forms, form)
	}
	return l
}

// send sends the rest of some of the sign-ins.
func (l *load) send(from, to int) {
	l.t.Helper()
	for i := from; i < to; i++ {
		l.begun[i] = time.Now()
		if _, err := fmt.Fprint(l.conns[i], l.forms[i]); err != nil {
			l.t.Errorf("sign-in %d: %v", i, err)
		}
	}
}

// ended returns the answers to all the sign-ins.
func (l *load) ended() []answer {
	answers := make([]answer, len(l.answers))
	testkit.Together(len(answers), func(i int) {
		answers[i] = readAnswer(l.answers[i])
		answers[i].took = time.Since(l.begun[i])
	})
	return answers
}
