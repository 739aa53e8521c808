package main

import (
	"context"
	"fmt"
	"testing"
	"time"

	"latchkey/internal/testkit"
	"latchkey/internal/testsmtp"
	"latchkey/models"
)

// A process may have ten mails on each of its two connections that the server accepted and that are not recorded. More are due
// in each run, so that outcomes recorded only at the end of a batch are noticed.
const (
	mostUnmarked = 20
	dueInARun    = 36
)

// TestKillWhileSending: a process is killed at each step between a mail's being due and its being marked as sent. In the
// end every mail is delivered. Duplicates, with the same Message-ID, occur only if the server accepted a mail before it was
// marked as sent.
func TestKillWhileSending(t *testing.T) {
	if testing.Short() {
		t.Skip("it starts processes, and waits for leases to end")
	}
	engines(t, func(t *testing.T, p *program) {
		sink := testsmtp.NewSink(t)
		p.env["LATCHKEY_SMTP"] = sink.URL()
		p.must("", "migrate")
		kills, accounts := testkit.Times(10, 200), 0
		for run := range kills {
			accounts += p.expired(fmt.Sprintf("run-%d", run), dueInARun)
			before := len(sink.Messages())
			p.killAt(sink, run)
			if n := p.unmarked(sink.Messages()[before:]); n > mostUnmarked {
				t.Errorf("kill %d: the server has %d mails that are not marked as sent, want at most %d", run, n, mostUnmarked)
			}
		}
		p.timings.MailPoll = 200 * time.Millisecond // for the leases of those that were killed to end
		p.timings.MailLease = quickTimings().MailLease
		r := p.process()
		defer r.stops(t)
		p.awaitSent(accounts)
		copies := map[string]int{}
		for _, m := range sink.Messages() {
			copies[m.Header.Get("Message-Id")]++
		}
		twice := len(sink.Messages()) - len(copies)
		t.Logf("%d kills, %d mails, %d copies more", kills, accounts, twice)
		if len(copies) != accounts || twice > kills*mostUnmarked {
			t.Errorf("%d mails came of %d, and %d copies more", len(copies), accounts, twice)
		}
		p.eachIsMarked(t, copies)
	})
}

// expired makes accounts whose passwords expired long ago, so that a mail about each is due.
func (p *program) expired(name string, n int) int {
	p.t.Helper()
	p.customers(name, n, "none", time.Now().AddDate(-2, 0, 0))
	return n
}

// customers creates accounts in the database, all with one hash that was set at that time, since hashing takes long.
func (p *program) customers(name string, n int, hash string, set time.Time) (names []string) {
	p.t.Helper()
	ids, at, organization := models.NewIDs(time.Now, nil), set.UTC().Truncate(time.Second), models.DefaultOrganizationID
	err := p.database().Update(context.Background(), func(tx *models.Tx) error {
		for i := range n {
			key := fmt.Sprintf("%s-%d", name, i)
			a := models.Account{
				ID: ids.New(), Kind: models.Customer, Name: key, NameKey: key, Email: key + "@example.com", EmailKey: key + "@example.com",
				OrganizationID: &organization, CreatedAt: at, PasswordID: ids.New(), PasswordHash: hash, PasswordSetAt: &at,
			}
			if err := tx.CreateAccount(&a, key, a.EmailKey); err != nil {
				return err
			}
			names = append(names, key)
		}
		return nil
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return names
}

// killAt starts a process and kills it at one of the steps, in turn. It returns when the server has taken all that it sent.
func (p *program) killAt(sink *testsmtp.Sink, run int) {
	p.t.Helper()
	answers := []testsmtp.Answer{{At: testsmtp.AtMail}, {At: testsmtp.AtRcpt}, {At: testsmtp.AtData}}
	came, killed := make(chan struct{}), make(chan struct{})
	step := run % (len(answers) + 2)
	if step < len(answers) {
		answers[step].Came, answers[step].Wait = came, killed
		sink.Script(answers[step])
	}
	before := len(sink.Messages())
	p.timings.MailLease = 3 * time.Second // half of it is for sending a mail, also on a busy machine: one that fails waits for minutes
	r := p.process()
	defer func() {
		r.Kill()
		close(killed)
		sink.AwaitSilence() // else what it had sent would count as the next one's
	}()
	switch {
	case step < len(answers): // in the middle of a mail
		select {
		case <-came:
		case <-time.After(time.Minute):
			p.t.Fatal("no mail came within a minute")
		}
	case step == len(answers): // when most have been taken, and the last ones perhaps not yet been marked
		sink.Wait(before + dueInARun*2/3)
	default: // anywhere from the sweep on
		time.Sleep(time.Duration(run%37) * time.Millisecond)
	}
}

// unmarked counts the mails that the server took and the database does not know to be sent.
func (p *program) unmarked(taken []testsmtp.Message) (count int) {
	p.t.Helper()
	page, err := p.database().Read(context.Background()).ListMails(models.MailFilter{State: models.MailSent, Limit: 100_000})
	if err != nil {
		p.t.Fatal(err)
	}
	marked := map[string]bool{}
	for _, row := range page.Rows {
		marked[row.MessageID] = true
	}
	for _, m := range taken {
		if !marked[m.Header.Get("Message-Id")] {
			count++
		}
	}
	return count
}

// awaitSent returns when so many mails are marked as sent.
func (p *program) awaitSent(mails int) {
	p.t.Helper()
	db, deadline := p.database(), time.Now().Add(2*time.Minute)
	for {
		sent, err := db.Read(context.Background()).CountMailsIn(models.MailSent, mails)
		switch {
		case err != nil:
			p.t.Fatal(err)
		case sent >= int64(mails):
			return
		case time.Now().After(deadline):
			p.t.Fatalf("%d of %d mails are marked as sent after two minutes", sent, mails)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// eachIsMarked wants a row for each mail that came, and no others.
func (p *program) eachIsMarked(t *testing.T, copies map[string]int) {
	t.Helper()
	page, err := p.database().Read(t.Context()).ListMails(models.MailFilter{Limit: 2 * len(copies)})
	if err != nil || len(page.Rows) != len(copies) {
		t.Fatalf("%d rows for %d mails, %v", len(page.Rows), len(copies), err)
	}
	for _, row := range page.Rows {
		if copies[row.MessageID] == 0 || row.State != models.MailSent {
			t.Errorf("the mail to %s is %s, and came %d times", row.Recipient, row.State, copies[row.MessageID])
		}
	}
}
