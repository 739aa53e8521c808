package ratelimit

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"latchkey/accounts/core"
	"latchkey/models"
)

// Limiter limits failed attempts per client network, see [core.ClientKey]. Failures are kept in the database, so that replicas
// share them within [freshFor]. An attempt in flight counts as failed until it has succeeded, in this process only; so n
// replicas may admit, once, what each of them has in flight.
//
// An attempt that finds no room waits for those in flight, and is refused only if they fail: an office behind one address may
// sign in all at once. A Limiter is safe for concurrent use.
type Limiter struct {
	core        *core.Core
	perMinute   int           // 0 = no limit
	burst       int           // failures that are accepted at once
	failureLife time.Duration // how long a failure counts

	mu      sync.Mutex
	clients map[string]*client
	purged  time.Time // when unused entries were last removed
}

// New makes a limiter of failed attempts per minute and network; 0 = no limit.
func New(c *core.Core, perMinute int) *Limiter {
	return &Limiter{
		core: c, perMinute: perMinute, burst: 2 * perMinute, failureLife: time.Minute / time.Duration(max(perMinute, 1)),
		clients: map[string]*client{},
	}
}

// client is what this process knows of a network.
type client struct {
	clearAt  time.Time // when all of its failures are forgotten
	readAt   time.Time // when clearAt was read from the database
	warnedAt time.Time // when the log last mentioned it
	inFlight int
	queue    []chan error // waiting attempts; nil admits one
	users    int          // attempts in flight, waiting, or about to be
}

// maxQueued is how many attempts of a network may wait; further ones are refused.
const maxQueued = 256

// freshFor is how long an answer of the database about a network is used. Failures in this process are known at once.
const freshFor = time.Second

// Do runs an attempt from the IP address, after waiting for room until ctx ends. Its error counts as a failure of the network if
// the client is at fault, see [IsFault]. A [core.TooManyError] means that too many have failed already, and a [core.BusyError]
// that too many are waiting; neither counts.
func (l *Limiter) Do(ctx context.Context, address string, attempt func(context.Context) error) error {
	return l.run(ctx, address, attempt, IsFault)
}

// Count is [Limiter.Do] for a request that counts as a failure of the network also if it succeeds.
func (l *Limiter) Count(ctx context.Context, address string, request func(context.Context) error) error {
	return l.run(ctx, address, request, func(err error) bool { return err == nil || IsFault(err) })
}

func (l *Limiter) run(ctx context.Context, address string, attempt func(context.Context) error, counts func(error) bool) error {
	if l.perMinute <= 0 {
		return attempt(ctx)
	}
	key := core.ClientKey(address)
	if err := l.acquire(ctx, key); err != nil {
		return err
	}
	failed := false
	defer func() { l.release(ctx, key, failed) }() // also after a panic
	err := attempt(ctx)
	failed = counts(err)
	return err
}

// IsFault reports whether the client is at fault for an error: what was sent is wrong, or it took longer than a request may. A full
// queue is not the client's fault.
func IsFault(err error) bool {
	var invalid *core.ValidationError
	var busy core.BusyError
	timedOut := errors.Is(err, context.DeadlineExceeded) || errors.As(err, &busy) && busy.TimedOut
	return timedOut || errors.As(err, &invalid) ||
		errors.Is(err, core.ErrSignIn) || errors.Is(err, core.ErrNotFound) || errors.Is(err, core.ErrAddress)
}

// PurgeExpired removes failures that no longer count.
func (l *Limiter) PurgeExpired(tx *models.Tx) error { return tx.DeleteAddressFailures(l.core.Now()) }

// Attempts returns how many attempts from the IP address are in flight or waiting, in this process.
func (l *Limiter) Attempts(address string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	if c := l.clients[core.ClientKey(address)]; c != nil {
		return c.users
	}
	return 0
}

