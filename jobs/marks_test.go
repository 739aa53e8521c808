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

// TestMarksWaitForTheDatabase: a mail that the server took just before the database went away goes once, and is marked when
// that is back after several attempts.
func TestMarksWaitForTheDatabase(t *testing.T) {
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
	if w.marks.again != 100*time.Millisecond || w.marks.seldom != 2*time.Second {
		t.Errorf("attempts are made %s to %s after the one before", w.marks.again, w.marks.seldom)
	}
	quicker := time.Duration(testkit.Times(10, 1))
	w.marks.again, w.marks.seldom = w.marks.again/quicker, w.marks.seldom/quicker
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
