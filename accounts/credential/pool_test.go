package credential

import (
	"context"
	"errors"
	"maps"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"latchkey/accounts/core"
	"latchkey/password"
)

const secret = "Correct horse 1"

// cheap is the cost of a hash where only counting matters.
var cheap = password.Params{Memory: 8, Time: 1, Threads: 1}

// slow is randomness that takes a second, and counts how many ask for it at a time.
type slow struct{ now, most atomic.Int64 }

func (s *slow) Read(p []byte) (int, error) {
	n := s.now.Add(1)
	for most := s.most.Load(); n > most && !s.most.CompareAndSwap(most, n); most = s.most.Load() {
	}
	time.Sleep(time.Second) // of the bubble's clock
	s.now.Add(-1)
	return len(p), nil
}

// bubble runs a test on a clock of its own with a pool of slow hashes.
func bubble(t *testing.T, run func(t *testing.T, p *Pool, random *slow)) {
	synctest.Test(t, func(t *testing.T) {
		random := &slow{}
		p, err := NewPool(cheap, random)
		if err != nil {
			t.Fatal(err)
		}
		p.Measure(noMetrics{}, time.Now)
		random.most.Store(0)
		run(t, p, random)
	})
}

// occupy takes all processors, so that nothing is computed until free is called.
func (p *Pool) occupy() (free func()) {
	for range cap(p.slots) {
		p.slots <- struct{}{}
	}
	return func() {
		for range cap(p.slots) {
			<-p.slots
		}
	}
}

func TestHashesAreBounded(t *testing.T) {
	bubble(t, func(t *testing.T, p *Pool, random *slow) {
		var all sync.WaitGroup
		for range 8 * cap(p.slots) {
			all.Go(func() {
				if _, err := p.Hash(t.Context(), secret); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if most := random.most.Load(); most != int64(runtime.GOMAXPROCS(0)) {
			t.Errorf("%d at a time, want one a processor, %d", most, runtime.GOMAXPROCS(0))
		}
	})
}

func TestHashesOfOneSaltTakeASlot(t *testing.T) {
	bubble(t, func(t *testing.T, p *Pool, _ *slow) {
		phc, err := p.Hash(t.Context(), secret)
		if err != nil {
			t.Fatal(err)
		}
		free := p.occupy()
		var all sync.WaitGroup
		var computed atomic.Int64
		for typed, want := range map[string]bool{secret: true, "another secret": false} {
			all.Go(func() {
				hash, err := p.HashLike(t.Context(), phc, typed)
				if (hash == phc) != want || err != nil {
					t.Errorf("%s: %s, %v", typed, hash, err)
				}
				computed.Add(1)
			})
		}
		synctest.Wait()
		if n := computed.Load(); n != 0 {
			t.Errorf("%d hashes were computed without a slot", n)
		}
		free()
		all.Wait()
		if hash, err := p.HashLike(t.Context(), "", secret); hash == "" || err != nil {
			t.Errorf("like none: %s, %v", hash, err)
		}
		gone, leave := context.WithCancel(t.Context())
		leave()
		defer p.occupy()()
		if hash, err := p.HashLike(gone, phc, secret); hash != "" || !errors.Is(err, context.Canceled) {
			t.Errorf("of a client that is gone: %q, %v", hash, err)
		}
	})
}

func TestVerificationsTakeASlot(t *testing.T) {
	bubble(t, func(t *testing.T, p *Pool, _ *slow) {
		phc, err := p.Hash(t.Context(), secret)
		if err != nil {
			t.Fatal(err)
		}
		free := p.occupy()
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				if match, _, err := p.Verify(t.Context(), phc, secret); !match || err != nil {
					t.Error(match, err)
				}
			})
		}
		synctest.Wait()
		if n := p.Verified(); n != 0 {
			t.Errorf("%d passwords were verified without a slot", n)
		}
		free()
		all.Wait()
		if p.Verified() != 4 || p.Evaluated() != 4 {
			t.Errorf("%d verified, %d evaluated", p.Verified(), p.Evaluated())
		}
		if match, outdated, err := p.Verify(t.Context(), "", secret); match || outdated || err != nil {
			t.Error(match, outdated, err)
		}
		if p.Verified() != 5 || p.Evaluated() != 4 {
			t.Errorf("after one without a hash %d verified, %d evaluated", p.Verified(), p.Evaluated())
		}
	})
}

