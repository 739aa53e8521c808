package jobs

import (
	"context"
	"testing"
	"time"

	"latchkey/internal/testdb"
	"latchkey/internal/testkit"
	"latchkey/internal/testsmtp"
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
