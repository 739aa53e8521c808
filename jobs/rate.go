package jobs

import (
	"context"
	"errors"
	"time"

	"golang.org/x/time/rate"
)

// errRateLimited means that the rate limit does not allow another mail within the lease of the batch.
var errRateLimited = errors.New("the rate limit of mails is used up")

// rateLimiter limits how many mails all connections of the process send.
type rateLimiter struct{ limiter *rate.Limiter }

// newRateLimiter allows a number of mails a minute, evenly spread; 0: no limit.
func newRateLimiter(perMinute int) rateLimiter {
	if perMinute <= 0 {
		return rateLimiter{rate.NewLimiter(rate.Inf, 1)}
	}
	return rateLimiter{rate.NewLimiter(rate.Every(time.Minute/time.Duration(perMinute)), 1)}
}

// wait waits until another mail may be sent, or returns false if that takes too long.
func (l rateLimiter) wait(ctx context.Context, atMost time.Duration) bool {
	if l.limiter.Limit() == rate.Inf {
		return true // also for the current mail when the program stops
	}
	ctx, cancel := context.WithTimeout(ctx, atMost)
	defer cancel()
	return l.limiter.Wait(ctx) == nil
}

// batchSize returns how many mails to claim: no more than the rate limit allows within the lease, though other connections may
// use up part of it.
func (r *Runner) batchSize() int {
	if r.Rate <= 0 {
		return r.BatchSize
	}
	allowed := int(r.LeaseFor / 2 * time.Duration(r.Rate) / time.Minute / time.Duration(r.Connections))
	return min(max(allowed, 1), r.BatchSize)
}
