package jobs

import (
	"testing"
	"time"

	"latchkey/internal/testdb"
	"latchkey/internal/testkit"
	"latchkey/internal/testsmtp"
	"latchkey/mailer"
	"latchkey/models"
)

func TestAnswersOfFailedTriesAreKept(t *testing.T) {
	testdb.Engines(t, func(t *testing.T, db testdb.Database) {
		w := newWorld(t, db.DB, testsmtp.NewSink(t))
		id := w.queue(w.account("ada", day), 1)[0]
		w.sink.Script(testsmtp.Answer{Code: 451, Text: "greylisted"}, testsmtp.Answer{Code: 550, Text: "unknown user"})
		first := w.clock.Now()
		w.deliver(1)
		w.clock.Advance(2 * time.Minute)
		second := w.clock.Now()
		w.deliver(1)
		w.is(id, models.MailFailed, 2)
		w.update(func(tx *models.Tx) error { return tx.RetryMail(id, w.clock.Now()) })
		w.deliver(1)
		w.is(id, models.MailSent, 3)
		tries, err := w.db.Read(t.Context()).MailTries(id)
		if err != nil || len(tries) != 2 {
			t.Fatalf("%+v, %v", tries, err)
		}
		for i, want := range []models.MailTry{
			{Number: 1, At: first, Answer: "451 4.0.0 greylisted"}, {Number: 2, At: second, Answer: "550 5.0.0 unknown user"},
		} {
			if got := tries[i]; got.Number != want.Number || !got.At.Equal(want.At) || got.Answer != want.Answer {
				t.Errorf("got %+v, want %+v", got, want)
			}
		}
	})
}

func TestMailOutageIsRecordedUntilAConnectionSucceeds(t *testing.T) {
	testdb.Engines(t, func(t *testing.T, db testdb.Database) {
		sink := testsmtp.NewSink(t)
		w := newWorld(t, db.DB, sink)
		well := w.mailer()
		w.Mailer = w.unreachable()
		w.queue(w.account("ada", day), 1)
		since := w.clock.Now()
		trouble := func() models.MailOutage {
			t.Helper()
			trouble, err := db.Read(t.Context()).MailOutage()
			w.must(err)
			return trouble
		}
		for range 2 {
			if _, err := w.DeliverDue(t.Context()); err == nil {
				t.Fatal("no error of a server that is away")
			}
			if got := trouble(); !got.Since.Equal(since) || !got.LastAt.Equal(w.clock.Now()) || got.Answer == "" {
				t.Errorf("got %+v, want it since %v", got, since)
			}
			w.clock.Advance(5 * time.Minute)
		}
		w.Mailer = well
		w.deliver(1)
		if got := trouble(); !got.Since.IsZero() {
			t.Errorf("got %+v of a server that is back", got)
		}
	})
}

func TestMailsWaitingForTheServerAreDueOnceItIsBack(t *testing.T) {
	testdb.Engines(t, func(t *testing.T, db testdb.Database) {
		sink := testsmtp.NewSink(t)
		w := newWorld(t, db.DB, sink)
		well := w.mailer()
		greylisted := w.queue(w.account("ada", day), 1)[0]
		sink.Script(testsmtp.Answer{Code: 451})
		w.deliver(1)
		db.Exec(t, "UPDATE mails SET next_try_at = '2027-01-01 00:00:00+00:00'")
		before := w.mail(greylisted).NextTryAt
		w.Mailer = w.unreachable()
		waiting := w.queue(w.account("bob", day), 2)
		for range 5 { // after which the pauses are longer than the looks
			w.clock.Advance(30 * time.Minute)
			if _, err := w.DeliverDue(t.Context()); err == nil {
				t.Fatal("no error of a server that is away")
			}
		}
		look := func(wait time.Duration) (trouble models.MailOutage) {
			t.Helper()
			w.clock.Advance(wait)
			_, err := w.probe(t.Context())
			w.must(err)
			trouble, err = db.Read(t.Context()).MailOutage()
			w.must(err)
			return trouble
		}
		noted := look(0)
		if got := look(w.ProbeEvery - time.Second); !got.LastAt.Equal(noted.LastAt) {
			t.Error("it was asked again at once")
		}
		if got := look(time.Second); !got.LastAt.Equal(w.clock.Now()) || !got.Since.Equal(noted.Since) {
			t.Errorf("got %+v of a server that is still away since %v", got, noted.Since)
		}
		w.Mailer = well
		if got := look(w.ProbeEvery); !got.Since.IsZero() {
			t.Errorf("got %+v of a server that is back", got)
		}
		for _, id := range waiting {
			if m := w.is(id, models.MailWaiting, 5); !m.NextTryAt.Equal(w.clock.Now()) {
				t.Errorf("what waited for the server is due at %v, not now", m.NextTryAt)
			}
		}
		if m := w.mail(greylisted); !m.NextTryAt.Equal(before) {
			t.Error("what the server itself put off is hastened too")
		}
	})
}

