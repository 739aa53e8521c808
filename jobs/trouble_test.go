package jobs

import (
	"context"
	"errors"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"latchkey/internal/testdb"
	"latchkey/internal/testkit"
	"latchkey/internal/testsmtp"
	"latchkey/mailer"
	"latchkey/models"
)

// unreachableServer closes every connection at once, and counts them.
func unreachableServer(t *testing.T) (address string, calls func() int) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	count := 0
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			count++
			mu.Unlock()
			conn.Close()
		}
	}()
	t.Cleanup(func() { listener.Close() })
	return listener.Addr().String(), func() int { mu.Lock(); defer mu.Unlock(); return count }
}

func TestUnreachableServerIsTriedOncePerBatch(t *testing.T) {
	testdb.Engines(t, func(t *testing.T, db testdb.Database) {
		sink := testsmtp.NewSink(t)
		w := newWorld(t, db.DB, sink)
		address, calls := unreachableServer(t)
		sink.Addr = address
		w.Mailer = w.mailer()
		ids := w.queue(w.account("ada", day), 10)
		if n, err := w.DeliverDue(t.Context()); n != 10 || err == nil {
			t.Fatalf("%d, %v", n, err)
		}
		answer := w.mail(ids[0]).LastAnswer
		for _, id := range ids {
			m := w.is(id, models.MailWaiting, 1)
			between(t, m.NextTryAt.Sub(w.clock.Now()), 48*time.Second, 72*time.Second)
			if m.LastAnswer != answer || answer == "" {
				t.Errorf("answers %q and %q", answer, m.LastAnswer)
			}
		}
		if calls() != 1 {
			t.Errorf("asked %d times", calls())
		}
		w.deliver(0)
	})
}

func TestWakeDoesNotRetryAnUnreachableServer(t *testing.T) {
	testkit.Parallel(t)
	sink := testsmtp.NewSink(t)
	w := newWorld(t, testdb.SQLite(t).DB, sink, func(o *Options) { o.BatchSize = 1; o.PollEvery = time.Hour })
	address, calls := unreachableServer(t)
	sink.Addr = address
	w.Mailer = w.mailer()
	ids := w.queue(w.account("ada", day), 5)
	stop := w.running()
	for tried := false; !tried; {
		w.Wake()
		mail := w.mail(ids[0])
		tried = mail.State == models.MailWaiting && mail.Tries == 1
	}
	for range 20 {
		w.Wake()
		time.Sleep(time.Millisecond)
	}
	stop()
	if calls() != 1 {
		t.Errorf("asked %d times", calls())
	}
}

func TestTwoRunnersSendEachMailOnce(t *testing.T) {
	testdb.Engines(t, func(t *testing.T, db testdb.Database) {
		const due = 500
		w := newWorld(t, db.DB, testsmtp.NewSink(t), func(o *Options) { o.BatchSize = 20 })
		w.queue(w.account("ada", day), due)
		var all sync.WaitGroup
		for _, runner := range []*Runner{w.Runner, w.another(db.Again(t))} {
			all.Go(func() {
				for {
					n, err := runner.DeliverDue(t.Context())
					if err != nil {
						t.Error(err)
					}
					if n == 0 {
						return
					}
				}
			})
		}
		all.Wait()
		seen := map[string]bool{}
		for _, m := range w.sink.All() {
			seen[m.Header.Get("Message-Id")] = true
		}
		sent, err := w.db.Read(t.Context()).CountMailsIn(models.MailSent, due+1)
		if len(w.sink.All()) != due || len(seen) != due || sent != due || err != nil {
			t.Errorf("%d mails, %d different, %d marked, %v", len(w.sink.All()), len(seen), sent, err)
		}
	})
}

func TestMailsOfADeadWorkerAreTakenOverAfterItsLease(t *testing.T) {
	testdb.Engines(t, func(t *testing.T, db testdb.Database) {
		w := newWorld(t, db.DB, testsmtp.NewSink(t))
		id := w.queue(w.account("ada", day), 1)[0]
		w.update(func(tx *models.Tx) error {
			_, err := tx.ClaimMails("the dead", w.now(), w.now().Add(w.LeaseFor), 10, 0)
			return err
		})
		w.clock.Advance(w.LeaseFor - time.Second)
		w.deliver(0)
		w.is(id, models.MailSending, 1)
		w.clock.Advance(time.Second)
		w.deliver(1)
		w.is(id, models.MailSent, 2)
	})
}

func TestWorkerWithoutItsLeaseRecordsNothing(t *testing.T) {
	testdb.Engines(t, func(t *testing.T, db testdb.Database) {
		w := newWorld(t, db.DB, testsmtp.NewSink(t))
		answered := make(chan struct{})
		w.sink.Always(testsmtp.Answer{Wait: answered})
		id := w.queue(w.account("ada", day), 1)[0]
		first := make(chan error)
		go func() { _, err := w.DeliverDue(context.Background()); first <- err }()
		w.until(func() bool { return w.mail(id).State == models.MailSending })
		w.update(func(tx *models.Tx) error {
			_, err := tx.ClaimMails("another", w.now().Add(2*w.LeaseFor), w.now().Add(day), 1, 0)
			return err
		})
		answered <- struct{}{}
		if err := <-first; err != nil {
			t.Error(err)
		}
		if m := w.mail(id); m.State != models.MailSending || m.LeaseID != "another" || m.Tries != 2 {
			t.Errorf("the mail is %s, lease %q, %d tries", m.State, m.LeaseID, m.Tries)
		}
	})
}