// acquire waits for room until ctx ends.
func (l *Limiter) acquire(ctx context.Context, key string) (err error) {
	// Hold the entry while querying, so that concurrent failures are counted.
	fresh := false
	l.update(key, func(c *client) { c.users++; fresh = c.fresh(l.core.Now()) })
	defer func() {
		if err != nil {
			l.update(key, func(c *client) { c.users-- })
		}
	}()
	if !fresh {
		at := l.core.Now()
		clearAt, err := l.core.DB.Read(ctx).FailuresForgottenAt(key)
		if err != nil {
			return err
		}
		l.update(key, func(c *client) { c.readAt = at; c.extend(clearAt) })
	}
	verdict := make(chan error, 1)
	l.update(key, func(c *client) {
		if len(c.queue) >= maxQueued {
			verdict <- core.BusyError{RetryAfter: core.BusyRetryAfter}
			return
		}
		c.queue = append(c.queue, verdict)
	})
	waiting, done := core.Wait(ctx)
	defer done()
	select {
	case err := <-verdict:
		return err
	case <-waiting.Done():
		l.update(key, func(c *client) { c.abandon(verdict) })
		return context.Cause(waiting)
	}
}

// release gives the room back. A failure is recorded first, also if the client has gone.
func (l *Limiter) release(ctx context.Context, key string, failed bool) {
	var clearAt time.Time
	if failed {
		ctx, cancel := core.Detached(ctx)
		defer cancel()
		err := l.core.DB.Update(ctx, func(tx *models.Tx) (err error) {
			clearAt, err = tx.AddFailure(key, l.core.Now(), l.failureLife)
			return err
		})
		if err != nil {
			l.core.Log.Error("recording a failed attempt failed", "client_network", key, "error", err)
		}
	}
	l.update(key, func(c *client) { c.users--; c.inFlight--; c.extend(clearAt) })
}

// update changes the entry of a network, and admits the waiting attempts that there is room for then. If failures alone have reached
// the limit, all of them are refused.
func (l *Limiter) update(key string, change func(*client)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	c, now := l.clients[key], l.core.Now()
	if c == nil {
		c = &client{}
		l.clients[key] = c
	}
	change(c)
	remaining := c.clearAt.Sub(now)
	counting := (max(remaining, 0) + l.failureLife - 1) / l.failureLife // failures, rounded up
	free := l.burst - int(counting)
	if free < 1 && len(c.queue) > 0 {
		if now.Sub(c.warnedAt) >= time.Minute {
			c.warnedAt = now
			l.core.Log.Warn("sign-in rate limit reached", "client_network", key, "failures_per_minute", l.perMinute)
		}
		refused := core.TooManyError{RetryAfter: remaining - time.Duration(l.burst-1)*l.failureLife}
		for _, waiting := range c.queue {
			waiting <- refused
		}
		c.queue = nil
	}
	for len(c.queue) > 0 && c.inFlight < free {
		c.queue[0] <- nil
		c.queue = c.queue[1:]
		c.inFlight++
	}
	if now.Sub(l.purged) < freshFor {
		return
	}
	l.purged = now
	for key, c := range l.clients {
		if c.users == 0 && !c.fresh(now) && now.Sub(c.warnedAt) >= time.Minute {
			delete(l.clients, key) // it would be read from the database anyway
		}
	}
}

// fresh reports whether the database need not be read. After the clock was set back it must be.
func (c *client) fresh(now time.Time) bool {
	age := now.Sub(c.readAt)
	return age >= 0 && age < freshFor
}

// extend updates when all failures are forgotten. Failures only move that time back, so the later one holds.
func (c *client) extend(clearAt time.Time) {
	if clearAt.After(c.clearAt) {
		c.clearAt = clearAt
	}
}

// abandon leaves the queue, or gives back the room that was given at the same moment.
func (c *client) abandon(verdict chan error) {
	select {
	case err := <-verdict:
		if err == nil {
			c.inFlight--
		}
	default:
		c.queue = slices.DeleteFunc(c.queue, func(waiting chan error) bool { return waiting == verdict })
	}
}
