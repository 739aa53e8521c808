package core

import (
	"context"
	"sync"
	"time"
)

// patience is how long a request may still wait for its turn, in all queues together.
type patience struct {
	mu   sync.Mutex
	left time.Duration
	now  func() time.Time
}

type patienceKey struct{}

// WithPatience lets a request wait for its turn for so long in all, unless it has a bound already. What it does when its turn has come does not
// count.
func WithPatience(ctx context.Context, longest time.Duration, now func() time.Time) context.Context {
	if ctx.Value(patienceKey{}) != nil {
		return ctx
	}
	return context.WithValue(ctx, patienceKey{}, &patience{left: longest, now: now})
}

// Wait returns a context in which a request waits for its turn. It ends, with a [BusyError] as its cause, when the request has waited for as long as
// it may. The caller calls done when the wait is over.
func Wait(ctx context.Context) (waiting context.Context, done func()) {
	p, bounded := ctx.Value(patienceKey{}).(*patience)
	if !bounded {
		return ctx, func() {}
	}
	p.mu.Lock()
	left := p.left
	p.mu.Unlock()
	began := p.now()
	waiting, cancel := context.WithTimeoutCause(ctx, left, BusyError{RetryAfter: BusyRetryAfter, TimedOut: true})
	return waiting, func() {
		cancel()
		p.mu.Lock()
		p.left -= p.now().Sub(began)
		p.mu.Unlock()
	}
}

// BusyRetryAfter is how long a client should wait that a queue has refused.
const BusyRetryAfter = 5 * time.Second
