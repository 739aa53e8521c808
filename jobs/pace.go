package jobs

import (
	"context"
	"time"

	"golang.org/x/time/rate"
)

// pace bounds how many mails all connections of the process together send.
type pace struct{ limiter *rate.Limiter }

// newPace allows so many mails a minute, evenly spread; 0 = any number.
func newPace(perMinute int) pace {
	if perMinute <= 0 {
		return pace{rate.NewLimiter(rate.Inf, 1)}
	}
	return pace{rate.NewLimiter(rate.Every(time.Minute/time.Duration(perMinute)), 1)}
}

// wait waits for the turn of one more mail, and tells whether it comes within the time.
func (p pace) wait(ctx context.Context, within time.Duration) bool {
	if p.limiter.Limit() == rate.Inf {
		return true // also for the mail in hand when the program ends
	}
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	return p.limiter.Wait(ctx) == nil
}

// batchSize is how many mails to claim at once: no more than have their turn before the batch has to end, though other
// connections may take some of it.
func (r *Runner) batchSize() int {
	if r.Rate <= 0 {
		return r.BatchSize
	}
	turns := int(r.LeaseFor / 2 * time.Duration(r.Rate) / time.Minute / time.Duration(r.Connections))
	return min(max(turns, 1), r.BatchSize)
}