// TestLongestWait: a request that is not served in 10 seconds is refused, whether it waits for its turn or for a processor; one whose
// client leaves ends at once.
func TestLongestWait(t *testing.T) {
	bubble(t, func(t *testing.T, p *Pool, _ *slow) {
		defer p.occupy()()
		begun := time.Now()
		request := func(ctx context.Context) error {
			return p.Do(ctx, []string{"key"}, func(ctx context.Context) error {
				_, _, err := p.Verify(ctx, "", secret)
				return err
			})
		}
		var all sync.WaitGroup
		for range 3 * cap(p.slots) {
			all.Go(func() {
				var busy core.BusyError
				if err := request(t.Context()); !errors.As(err, &busy) || !busy.TimedOut || time.Since(begun) != 10*time.Second {
					t.Errorf("after %s: %v", time.Since(begun), err)
				}
			})
		}
		for range 2 {
			gone, leave := context.WithCancel(t.Context())
			all.Go(func() {
				if err := request(gone); !errors.Is(err, context.Canceled) || time.Since(begun) != 0 {
					t.Errorf("a client that left after %s: %v", time.Since(begun), err)
				}
			})
			synctest.Wait()
			leave()
		}
		all.Wait()
	})
}

// TestSlowDatabaseIsNoWait: only waiting for a turn or a processor counts, so a slow database is not taken for too many passwords.
func TestSlowDatabaseIsNoWait(t *testing.T) {
	bubble(t, func(t *testing.T, p *Pool, _ *slow) {
		m := &record{refused: map[string]int{}}
		p.Measure(m, time.Now)
		err := p.Do(t.Context(), []string{"key"}, func(ctx context.Context) error {
			time.Sleep(11 * time.Second)
			_, _, err := p.Verify(ctx, "", secret)
			return err
		})
		if err != nil {
			t.Errorf("after 11 seconds: %v", err)
		}
		begun := time.Now()
		err = p.Do(t.Context(), []string{"key"}, func(ctx context.Context) error {
			<-ctx.Done()
			return ctx.Err()
		})
		var busy core.BusyError
		if !errors.Is(err, context.DeadlineExceeded) || errors.As(err, &busy) || time.Since(begun) != 20*time.Second {
			t.Errorf("a database that never answers: %v after %s", err, time.Since(begun))
		}
		if len(m.refused) != 0 {
			t.Errorf("refused: %v", m.refused)
		}
	})
}

// record is metrics that remember.
type record struct {
	mu           sync.Mutex
	waited, took []time.Duration
	refused      map[string]int
}

func (r *record) add(do func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	do()
}

func (r *record) HashWaited(wait time.Duration) { r.add(func() { r.waited = append(r.waited, wait) }) }
func (r *record) HashTook(took time.Duration)   { r.add(func() { r.took = append(r.took, took) }) }
func (r *record) HashRefused(reason string)     { r.add(func() { r.refused[reason]++ }) }

// TestHashesAreMeasured: the wait for a turn counts for a request's first hash, and each wait for a processor for its own.
func TestHashesAreMeasured(t *testing.T) {
	bubble(t, func(t *testing.T, p *Pool, _ *slow) {
		m := &record{refused: map[string]int{}}
		p.Measure(m, time.Now)
		p.queue.maxRunning, p.queue.maxWaiting = 1, 1
		free := p.occupy()
		request := func() error {
			return p.Do(t.Context(), []string{"key"}, func(ctx context.Context) error {
				_, errFirst := p.Hash(ctx, secret)
				_, err := p.Hash(ctx, secret)
				return errors.Join(errFirst, err)
			})
		}
		var all sync.WaitGroup
		for range 2 {
			all.Go(func() {
				if err := request(); err != nil {
					t.Error(err)
				}
			})
		}
		synctest.Wait()
		if computing, waiting := p.Load(); computing != cap(p.slots) || waiting != 2 {
			t.Errorf("%d are computed and %d wait", computing, waiting)
		}
		var busy core.BusyError
		if err := request(); !errors.As(err, &busy) {
			t.Errorf("one too many: %v", err)
		}
		time.Sleep(3 * time.Second) // of the bubble's clock
		free()
		all.Wait()
		const s = time.Second
		if want := []time.Duration{3 * s, 0, 5 * s, 0}; !slices.Equal(m.waited, want) {
			t.Errorf("waited %v, want %v", m.waited, want)
		}
		if !slices.Equal(m.took, []time.Duration{s, s, s, s}) || !maps.Equal(m.refused, map[string]int{RefusedFull: 1}) {
			t.Errorf("took %v, refused %v", m.took, m.refused)
		}
		free = p.occupy()
		if err := request(); !errors.As(err, &busy) || m.refused[RefusedLate] == 0 {
			t.Errorf("late: %v, refused %v", err, m.refused)
		}
		free()
	})
}
