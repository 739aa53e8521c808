package jobs

import (
	"context"
	"testing"
	"time"

	"latchkey/internal/testdb"
	"latchkey/internal/testkit"
	"latchkey/internal/testsmtp"
	"latchkey/mailer"
	"latchkey/models"
)

// A mail that the server accepted just before the database became unavailable is sent once.
func TestOutcomeIsRecordedOnceTheDatabaseIsBack(t *testing.T) {
	if testing.Short() {
		t.Skip("it only takes time")
	}
	testkit.Parallel(t)
	db := testdb.PostgresDB(t)
	proxy := testkit.NewProxy(t, db.Address)
	far, err := models.OpenPostgres(proxy.Address)
	if err != nil {
		t.Fatal(err)
	}
	defer far.Close()
	w := newWorld(t, db.DB, testsmtp.NewSink(t))
	w.DB = far
	if w.settleBackoff != 100*time.Millisecond || w.longestSettleBackoff != 2*time.Second {
		t.Errorf("pauses from %s to %s", w.settleBackoff, w.longestSettleBackoff)
	}
	quicker := time.Duration(testkit.Times(10, 1))
	w.settleBackoff, w.longestSettleBackoff = w.settleBackoff/quicker, w.longestSettleBackoff/quicker
	answer, inHand := make(chan struct{}), make(chan struct{})
	w.sink.Script(testsmtp.Answer{Wait: answer, Came: inHand})
	ids := w.queue(w.account("ada", day), 3)
	ended := make(chan error)
	go func() { _, err := w.DeliverDue(context.Background()); ended <- err }()
	<-inHand
	proxy.Set(testkit.Refusing)
	close(answer)
	time.Sleep(4 * time.Second / quicker)
	proxy.Set(testkit.Passing)
	w.must(<-ended)
	for _, id := range ids {
		w.is(id, models.MailSent, 1)
	}
	if n := len(w.sink.All()); n != len(ids) {
		t.Errorf("%d mails came of %d", n, len(ids))
	}
}

// A crash at any time leaves at most ten mails that were sent and not recorded, and only one if mails take long.
func TestFewSentMailsAreUnrecorded(t *testing.T) {
	testdb.Engines(t, func(t *testing.T, db testdb.Database) {
		for _, tc := range []struct {
			name  string
			takes time.Duration // per mail
			rate  int
			most  int // unrecorded, when the next mail is about to be sent
		}{
			{"fast", 0, 0, 9},
			{"slow", time.Second, 0, 0},
			{"limited-rate", 0, 60_000, 0},
		} {
			w := newWorld(t, db.DB, testsmtp.NewSink(t), func(o *Options) { o.Rate = tc.rate })
			ids := w.queue(w.account(tc.name, day), 25)
			render, most, begun := w.render, 0, 0
			w.render = func(m models.Mail, token string) (mailer.Rendered, error) {
				recorded := 0
				for _, id := range ids {
					if w.mail(id).State == models.MailSent {
						recorded++
					}
				}
				most = max(most, begun-recorded)
				begun++
				w.clock.Advance(tc.takes)
				return render(m, token)
			}
			w.deliver(len(ids))
			if most != tc.most {
				t.Errorf("%s: up to %d sent mails were not recorded, want %d", tc.name, most, tc.most)
			}
			for _, id := range ids {
				w.is(id, models.MailSent, 1)
			}
		}
	})
}
