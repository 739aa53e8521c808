package testkit

import (
	"sync"
	"time"
)

// Start is when every Clock begins: a Monday morning, in whole seconds, so that
// both database engines give it back as it was.
var Start = time.Date(2026, time.March, 2, 9, 0, 0, 0, time.UTC)

// Clock stands still at Start until a test moves it. The zero value is ready;
// its Now is what the program takes as its clock. Safe for concurrent use.
type Clock struct {
	mu     sync.Mutex
	offset time.Duration // from Start
}

// NewClock returns a clock that stands at Start.
func NewClock() *Clock { return &Clock{} }

// Now is the time the clock shows, in UTC.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return Start.Add(c.offset)
}

// Advance moves the clock by d, which may be negative, and returns the new time.
func (c *Clock) Advance(d time.Duration) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.offset += d
	return Start.Add(c.offset)
}

// Set moves the clock to t.
func (c *Clock) Set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.offset = t.Sub(Start)
}
