package jobs

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"
)

// longestPause is the longest pause of a job that keeps failing, unless its interval is longer.
const longestPause = time.Minute

// job is a repeated task.
type job struct {
	name  string
	every time.Duration
	round func(context.Context) (again bool, err error) // again: run the next round without a pause
	wake  <-chan struct{}                               // ends the pause after a successful round; may be nil
	back  <-chan struct{}                               // ends the pause after a failed round; may be nil
}

// loop runs rounds of the job until ctx ends. After failures the pause grows and wake does not end it, so that a mail server or
// database that is unavailable is not flooded.
func (r *Runner) loop(ctx context.Context, j job) {
	failures := 0
	for ctx.Err() == nil {
		again, err := r.measured(ctx, j)
		switch {
		case err == nil:
			failures = 0
		case ctx.Err() == nil:
			failures++
			r.Log.ErrorContext(ctx, "a job failed and will be retried", "job", j.name, "error", err)
		}
		switch {
		case failures > 0:
			sleep(ctx, pauseAfter(j.every, failures), j.back)
		case !again:
			sleep(ctx, j.every, j.wake)
		}
	}
}

// measured runs one round and records it, unless the end of ctx cut it short. A panic becomes an error.
func (r *Runner) measured(ctx context.Context, j job) (again bool, err error) {
	began := r.Now()
	defer func() {
		if p := recover(); p != nil {
			again, err = false, fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
		if ended := r.Now(); err == nil || ctx.Err() == nil {
			r.Metrics.RoundEnded(j.name, ended, ended.Sub(began), err)
		}
	}()
	return j.round(ctx)
}

// pauseAfter returns the pause after a number of failures in a row.
func pauseAfter(every time.Duration, failures int) time.Duration {
	return min(every<<min(failures-1, 10), max(every, longestPause))
}

// sleep returns after a pause, when wake receives, or when ctx ends.
func sleep(ctx context.Context, pause time.Duration, wake <-chan struct{}) {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-wake:
	case <-ctx.Done():
	}
}

// fill fills the channel, so that as many receivers continue as it has capacity. It never blocks.
func fill(signal chan<- struct{}) {
	for range cap(signal) {
		select {
		case signal <- struct{}{}:
		default:
			return
		}
	}
}