// unreachable returns a mailer whose server closes every connection at once.
func (w *world) unreachable() *mailer.Mailer {
	up := w.sink.Addr
	defer func() { w.sink.Addr = up }()
	w.sink.Addr, _ = unreachableServer(w.t)
	return w.mailer()
}

func TestClosedConnectionDoesNotCountAsATry(t *testing.T) {
	testkit.Parallel(t)
	for name, answer := range map[string]testsmtp.Answer{
		"cut": {Drop: true, At: testsmtp.AtMail}, "421": {Code: 421, At: testsmtp.AtMail}, "421 later": {Code: 421, At: testsmtp.AtRcpt},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, testdb.SQLite(t).DB, testsmtp.NewSink(t))
			ids := w.queue(w.account("ada", day), 3)
			w.sink.Script(testsmtp.Answer{}, answer)
			w.deliver(3)
			for _, id := range ids {
				w.is(id, models.MailSent, 1)
			}
			if n := w.sink.Connections(); n != 2 {
				t.Errorf("%d connections, want a second one", n)
			}
			w.queue(w.account("bob", day), 10)
			w.sink.Always(answer)
			if _, err := w.DeliverDue(t.Context()); err == nil {
				t.Error("a server that hangs up on everybody is no trouble")
			}
			if n := w.sink.Connections(); n != 3 {
				t.Errorf("%d connections: a server that hangs up on a new one is called again and again", n)
			}
		})
	}
}

func TestBatchesAreLimitedByConnections(t *testing.T) {
	testdb.Engines(t, func(t *testing.T, db testdb.Database) {
		w := newWorld(t, db.DB, testsmtp.NewSink(t), func(o *Options) {
			o.BatchSize, o.Connections, o.PollEvery = 1, 3, time.Hour
		})
		answer := make(chan struct{})
		w.sink.Always(testsmtp.Answer{Wait: answer})
		w.queue(w.account("ada", day), 7)
		defer w.running()()
		sending := func() int { return db.Count(t, "SELECT count(*) FROM mails WHERE state = 'sending'") }
		for w.sink.Connections() < 3 {
			time.Sleep(time.Millisecond)
		}
		if n := sending(); n != 3 || w.sink.Connections() != 3 {
			t.Errorf("%d mails are in hand over %d connections, want 3 over 3", n, w.sink.Connections())
		}
		close(answer)
		w.sink.Wait(7)
	})
}

func TestMailsBeyondTheRateAreReleasedWithoutATry(t *testing.T) {
	testdb.Engines(t, func(t *testing.T, db testdb.Database) {
		w := newWorld(t, db.DB, testsmtp.NewSink(t), func(o *Options) { o.Rate, o.LeaseFor = 1, time.Minute })
		ids := w.queue(w.account("ada", day), 2)
		w.deliver(1)
		w.deliver(0)
		w.is(ids[0], models.MailSent, 1)
		w.is(ids[1], models.MailWaiting, 0)
	})
}

func TestStaleReminderIsDroppedBeforeSend(t *testing.T) {
	testkit.Parallel(t)
	w := newWorld(t, testdb.SQLite(t).DB, testsmtp.NewSink(t), func(o *Options) { o.Rate = 600 })
	ada := w.account("ada", day)
	ids := w.queue(ada, 2)
	render := w.render
	w.render = func(m models.Mail, token string) (mailer.Rendered, error) {
		if m.ID == ids[1] { // which is judged by now, and waits for its turn
			ada.DisabledAt = new(w.clock.Now())
			w.update(func(tx *models.Tx) error { return tx.SaveAccount(&ada) })
			w.clock.Advance(2 * time.Second)
		}
		return render(m, token)
	}
	w.deliver(2)
	w.is(ids[0], models.MailSent, 1)
	w.is(ids[1], models.MailDropped, 1)
}

func TestBatchSizeFitsTheRate(t *testing.T) {
	testkit.Parallel(t)
	for _, c := range []struct{ rate, connections, want int }{
		{0, 1, 100}, {1, 1, 1}, {30, 1, 30}, {30, 2, 15}, {30, 50, 1}, {100_000, 2, 100},
	} {
		r := Runner{Options: Options{Rate: c.rate, Connections: c.connections, LeaseFor: 2 * time.Minute, BatchSize: 100}}
		if got := r.batchSize(); got != c.want {
			t.Errorf("%d mails a minute over %d connections: batches of %d, want %d", c.rate, c.connections, got, c.want)
		}
	}
}

func TestRateIsSpreadEvenly(t *testing.T) {
	testkit.Parallel(t)
	p := newRateLimiter(1200)
	start := time.Now()
	for range 5 {
		if !waitForTurn(t.Context(), p, time.Second) {
			t.Fatal("no turn within a second")
		}
	}
	if took := time.Since(start); took < 4*50*time.Millisecond {
		t.Errorf("five turns of 1200 a minute took %s", took)
	}
	none := newRateLimiter(0)
	for range 2 {
		if !waitForTurn(t.Context(), none, time.Second) {
			t.Error("without a rate there is no turn")
		}
	}
}
