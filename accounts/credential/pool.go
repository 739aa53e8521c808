package credential

import (
	"cmp"
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

// MaxWaiting is how many requests wait for their turn; further ones are refused.
const MaxWaiting = 256

// RunningPerProcessor is how many requests run at a time for each processor; further ones wait.
const RunningPerProcessor = 3

const (
	longestAttempt = 10 * time.Second
	idleAfter      = 20 * time.Second
	dummyHashFor   = "a password that no account has"
)

// Why a password hash is refused.
const (
	RefusedFull = "full" // too many requests are waiting
	RefusedLate = "late" // it waited too long
)

// Metrics records password hashes. Its methods are called concurrently.
type Metrics interface {
	// HashWaited records how long a hash waited to be computed.
	HashWaited(wait time.Duration)
	// HashTook records how long a hash took to compute.
	HashTook(took time.Duration)
	// HashRefused records why a hash was not computed: [RefusedFull] or [RefusedLate].
	HashRefused(reason string)
}

type noMetrics struct{}

func (noMetrics) HashWaited(time.Duration) {}
func (noMetrics) HashTook(time.Duration)   {}
func (noMetrics) HashRefused(string)       {}

// Pool computes and verifies password hashes, at most GOMAXPROCS at a time: each takes about 20 MB and 20 ms. It is safe for concurrent
// use.
type Pool struct {
	LongestWait time.Duration // of a request for its turn, 10 s; set before the first one

	params  password.Params
	random  io.Reader
	dummy   string // a hash for accounts without one
	queue   *queue
	slots   chan struct{} // hashes that are being computed
	waiting atomic.Int64  // requests that wait for a slot

	verified, evaluated atomic.Int64
	idle                *time.Timer // fires when no request came for a while

	metrics Metrics
	clock   func() time.Time // of the metrics and of waits; without one, each wait has the bound of all
}

// NewPool makes a pool that hashes with the given parameters. Random nil is crypto/rand.
func NewPool(params password.Params, random io.Reader) (*Pool, error) {
	if random == nil {
		random = rand.Reader
	}
	dummy, err := params.Hash(random, dummyHashFor)
	if err != nil {
		return nil, err
	}
	processors := runtime.GOMAXPROCS(0)
	p := &Pool{
		params: params, random: random, dummy: dummy, LongestWait: 10 * time.Second, slots: make(chan struct{}, processors),
		// More requests than hashes, so that the transactions of some overlap with the hashes of others; still more slow
		// PostgreSQL and the hashes down (docs/decisions/0006-argon2id-bounded.md).
		queue: &queue{maxRunning: RunningPerProcessor * processors, perKey: processors, maxWaiting: MaxWaiting, keys: map[string]*usage{}},
	}
	p.Measure(noMetrics{}, func() time.Time { return time.Time{} })
	p.idle = time.AfterFunc(idleAfter, p.freeMemory)
	return p, nil
}

// Measure records every hash from now on. It is called before the first one.
func (p *Pool) Measure(metrics Metrics, clock func() time.Time) { p.metrics, p.clock = metrics, clock }

// Load returns how many hashes are being computed, and how many requests are waiting for one.
func (p *Pool) Load() (computing, waiting int) {
	_, queued := p.queue.load()
	return len(p.slots), queued + int(p.waiting.Load())
}

// Verified returns how many passwords were compared with a hash so far.
func (p *Pool) Verified() int64 { return p.verified.Load() }

// Evaluated returns how many of them were compared with the hash of an account, and could have been right.
func (p *Pool) Evaluated() int64 { return p.evaluated.Load() }

// freeMemory returns the memory of hashes to the system, which the runtime would keep for minutes. Parameters of tests are too small to
// matter.
func (p *Pool) freeMemory() {
	const matters = 1 << 10 // KiB
	if running, _ := p.queue.load(); running == 0 && p.params.Memory >= matters {
		debug.FreeOSMemory()
	}
}

// Bounded calls do, which returns a [core.BusyError] if it waits for its turn for longer than a request may. Besides, it may take
// [longestAttempt], such as on a slow database; then it returns [context.DeadlineExceeded].
func (p *Pool) Bounded(ctx context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(core.WithPatience(ctx, p.LongestWait, p.clock), p.LongestWait+longestAttempt)
	defer cancel()
	return do(ctx)
}

// Do calls do, which computes hashes, when it is the request's turn. The keys are the account that it is about, such as
// [AccountKey], and for an untrusted client [NetworkKey]; see [queue]. It returns a [core.BusyError] if too many requests are waiting, or if it waited
// too long.
func (p *Pool) Do(ctx context.Context, keys []string, do func(context.Context) error) error {
	return p.Bounded(ctx, func(ctx context.Context) error {
		queued := p.clock()
		r := p.queue.enter(keys)
		defer p.queue.leave(r)
		if err := p.awaitTurn(ctx, r.turn); err != nil {
			return err
		}
		defer p.idle.Reset(idleAfter)
		waited := p.clock().Sub(queued)
		return do(context.WithValue(ctx, waitKey{}, &waited))
	})
}

func (p *Pool) awaitTurn(ctx context.Context, turn <-chan error) error {
	waiting, done := core.Wait(ctx)
	defer done()
	select {
	case err := <-turn:
		if err != nil {
			p.metrics.HashRefused(RefusedFull)
		}
		return err
	case <-waiting.Done():
		return p.late(waiting)
	}
}

// waitKey is the context key of how long a request waited for its turn, which counts for its first hash.
type waitKey struct{}

// Verify compares a normalized password with a hash in PHC form; "" stands for an account without one and costs the same. Outdated means
// that the hash should be renewed with the present parameters.
func (p *Pool) Verify(ctx context.Context, phc, normalized string) (match, outdated bool, err error) {
	release, err := p.Acquire(ctx)
	if err != nil {
		return false, false, err
	}
	defer release()
	p.verified.Add(1)
	if phc == "" {
		_, _, err = p.params.Verify(p.dummy, normalized)
		return false, false, err
	}
	p.evaluated.Add(1)
	return p.params.Verify(phc, normalized)
}

// Hash computes the hash of a normalized password in PHC form.
func (p *Pool) Hash(ctx context.Context, normalized string) (string, error) {
	release, err := p.Acquire(ctx)
	if err != nil {
		return "", err
	}
	defer release()
	return p.params.Hash(p.random, normalized)
}

// HashLike computes the hash of a normalized secret with the salt and the parameters of another hash in PHC form, so that the hashes of
// equal secrets are equal; "" stands for a hash that does not exist and costs the same.
func (p *Pool) HashLike(ctx context.Context, phc, normalized string) (string, error) {
	release, err := p.Acquire(ctx)
	if err != nil {
		return "", err
	}
	defer release()
	return password.HashLike(cmp.Or(phc, p.dummy), normalized)
}

// Acquire waits for a processor until ctx ends.
func (p *Pool) Acquire(ctx context.Context) (release func(), err error) {
	asked := p.clock()
	p.waiting.Add(1)
	defer p.waiting.Add(-1)
	waiting, done := core.Wait(ctx)
	defer done()
	select {
	case p.slots <- struct{}{}:
	case <-waiting.Done():
		return nil, p.late(waiting)
	}
	begun := p.clock()
	wait := begun.Sub(asked)
	if inQueue, ok := ctx.Value(waitKey{}).(*time.Duration); ok {
		wait, *inQueue = wait+*inQueue, 0
	}
	p.metrics.HashWaited(wait)
	return func() { p.metrics.HashTook(p.clock().Sub(begun)); <-p.slots }, nil
}

// late is the error of a hash whose context ended while it waited.
func (p *Pool) late(ctx context.Context) error {
	err := context.Cause(ctx)
	var busy core.BusyError
	if errors.As(err, &busy) {
		p.metrics.HashRefused(RefusedLate)
	}
	return err
}
