package models_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"latchkey/internal/testdb"
	"latchkey/internal/testkit"
	"latchkey/models"
)

// logOf returns the size of SQLite's log.
func (f *fixture) logOf() int64 {
	f.Helper()
	file, err := os.Stat(f.Address + "-wal")
	if err != nil {
		f.Fatal(err)
	}
	return file.Size()
}

// fillLog writes many mails, and returns the longest log on the way.
func (f *fixture) fillLog(mails int) (longest int64) {
	f.Helper()
	for range mails {
		f.mail(models.Mail{TextBody: strings.Repeat("x", 20_000)})
		longest = max(longest, f.logOf())
	}
	return longest
}

// TestLogStaysShortWhileOthersRead without a pause, so that no commit finds the database without readers.
func TestLogStaysShortWhileOthersRead(t *testing.T) {
	testkit.Parallel(t)
	f := &fixture{TB: t, Database: testdb.SQLite(t)}
	f.LimitLog(1<<20, 8<<20)
	f.fillLog(1)
	stop := f.keepReading(3, 10*time.Millisecond)
	longest := f.fillLog(300)
	stop()
	if longest > 3<<20 {
		t.Errorf("the log grew to %d bytes", longest)
	}
}

// TestLongReaderDelaysWorkInTheBackground only: people's changes are written, and the log is truncated when the reader ends.
func TestLongReaderDelaysWorkInTheBackground(t *testing.T) {
	testkit.Parallel(t)
	f := &fixture{TB: t, Database: testdb.SQLite(t)}
	f.LimitLog(1<<20, 2<<20)
	reading, end, ended := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		ended <- f.Snapshot(t.Context(), func(tx *models.Tx) error {
			_, err := tx.ListMails(models.MailFilter{Limit: 10})
			close(reading)
			<-end
			return err
		})
	}()
	<-reading
	if longest := f.fillLog(110); longest < 2<<20 {
		t.Fatalf("the log has %d bytes, as if there were no reader", longest)
	}
	short, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if err := f.AwaitLog(short); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("work in the background goes on: %v", err)
	}
	close(end)
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if err := f.AwaitLog(t.Context()); err != nil || f.logOf() >= 2<<20 {
		t.Errorf("afterwards the log has %d bytes: %v", f.logOf(), err)
	}
}

// TestLogIsTruncatedBetweenSlowReaders: when no truncation is patient enough for readers, one in ten is. They hand on the slot that it waits for.
func TestLogIsTruncatedBetweenSlowReaders(t *testing.T) {
	testkit.Parallel(t)
	f := &fixture{TB: t, Database: testdb.SQLite(t)}
	f.LimitLog(64<<10, 256<<10)
	f.HurryLog()
	stop := f.keepReading(2, 150*time.Millisecond)
	longest := f.fillLog(40) // some 60 KB each
	stop()
	if longest > 1<<20 {
		t.Errorf("the log grew to %d bytes", longest)
	}
}

// keepReading lets a number of readers read, each for some time again and again, so that one reads at every moment.
func (f *fixture) keepReading(count int, long time.Duration) (stop func()) {
	ctx, cancel := context.WithCancel(f.Context())
	var readers sync.WaitGroup
	for i := range count {
		readers.Go(func() {
			time.Sleep(time.Duration(i) * long / time.Duration(count))
			for ctx.Err() == nil {
				err := f.Snapshot(ctx, func(tx *models.Tx) error {
					_, err := tx.ListMails(models.MailFilter{Limit: 10})
					time.Sleep(long)
					return err
				})
				if err != nil && ctx.Err() == nil {
					f.Error(err)
				}
			}
		})
	}
	return func() {
		cancel()
		readers.Wait()
	}
}
