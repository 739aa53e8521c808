package jobs

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"latchkey/internal/testdb"
	"latchkey/internal/testkit"
	"latchkey/internal/testsmtp"
	"latchkey/models"
)

// recorder is Metrics that records its calls as text.
type recorder struct {
	mu    sync.Mutex
	calls []string
}

func (m *recorder) note(format string, values ...any) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.calls = append(m.calls, fmt.Sprintf(format, values...))
}

func (m *recorder) RoundEnded(job string, at time.Time, took time.Duration, err error) {
	m.note("%s at +%s took %s failed %t", job, at.Sub(testkit.Start), took, err != nil)
}
func (m *recorder) MailsSwept(count int) { m.note("swept %d", count) }
func (m *recorder) MailSettled(template string, state models.MailState) {
	m.note("%s %s", template, state)
}

func (m *recorder) wants(t *testing.T, want ...string) {
	t.Helper()
	m.mu.Lock()
	defer m.mu.Unlock()
	if !slices.Equal(m.calls, want) {
		t.Errorf("calls %q, want %q", m.calls, want)
	}
	m.calls = nil
}

func TestMailsAreCountedByOutcome(t *testing.T) {
	testdb.Engines(t, func(t *testing.T, db testdb.Database) {
		m := &recorder{}
		w := newWorld(t, db.DB, testsmtp.NewSink(t), func(o *Options) { o.Metrics = m })
		ada := w.account("ada", 62*day)
		w.sink.Script(testsmtp.Answer{Code: 451, Text: "later"}, testsmtp.Answer{Code: 550, Text: "never"}, testsmtp.Answer{})
		w.queue(ada, 3)
		w.deliver(3)
		m.wants(t, "aom-accountBlacklisted waiting", "aom-accountBlacklisted failed", "aom-accountBlacklisted sent")
		if _, err := w.sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		m.wants(t, "swept 1")
		w.update(func(tx *models.Tx) error { ada.DisabledAt = new(w.clock.Now()); return tx.SaveAccount(&ada) })
		w.deliver(1)
		m.wants(t, "aom-accountpasswordExpirationReminder dropped")
	})
}

// A round that panics counts as failed; one that the end of the program cut short does not count.
func TestRoundsAreMeasured(t *testing.T) {
	testkit.Parallel(t)
	m := &recorder{}
	w := newWorld(t, testdb.SQLite(t).DB, nil, func(o *Options) { o.Metrics = m })
	ctx, stop := context.WithCancel(t.Context())
	round := func(err error) func(context.Context) (bool, error) {
		return func(context.Context) (bool, error) {
			w.clock.Advance(3 * time.Second)
			return false, err
		}
	}
	for _, do := range []func(context.Context) (bool, error){
		round(nil), round(errors.New("no")), func(context.Context) (bool, error) { panic("no") },
	} {
		_, _ = w.measured(ctx, job{name: jobPurge, round: do})
	}
	m.wants(t, "tidy at +3s took 3s failed false", "tidy at +6s took 3s failed true", "tidy at +6s took 0s failed true")
	stop()
	_, _ = w.measured(ctx, job{name: jobPurge, round: round(ctx.Err())})
	m.wants(t)
}
