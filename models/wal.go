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

// How often a truncation tries, while nothing is written, and how long each try waits for readers that began before it. SQLite waits for the places
// of such readers, which new ones take at once: a second try finds that these are no longer in its way. When work in the background waits, too,
// every tenth truncation tries more often, since on a busy machine statements take a second.
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
	longest, pausesAt int64        // truncateLogAt and pauseLogAt, but in tests
	usualTries        int          // but in tests
	next              atomic.Int64 // the size at which it is truncated
	inVain            atomic.Int64 // truncations, since the last that was not
}

func newWriteAheadLog(database string) *writeAheadLog {
	return &writeAheadLog{path: database + "-wal", longest: truncateLogAt, pausesAt: pauseLogAt, usualTries: usualTries}
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
	tries := db.log.usualTries
	if db.log.inVain.Add(1)%patientEvery == 0 && size >= db.log.pausesAt {
		tries = patientTries
	}
	if truncated, err := db.truncateLog(ctx, tries); err == nil && truncated {
		db.log.next.Store(0)
		db.log.inVain.Store(0)
	}
}

// truncateLog reports whether readers that were in the way finished soon enough.
func (db *DB) truncateLog(ctx context.Context, tries int) (truncated bool, err error) {
	conn, err := db.writerSQL.Conn(ctx)
	if err != nil {
		return false, err
	}
	defer func() { _ = conn.Close() }()
	wait := func(longest time.Duration) error {
		_, err := conn.ExecContext(ctx, fmt.Sprintf("PRAGMA busy_timeout(%d)", longest.Milliseconds()))
		return err
	}
	if err := wait(readersFinish); err != nil {
		return false, err
	}
	defer func() { _ = wait(db.busyTimeout) }()
	for range tries {
		var busy, pages, moved int
		err := conn.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &pages, &moved)
		if err != nil || busy == 0 {
			return err == nil, err
		}
	}
	return false, nil
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
