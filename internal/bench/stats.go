package main

import (
	"context"
	"slices"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
)

// percentile is the smallest value that is not below the given share of all values (nearest rank). There must be one.
func percentile(values []float64, share float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	rank := int(share*float64(len(sorted)) + 0.999999)
	return sorted[min(max(rank, 1), len(sorted))-1]
}

// median lies half-way between the two middle values of an even number.
func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2
}

func milliseconds(d time.Duration) float64 { return d.Seconds() * 1000 }

// spread writes p50 and p99.
func spread(ms []float64) string {
	return number(median(ms)) + " / " + number(percentile(ms, 0.99)) + " ms"
}

// repeat lets workers repeat their work for about a time, and returns how often it was done and how long that took. What
// is in hand at the end is finished and counted.
func repeat(ctx context.Context, workers int, about time.Duration, work func(worker int) error) (float64, time.Duration, error) {
	start := time.Now()
	var done atomic.Int64
	group, ctx := errgroup.WithContext(ctx)
	for worker := range workers {
		group.Go(func() error {
			for time.Since(start) < about && ctx.Err() == nil {
				if err := work(worker); err != nil {
					return err
				}
				done.Add(1)
			}
			return ctx.Err()
		})
	}
	err := group.Wait()
	return float64(done.Load()), time.Since(start), err
}
