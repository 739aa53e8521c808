package models

import (
	"context"
	"fmt"
	"os"
	"sync/atomic"
	"time"
)

// The sizes of SQLite's write-ahead log, in bytes.
const (
	truncateLogAt = 64 << 20
	pauseLogAt    = 160 << 20 // from where on work in the background waits
)

// How many times a truncation tries, and how long each try waits for readers that began before it. Nothing is written meanwhile. SQLite waits until
// the slot of a reader is free, but new readers take it over at once: a second try finds that they are not in its way. From pauseLogAt on every tenth
// truncation makes more tries, since statements take a second on a busy machine.
const (
	readersFinish = 50 * time.Millisecond
	usualTries    = 4
	patientTries  = 40
	patientEvery  = 10
)

const longestPause = time.Minute

// writeAheadLog keeps SQLite's log short. SQLite moves its content to the database file at each commit, but starts it anew only at a
// commit without readers, which may never come.
type writeAheadLog struct {
	path              string
	longest, pausesAt int64        // truncateLogAt and pauseLogAt, except in tests
	tries             int          // usualTries, except in tests
	next              atomic.Int64 // the size at which it is truncated
	attempts          atomic.Int64 // since the last one that succeeded
	stuckAt           atomic.Int64 // how many pages were moved when the last one with more tries failed
}

func newWriteAheadLog(database string) *writeAheadLog {
	return &writeAheadLog{path: database + "-wal", longest: truncateLogAt, pausesAt: pauseLogAt, tries: usualTries}
}

func (l *writeAheadLog) size() int64 {
	file, err := os.Stat(l.path)
	if err != nil {
		return 0 // which is created with the first change
	}
	return file.Size()
}

// shortenLog truncates SQLite's log if it is long. The caller has entered the writer. If readers are in the way for long, the log is left as
// it is: the next commits try again.
func (db *DB) shortenLog() {
	if db.log == nil {
		return
	}
	size := db.log.size()
	if size < max(db.log.longest, db.log.next.Load()) {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), othersWrite)
	defer cancel()
	db.log.next.Store(size + db.log.longest/4)
	tries := db.log.tries
	if db.log.attempts.Add(1)%patientEvery == 0 && size >= db.log.pausesAt {
		tries = patientTries
	}
	if truncated, err := db.truncateLog(ctx, tries); err == nil && truncated {
		db.log.next.Store(0)
		db.log.attempts.Store(0)
		db.log.stuckAt.Store(0)
	}
}

// truncateLog reports whether readers that were in the way finished soon enough. It makes no more tries than usual for a reader that was in the way of
// many tries before, such as a backup.
func (db *DB) truncateLog(ctx context.Context, tries int) (truncated bool, err error) {
	conn, err := db.writerSQL.Conn(ctx)
	if err != nil {
		return false, err
	}
	defer func() { _ = conn.Close() }()
	if _, err := conn.ExecContext(ctx, busyTimeout(readersFinish)); err != nil {
		return false, err
	}
	defer func() { _, _ = conn.ExecContext(context.WithoutCancel(ctx), busyTimeout(db.busyTimeout)) }()
	for try := range tries {
		var busy int
		var pages, moved int64
		err := conn.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &pages, &moved)
		if err != nil || busy == 0 {
			return err == nil, err
		}
		if tries == patientTries && (try+1 == tries || try+1 >= usualTries && moved == db.log.stuckAt.Load()) {
			db.log.stuckAt.Store(moved)
			break
		}
	}
	return false, nil
}

func busyTimeout(longest time.Duration) string {
	return fmt.Sprintf("PRAGMA busy_timeout(%d)", longest.Milliseconds())
}

// AwaitLog delays work in the background, for a minute at most, while a reader that takes long, such as a backup, keeps SQLite's log from being
// truncated.
func (db *DB) AwaitLog(ctx context.Context) error {
	waiting, cancel := context.WithTimeout(ctx, longestPause)
	defer cancel()
	for db.log != nil && db.log.size() >= db.log.pausesAt {
		leave, err := db.enterWriter(ctx)
		if err != nil {
			return err
		}
		db.log.next.Store(0)
		if leave(); db.log.size() < db.log.pausesAt { // which has truncated it
			return nil
		}
		select {
		case <-waiting.Done():
			return ctx.Err()
		case <-time.After(time.Second):
		}
	}
	return nil
}
