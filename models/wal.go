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

// How long a truncation waits for readers that began before it, while nothing is written. When work in the background waits, too, every tenth waits
// longer: on a busy machine no moment may come at which all readers are that quick.
const (
	readersFinish     = 200 * time.Millisecond
	slowReadersFinish = 2 * time.Second
	slowTry           = 10
)

const longestPause = time.Minute

// writeAheadLog keeps SQLite's log short. SQLite moves its content to the database file at each commit, but starts it anew only at a
// commit without readers, which may never come.
type writeAheadLog struct {
	path              string
	longest, pausesAt int64        // truncateLogAt and pauseLogAt, but in tests
	next              atomic.Int64 // the size at which it is truncated
	tries             atomic.Int64 // in vain, since it was last truncated
}

func newWriteAheadLog(database string) *writeAheadLog {
	return &writeAheadLog{path: database + "-wal", longest: truncateLogAt, pausesAt: pauseLogAt}
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
	patience := readersFinish
	if db.log.tries.Add(1)%slowTry == 0 && size >= db.log.pausesAt {
		patience = slowReadersFinish
	}
	if truncated, err := db.truncateLog(ctx, patience); err == nil && truncated {
		db.log.next.Store(0)
		db.log.tries.Store(0)
	}
}

// truncateLog reports whether readers that were in the way finished soon enough.
func (db *DB) truncateLog(ctx context.Context, patience time.Duration) (truncated bool, err error) {
	conn, err := db.writerSQL.Conn(ctx)
	if err != nil {
		return false, err
	}
	defer func() { _ = conn.Close() }()
	wait := func(longest time.Duration) error {
		_, err := conn.ExecContext(ctx, fmt.Sprintf("PRAGMA busy_timeout(%d)", longest.Milliseconds()))
		return err
	}
	if err := wait(patience); err != nil {
		return false, err
	}
	defer func() { _ = wait(db.busyTimeout) }()
	var busy, pages, moved int
	err = conn.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &pages, &moved)
	return busy == 0, err
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
