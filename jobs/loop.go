package jobs

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"
)

// longestRest is how long a job that keeps failing rests at most before it tries again, unless it runs more seldom anyhow.
const longestRest = time.Minute

// job is something to do again and again.
type job struct {
	name  string
	every time.Duration
	round func(context.Context) (again bool, err error) // again: there is more to do at once
	wake  <-chan struct{}                               // ends the pause after a round that went well; nil: nothing does
	back  <-chan struct{}                               // ends the rest after one that failed: what was away is back
}

// loop runs rounds of the job until ctx ends. A job that fails rests longer each time and cannot be woken: a mail server
// or a database that is away is not hammered.
func (r *Runner) loop(ctx context.Context, j job) {
	failures := 0
	for ctx.Err() == nil {
		again, err := r.measured(ctx, j)
		switch {
		case err == nil:
			failures = 0
		case ctx.Err() == nil:
			failures++
			r.Log.ErrorContext(ctx, "a job failed and will be tried again", "job", j.name, "error", err)
		}
		switch {
		case failures > 0:
			rest(ctx, resting(j.every, failures), j.back)
		case !again:
			rest(ctx, j.every, j.wake)
		}
	}
}

// measured runs one round, and tells the meter of it, unless it was cut short by the end.
func (r *Runner) measured(ctx context.Context, j job) (again bool, err error) {
	began := r.Now()
	again, err = r.guard(ctx, j)
	if ended := r.Now(); err == nil || ctx.Err() == nil {
		r.Meter.RoundEnded(j.name, ended, ended.Sub(began), err)
	}
	return again, err
}

// guard runs one round, and turns a panic into an error.
func (r *Runner) guard(ctx context.Context, j job) (again bool, err error) {
	defer func() {
		if p := recover(); p != nil {
			again, err = false, fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return j.round(ctx)
}

// resting is the pause after so many failures in a row.
func resting(every time.Duration, failures int) time.Duration {
	return min(every<<min(failures-1, 10), max(every, longestRest))
}

func rest(ctx context.Context, pause time.Duration, wake <-chan struct{}) {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-wake:
	case <-ctx.Done():
	}
}

// fill tells as many as the channel has room for, and those who know already nothing more. It never blocks.
func fill(signal chan<- struct{}) {
	for range cap(signal) {
		select {
		case signal <- struct{}{}:
		default:
			return
		}
	}
}
