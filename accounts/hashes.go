package accounts

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"runtime"
	"runtime/debug"
	"sync/atomic"
	"time"

	"latchkey/accounts/core"
	"latchkey/password"
)

// The bounds of waiting for a hash, which costs some 20 MB and 20 ms each.
const (
	maxQueued    = 256
	longestWait  = 10 * time.Second
	retryAfter   = 5 * time.Second
	restAfter    = 20 * time.Second
	dummyHashFor = "a password that no account has"
)

// Hashes computes and verifies password hashes, at most GOMAXPROCS at a time. It is safe for concurrent use.
type Hashes struct {
	params  password.Params
	random  io.Reader
	slots   chan struct{}
	room    room
	dummy   string
	longest time.Duration // that a request may wait
	calls   atomic.Int64
	own     atomic.Int64
	rest    *time.Timer // runs out when nobody has waited for a hash for a while
	meter   Meter
	clock   func() time.Time // of the meter
}

// NewHashes makes a bounded hasher with the given cost. Random nil is crypto/rand.
func NewHashes(params password.Params, random io.Reader) (*Hashes, error) {
	if random == nil {
		random = rand.Reader
	}
	dummy, err := params.Hash(random, dummyHashFor)
	if err != nil {
		return nil, err
	}
	h := &Hashes{params: params, random: random, slots: make(chan struct{}, runtime.GOMAXPROCS(0)), dummy: dummy, longest: longestWait}
	h.measure(unmeasured{}, func() time.Time { return time.Time{} })
	h.rest = time.AfterFunc(restAfter, h.giveBack)
	return h, nil
}

// measure has a meter told of every hash from now on. It is called before the first one.
func (h *Hashes) measure(meter Meter, clock func() time.Time) { h.meter, h.clock = meter, clock }

// Standing tells how many hashes are being computed, and how many requests are in the waiting room beside those.
func (h *Hashes) Standing() (computing, waiting int) {
	computing = len(h.slots)
	return computing, max(0, h.room.occupied()-computing)
}

// giveBack returns the memory of hashes to the system, which the runtime would keep for minutes: a process that rests
// should look like one. Parameters of tests are too small to matter.
func (h *Hashes) giveBack() {
	const matters = 1 << 10 // KiB
	if h.params.Memory >= matters && h.room.occupied() == 0 {
		debug.FreeOSMemory()
	}
}

// Verified counts the passwords that were compared with a hash so far.
func (h *Hashes) Verified() int64 { return h.calls.Load() }

// Evaluated counts those of them that were compared with an account's own hash, and could have been right.
func (h *Hashes) Evaluated() int64 { return h.own.Load() }

// queueSlotKey marks the context of a request that has a place in the waiting room.
type queueSlotKey struct{}

// enter takes a place in the waiting room for all that a request has to compute; a request that is inside stays. The context
// that it returns ends with the longest wait, or when the place is needed for a request of another key, see [room]; leave must
// be called at the end. It returns a [core.BusyError] if the room is full and no key has more requests in it.
func (h *Hashes) enter(ctx context.Context, keys []string) (_ context.Context, leave func(), err error) {
	if ctx.Value(queueSlotKey{}) != nil {
		return ctx, func() {}, nil
	}
	evictable, evict := context.WithCancelCause(context.WithValue(ctx, queueSlotKey{}, true))
	mine := h.room.enter(keys, maxQueued+cap(h.slots), func(cause error) {
		h.meter.HashRefused(refusedFull)
		evict(cause)
	})
	if mine == nil {
		evict(nil)
		h.meter.HashRefused(refusedFull)
		return nil, nil, core.BusyError{RetryAfter: retryAfter}
	}
	bounded, cancel := h.bounded(evictable)
	return bounded, func() {
		cancel()
		evict(nil)
		if h.room.leave(mine) == 0 {
			h.rest.Reset(restAfter)
		}
	}, nil
}

// bounded ends with the longest wait; see [waited].
func (h *Hashes) bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, h.longest, core.BusyError{RetryAfter: retryAfter, TimedOut: true})
}

// waited turns the end of the longest wait, and the loss of a place in the waiting room, into a [core.BusyError]. It leaves other
// errors alone.
func waited(ctx context.Context, err error) error {
	var busy core.BusyError
	if err != nil && errors.As(context.Cause(ctx), &busy) {
		return busy
	}
	return err
}

// verify compares a normalised password with a PHC string; "" stands for an account without one and costs the same.
// Rehash tells that the hash should be renewed.
func (h *Hashes) verify(ctx context.Context, phc, normalized string) (match, rehash bool, err error) {
	give, err := h.take(ctx)
	if err != nil {
		return false, false, err
	}
	defer give()
	h.calls.Add(1)
	if phc == "" {
		_, _, err = h.params.Verify(h.dummy, normalized)
		return false, false, err
	}
	h.own.Add(1)
	return h.params.Verify(phc, normalized)
}

// hash computes the PHC string of a normalised password.
func (h *Hashes) hash(ctx context.Context, normalized string) (string, error) {
	give, err := h.take(ctx)
	if err != nil {
		return "", err
	}
	defer give()
	return h.params.Hash(h.random, normalized)
}

// take waits for a processor until ctx ends. Give gives it back.
func (h *Hashes) take(ctx context.Context) (give func(), err error) {
	asked := h.clock()
	select {
	case h.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, h.late(waited(ctx, ctx.Err()))
	}
	begun := h.clock()
	h.meter.HashWaited(begun.Sub(asked))
	return func() { h.meter.HashTook(h.clock().Sub(begun)); <-h.slots }, nil
}

// late tells the meter of a hash that waited for too long, and returns the error.
func (h *Hashes) late(err error) error {
	var busy core.BusyError
	if errors.As(err, &busy) && busy.TimedOut {
		h.meter.HashRefused(refusedLate)
	}
	return err
}
