package ratelimit_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"latchkey/accounts/core"
	"latchkey/accounts/ratelimit"
	"latchkey/internal/testdb"
	"latchkey/internal/testkit"
	"latchkey/models"
)

const client = "192.0.2.7"

// fixture is a limiter of ten failures a minute, twenty at once.
type fixture struct {
	*testing.T
	clock *testkit.Clock
	*ratelimit.Limiter
}

func newFixture(t *testing.T, db *models.DB) *fixture {
	f := &fixture{T: t, clock: testkit.NewClock()}
	f.Limiter = ratelimit.New(core.New(db, f.clock.Now, nil, nil, core.Rules{}), 10)
	return f
}

// attempt reports whether an attempt was admitted, which then ends with an error.
func (f *fixture) attempt(address string, err error) (admitted bool) {
	f.Helper()
	got := f.Do(f.Context(), address, func(context.Context) error { admitted = true; return err })
	if admitted && !errors.Is(got, err) || !admitted && !errors.Is(got, core.ErrTooMany) {
		f.Errorf("admitted %t, %v", admitted, got)
	}
	return admitted
}

// attempts counts how many of n failing attempts in a row are admitted.
func (f *fixture) attempts(address string, n int) (admitted int) {
	f.Helper()
	for range n {
		if f.attempt(address, core.ErrSignIn) {
			admitted++
		}
	}
	return admitted
}

// Twenty failures are accepted at once, then one every six seconds, per network.
func TestFailuresAreLimitedPerNetwork(t *testing.T) {
	testdb.Engines(t, func(t *testing.T, db testdb.Database) {
		f := newFixture(t, db.DB)
		for _, tc := range []struct {
			name    string
			after   time.Duration
			address string
			want    int // admitted of 30
		}{
			{"burst", 0, client, 20},
			{"at once", 0, client, 0},
			{"just before a failure is forgotten", 6*time.Second - time.Microsecond, client, 0},
			{"after it", time.Microsecond, client, 1},
			{"after another minute", time.Minute, client, 10},
			{"another client", 0, "192.0.2.8", 20},
			{"after a day", 24 * time.Hour, client, 20},
			{"IPv6", 0, "2001:db8::1", 20},
			{"IPv6, same network", 0, "2001:db8::2", 0},
		} {
			f.clock.Advance(tc.after)
			if got := f.attempts(tc.address, 30); got != tc.want {
				t.Errorf("%s: %d attempts were admitted, want %d", tc.name, got, tc.want)
			}
		}
	})
}

func TestRetryAfterIsWhenAnAttemptIsAdmitted(t *testing.T) {
	testkit.Parallel(t)
	f := newFixture(t, testdb.SQLite(t).DB)
	f.attempts(client, 20)
	var refused core.TooManyError
	if err := f.Do(t.Context(), client, func(context.Context) error { return nil }); !errors.As(err, &refused) {
		t.Fatal(err)
	}
	f.clock.Advance(refused.RetryAfter)
	if !f.attempt(client, nil) {
		t.Errorf("refused %s later", refused.RetryAfter)
	}
}

// Counting when an attempt ends would admit all forty.
func TestConcurrentFailuresDoNotExceedTheLimit(t *testing.T) {
	testdb.Engines(t, func(t *testing.T, db testdb.Database) {
		f := newFixture(t, db.DB)
		var admitted atomic.Int64
		errs := f.concurrently(40, func(context.Context) error { admitted.Add(1); return core.ErrSignIn })
		refused := 0
		for _, err := range errs {
			if errors.Is(err, core.ErrTooMany) {
				refused++
			}
		}
		if admitted.Load() != 20 || refused != 20 {
			t.Errorf("%d were admitted and %d refused, want 20 each", admitted.Load(), refused)
		}
	})
}

// An office behind one address signs in all at once: attempts wait for room instead of being refused.
func TestConcurrentSuccessesAreAllAdmitted(t *testing.T) {
	testdb.Engines(t, func(t *testing.T, db testdb.Database) {
		f := newFixture(t, db.DB)
		for _, err := range f.concurrently(60, func(context.Context) error { return nil }) {
			if err != nil {
				t.Error(err)
			}
		}
		if n := f.Attempts(client); n != 0 {
			t.Errorf("%d attempts are left", n)
		}
	})
}

// concurrently runs n attempts. None ends before all are in flight or waiting.
func (f *fixture) concurrently(n int, attempt func(context.Context) error) []error {
	errs := make([]error, n)
	all := make(chan struct{})
	var running sync.WaitGroup
	for i := range n {
		running.Go(func() {
			errs[i] = f.Do(f.Context(), client, func(ctx context.Context) error { <-all; return attempt(ctx) })
		})
	}
	for f.Attempts(client) < n {
		time.Sleep(time.Millisecond)
	}
	close(all)
	running.Wait()
	return errs
}

func TestReplicasShareFailures(t *testing.T) {
	testdb.Engines(t, func(t *testing.T, db testdb.Database) {
		f := newFixture(t, db.DB)
		other := ratelimit.New(core.New(db.Again(t), f.clock.Now, nil, nil, core.Rules{}), 10)
		if n := f.attempts(client, 20); n != 20 {
			t.Fatalf("%d were admitted", n)
		}
		err := other.Do(t.Context(), client, func(context.Context) error { return nil })
		if !errors.Is(err, core.ErrTooMany) {
			t.Errorf("another replica admits an attempt: %v", err)
		}
	})
}

func TestOnlyFaultsOfTheClientCount(t *testing.T) {
	testkit.Parallel(t)
	for _, tc := range []struct {
		err  error
		want bool
	}{
		{nil, false},
		{core.ErrSignIn, true},
		{core.ErrNotFound, true},
		{core.ErrAddress, true},
		{&core.ValidationError{}, true},
		{context.DeadlineExceeded, true},
		{core.BusyError{TimedOut: true}, true},
		{core.BusyError{}, false},
		{context.Canceled, false},
		{errors.New("the database is unavailable"), false},
	} {
		if got := ratelimit.IsFault(tc.err); got != tc.want {
			t.Errorf("%v: %t", tc.err, got)
		}
	}
}
