package page

import (
	"log/slog"
	"sync"
	"time"
)

// busyLogEvery is how often requests are logged that were refused because too many passwords were waiting to be hashed.
const busyLogEvery = 10 * time.Second

// busyLog logs these refusals together, so that a flood does not write a line for each request.
type busyLog struct {
	mu      sync.Mutex
	now     func() time.Time
	log     *slog.Logger
	last    time.Time // when they were last logged
	refused int       // since then
}

func (b *busyLog) note() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.refused++
	now := b.now()
	if age := now.Sub(b.last); age >= 0 && age < busyLogEvery {
		return
	}
	b.log.Warn("requests refused, too many passwords are waiting", "requests", b.refused)
	b.last, b.refused = now, 0
}
