package jobs

import (
	"context"
	"errors"
	"time"

	"golang.org/x/time/rate"
)

// errRateLimited means that the rate limit does not allow another mail within the lease of the batch.
var errRateLimited = errors.New("the rate limit of mails is used up")

// newRateLimiter limits the mails that all connections of the process send in a minute, evenly spread; 0: no limit.
func newRateLimiter(perMinute int) *rate.Limiter {
	if perMinute <= 0 {
		return rate.NewLimiter(rate.Inf, 1)
	}
	return rate.NewLimiter(rate.Every(time.Minute/time.Duration(perMinute)), 1)
}

// waitForTurn waits until another mail may be sent, or returns false if that takes too long.
func waitForTurn(ctx context.Context, limiter *rate.Limiter, atMost time.Duration) bool {
	if limiter.Limit() == rate.Inf {
		return true // also for the current mail when the program stops
	}
	ctx, cancel := context.WithTimeout(ctx, atMost)
	defer cancel()
	return limiter.Wait(ctx) == nil
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
