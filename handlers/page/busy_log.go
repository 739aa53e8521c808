package page

import (
	"log/slog"
	"sync"
	"time"
)

// busyLogEvery is how often the log mentions requests that were refused because too many passwords wait.
const busyLogEvery = 10 * time.Second

// busyLog logs such refusals together: a flood would otherwise write a line for each of its requests.
type busyLog struct {
	mu      sync.Mutex
	now     func() time.Time
	log     *slog.Logger
	last    time.Time // when the log mentioned them last
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
