package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"
)

// The limits of a crowd.
const (
	crowd         = 200
	mostInCrowd   = 300 // MiB
	slowestHealth = 250 // ms, p99
	askHealth     = 5 * time.Millisecond
)

func measureCrowd(ctx context.Context, b *bench, r *report) error {
	return b.onEach(ctx, func(s *site) error {
		return s.with(ctx, func(p *process) error { return s.measureCrowds(ctx, p, r) })
	})
}

func (s *site) measureCrowds(ctx context.Context, p *process, r *report) error {
	var took []float64
	health, err := p.healthWhile(ctx, func() error {
		for range s.crowds {
			start := time.Now()
			if err := s.signInAll(ctx, p); err != nil {
				return err
			}
			took = append(took, time.Since(start).Seconds())
		}
		return nil
	})
	if err != nil {
		return err
	}
	peak, err := p.memory("VmHWM")
	if err == nil {
		s.reportCrowds(r, took, health, peak)
	}
	return err
}

func (s *site) reportCrowds(r *report, took, health []float64, peak float64) {
	r.add(figure{
		name: "until all are signed in", engine: s.engine, measured: number(median(took)) + " s",
		note: fmt.Sprintf("median of %d crowds of %d; all of them answered 303", s.crowds, crowd),
	})
	r.add(figure{
		name: "memory at most", engine: s.engine, measured: number(peak) + " MiB", limit: atMost(peak, mostInCrowd, " MiB"),
	})
	slow := percentile(health, 0.99)
	r.add(figure{
		name: "/healthz meanwhile, p50 / p99", engine: s.engine, measured: spread(health),
		limit: atMost(slow, slowestHealth, " ms"), note: fmt.Sprintf("%d answers", len(health)),
	})
}

// signInAll lets a crowd sign in at the same moment.
func (s *site) signInAll(ctx context.Context, p *process) error {
	visitors := newClient(p.address, crowd)
	defer visitors.close()
	group, ctx := errgroup.WithContext(ctx)
	for i := range crowd {
		form := signInForm(customerName(i % s.customers))
		group.Go(func() error {
			_, err := visitors.signIn(ctx, form)
			return err
		})
	}
	return group.Wait()
}

// healthWhile asks whether the program is alive for as long as do runs, and returns how many milliseconds each answer took.
func (p *process) healthWhile(ctx context.Context, do func() error) (took []float64, err error) {
	asking, stop := context.WithCancel(ctx)
	asked := make(chan error, 1)
	go func() {
		var err error
		took, err = p.askHealth(asking)
		asked <- err
	}()
	err = do()
	stop()
	err = errors.Join(err, <-asked)
	if err == nil && len(took) == 0 {
		err = errors.New("/healthz was never answered")
	}
	return took, err
}

// askHealth asks until ctx ends. A question that is then under way does not count.
func (p *process) askHealth(ctx context.Context) (took []float64, err error) {
	c := newClient(p.address, 1)
	defer c.close()
	tick := time.NewTicker(askHealth)
	defer tick.Stop()
	for ctx.Err() == nil {
		start := time.Now()
		if err := p.view(ctx, c, "/healthz"); err != nil && ctx.Err() == nil {
			return took, err
		}
		took = append(took, milliseconds(time.Since(start)))
		select {
		case <-tick.C:
		case <-ctx.Done():
		}
	}
	return took, nil
}