// until polls a condition.
func (w *world) until(holds func() bool) {
	w.t.Helper()
	for range 10_000 {
		if holds() {
			return
		}
		time.Sleep(time.Millisecond)
	}
	w.t.Fatal("the condition never held")
}

func TestSlowBatchIsReleasedBeforeItsLeaseExpires(t *testing.T) {
	testdb.Engines(t, func(t *testing.T, db testdb.Database) {
		w := newWorld(t, db.DB, testsmtp.NewSink(t))
		ids := w.queue(w.account("ada", day), 3)
		render := w.render
		once := sync.OnceFunc(func() { w.clock.Advance(w.LeaseFor/2 + time.Second) })
		w.render = func(m models.Mail, token string) (mailer.Rendered, error) {
			once()
			return render(m, token)
		}
		w.deliver(3)
		w.is(ids[0], models.MailSent, 1)
		for _, id := range ids[1:] {
			if m := w.is(id, models.MailWaiting, 0); m.LastTryAt != nil || m.LeaseUntil != nil {
				t.Errorf("a mail that was not begun: last try %v, lease until %v", m.LastTryAt, m.LeaseUntil)
			}
		}
		w.render = render
		w.deliver(2)
	})
}

func TestPanicInOneMailDoesNotStopBatch(t *testing.T) {
	testdb.Engines(t, func(t *testing.T, db testdb.Database) {
		w := newWorld(t, db.DB, testsmtp.NewSink(t))
		ids := w.queue(w.account("ada", day), 4)
		render := w.render
		w.render = func(m models.Mail, token string) (mailer.Rendered, error) {
			switch m.ID {
			case ids[0]:
				panic("a broken template")
			case ids[2]:
				return mailer.Rendered{}, errors.New("x.txt:3: broken")
			}
			return render(m, token)
		}
		w.deliver(4)
		for i, want := range []string{"panic: a broken template", "250", "x.txt:3: broken", "250"} {
			state := models.MailSent
			if i%2 == 0 {
				state = models.MailWaiting
			}
			if m := w.is(ids[i], state, 1); !strings.Contains(m.LastAnswer, want) {
				t.Errorf("mail %d: %q", i, m.LastAnswer)
			}
		}
	})
}

func TestInvalidRecipientFailsAtOnce(t *testing.T) {
	testkit.Parallel(t)
	w := newWorld(t, testdb.SQLite(t).DB, testsmtp.NewSink(t))
	ada := w.account("ada", day)
	m := w.notice(ada)
	ada.Email = "ada@example.com>\r\nRCPT TO:<eve@evil.example" // which no use case would have written
	w.update(func(tx *models.Tx) error { return errors.Join(tx.SaveAccount(&ada), tx.QueueMail(&m)) })
	w.deliver(1)
	w.is(m.ID, models.MailFailed, 1)
	if len(w.sink.All()) != 0 {
		t.Error("it was sent")
	}
}

func TestRetryUsesTheCorrectedAddress(t *testing.T) {
	testkit.Parallel(t)
	w := newWorld(t, testdb.SQLite(t).DB, testsmtp.NewSink(t))
	ada := w.account("ada", day)
	m := w.notice(ada)
	w.update(func(tx *models.Tx) error { return tx.QueueMail(&m) })
	w.sink.Script(testsmtp.Answer{Code: 550, Text: "no such user", At: testsmtp.AtRcpt})
	w.deliver(1)
	w.is(m.ID, models.MailFailed, 1)

	ada.Email, ada.EmailKey = "countess@example.com", "countess@example.com"
	w.update(func(tx *models.Tx) error {
		return errors.Join(tx.SaveAccount(&ada), tx.RetryMail(m.ID, w.clock.Now()))
	})
	w.deliver(1)
	if sent := w.is(m.ID, models.MailSent, 2); sent.Recipient != "countess@example.com" {
		t.Errorf("the ledger says %s", sent.Recipient)
	}
	if to := w.sink.Wait(1)[0].To; len(to) != 1 || to[0] != "countess@example.com" {
		t.Errorf("it went to %v", to)
	}
}

func TestBackoffDoublesWithJitter(t *testing.T) {
	testkit.Parallel(t)
	for tries, want := range map[int]time.Duration{
		0: time.Minute, 1: time.Minute, 2: 2 * time.Minute, 5: 16 * time.Minute, 11: 1024 * time.Minute, 12: day, 1000: day,
	} {
		different := map[time.Duration]bool{}
		for range 100 {
			pause := backoff(tries)
			between(t, pause, want*8/10, min(want*12/10, day))
			different[pause] = true
		}
		if len(different) < 10 {
			t.Errorf("%d tries: only %d different pauses", tries, len(different))
		}
	}
}
