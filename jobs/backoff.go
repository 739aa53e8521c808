package jobs

import (
	"encoding/binary"
	"io"
	"time"
)

// The pauses between tries to send a mail.
const (
	firstBackoff   = time.Minute
	longestBackoff = 24 * time.Hour
)

// backoff returns the pause after a number of tries. It doubles each time, ± 20 %, so that mails that failed together are not
// tried together. Its unit is microseconds, like times in the tables.
func (r *Runner) backoff(tries int) time.Duration {
	pause := min(firstBackoff<<min(max(tries-1, 0), 11), longestBackoff)
	spread := pause * 2 / 5
	pause += time.Duration(r.random(uint64(spread))) - spread/2 //nolint:gosec // less than a pause
	return min(pause, longestBackoff).Truncate(time.Microsecond)
}

// random returns a number below n.
func (r *Runner) random(n uint64) uint64 {
	var raw [8]byte
	if _, err := io.ReadFull(r.Random, raw[:]); err != nil {
		return n / 2
	}
	return binary.BigEndian.Uint64(raw[:]) % n
}
