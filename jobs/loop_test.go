package jobs

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"latchkey/internal/testdb"
	"latchkey/internal/testkit"
	"latchkey/internal/testsmtp"
	"latchkey/models"
)

// run starts a runner. The returned function stops it and waits.
func run(t *testing.T, r *Runner) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- r.Run(ctx) }()
	return sync.OnceFunc(func() {
		t.Helper()
		cancel()
		select {
		case err := <-ended:
			if err != nil {
				t.Errorf("Run returned %v", err)
			}
		case <-time.After(10 * time.Second):
			t.Error("Run does not end")
		}
	})
}

func TestWakeStartsDeliveryAtOnce(t *testing.T) {
	testdb.Engines(t, func(t *testing.T, db testdb.Database) {
		w := newWorld(t, db.DB, testsmtp.NewSink(t), func(o *Options) { o.PollEvery, o.SweepEvery = time.Hour, time.Hour })
		ada := w.account("ada", day)
		defer w.running()()
		for i := range 3 {
			w.queue(ada, 1)
			w.Wake()
			w.sink.Wait(i + 1)
		}
	})
}

func TestSweepStartsDeliveryAtOnce(t *testing.T) {
	testkit.Parallel(t)
	w := newWorld(t, testdb.SQLite(t).DB, testsmtp.NewSink(t), func(o *Options) { o.PollEvery = time.Hour })
	w.account("ada", 70*day)
	defer w.running()()
	w.sink.Wait(1)
}

func TestFullBatchesFollowWithoutAPause(t *testing.T) {
	testkit.Parallel(t)
	w := newWorld(t, testdb.SQLite(t).DB, testsmtp.NewSink(t), func(o *Options) { o.PollEvery, o.BatchSize = time.Hour, 3 })
	w.queue(w.account("ada", day), 10)
	defer w.running()()
	w.sink.Wait(10)
}

// slowSecond queues three mails to a server that accepts the first and answers to the second once something is sent on answer.
// begun is closed when the server has the second.
func (w *world) slowSecond() (ids []string, begun <-chan struct{}, answer chan struct{}) {
	ids, answer = w.queue(w.account("ada", day), 3), make(chan struct{})
	inHand := make(chan struct{})
	w.sink.Script(testsmtp.Answer{}, testsmtp.Answer{Wait: answer, Came: inHand})
	return ids, inHand, answer
}

// The current mail is given up after the grace period.
func TestShutdownReleasesMailsThatWereNotBegun(t *testing.T) {
	testdb.Engines(t, func(t *testing.T, db testdb.Database) {
		w := newWorld(t, db.DB, testsmtp.NewSink(t))
		ids, begun, _ := w.slowSecond()
		stop := w.running()
		<-begun
		stop()
		w.is(ids[0], models.MailSent, 1)
		if m := w.is(ids[1], models.MailWaiting, 1); !strings.Contains(m.LastAnswer, "stopped") {
			t.Errorf("answer %q", m.LastAnswer)
		}
		if m := w.is(ids[2], models.MailWaiting, 0); m.LastTryAt != nil || m.LastAnswer != "" {
			t.Errorf("a mail that was not begun: last try %v, answer %q", m.LastTryAt, m.LastAnswer)
		}
	})
}

func TestShutdownFinishesTheCurrentMail(t *testing.T) {
	testdb.Engines(t, func(t *testing.T, db testdb.Database) {
		w := newWorld(t, db.DB, testsmtp.NewSink(t), func(o *Options) { o.Grace = time.Minute })
		ids, begun, answer := w.slowSecond()
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { _, err := w.DeliverDue(ctx); ended <- err }()
		<-begun
		cancel()
		answer <- struct{}{}
		if err := <-ended; err != nil {
			t.Error(err)
		}
		w.is(ids[0], models.MailSent, 1)
		w.is(ids[1], models.MailSent, 1)
		w.is(ids[2], models.MailWaiting, 0)
	})
}

func TestFailingJobIsLoggedAndRetried(t *testing.T) {
	testkit.Parallel(t)
	var log strings.Builder
	w := newWorld(t, testdb.SQLite(t).DB, nil, func(o *Options) { o.Log = slog.New(slog.NewTextHandler(&log, nil)) })
	ctx, cancel := context.WithCancel(t.Context())
	rounds := 0
	w.loop(ctx, job{name: "trouble", every: time.Millisecond, round: func(context.Context) (bool, error) {
		switch rounds++; rounds {
		case 1:
			panic("at the first round")
		case 2:
			return true, errors.New("at the second round")
		case 3:
			return true, nil
		default:
			cancel()
			return false, ctx.Err()
		}
	}})
	if rounds != 4 || strings.Count(log.String(), "level=ERROR") != 2 || !strings.Contains(log.String(), "at the first round") ||
		!strings.Contains(log.String(), "at the second round") {
		t.Errorf("%d rounds; log:\n%s", rounds, log.String())
	}
}

func TestPausesGrowAfterFailures(t *testing.T) {
	testkit.Parallel(t)
	for _, tc := range []struct {
		every    time.Duration
		failures int
		want     time.Duration
	}{
		{5 * time.Second, 1, 5 * time.Second}, {5 * time.Second, 3, 20 * time.Second}, {5 * time.Second, 100, time.Minute},
		{10 * time.Minute, 1, 10 * time.Minute}, {10 * time.Minute, 5, 10 * time.Minute},
	} {
		if got := pauseAfter(tc.every, tc.failures); got != tc.want {
			t.Errorf("%s after %d failures: %s, want %s", tc.every, tc.failures, got, tc.want)
		}
	}
}

func TestUnavailableDatabaseIsAnError(t *testing.T) {
	testkit.Parallel(t)
	w := newWorld(t, testdb.SQLite(t).DB, testsmtp.NewSink(t))
	gone := testdb.SQLite(t).Again(t)
	gone.Close()
	w.DB = gone
	if n, err := w.DeliverDue(t.Context()); n != 0 || err == nil {
		t.Errorf("%d, %v", n, err)
	}
	defer w.running()()
}
