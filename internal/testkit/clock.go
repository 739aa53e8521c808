package testkit

import (
	"sync"
	"time"
)

// Start is the time of a new Clock: a Monday morning, in whole seconds, which both database engines store exactly.
var Start = time.Date(2026, time.March, 2, 9, 0, 0, 0, time.UTC)

// Clock shows Start until a test moves it. The zero value is ready to use. It is safe for concurrent use.
type Clock struct {
	mu     sync.Mutex
	offset time.Duration // from Start
}

// NewClock returns a clock that shows Start.
func NewClock() *Clock { return &Clock{} }

// Now returns the time in UTC.
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
