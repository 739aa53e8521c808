package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"runtime"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"latchkey/internal/testapp"
	"latchkey/password"
	"latchkey/views"
)

// The limits of starting, idling and signing in.
const (
	slowestStart  = 300  // ms
	mostIdle      = 60   // MiB
	leastOfRaw    = 0.90 // sign-ins, as a share of the raw rate
	crowd         = 200
	mostInCrowd   = 300 // MiB
	slowestHealth = 250 // ms, p99
)

func (b *bench) measureStart() {
	b.onEach(func(s *site) {
		var took []float64
		for range s.starts {
			s.serve(func(p *process) { took = append(took, milliseconds(p.ready)) })
		}
		s.add("start to first answer", s.engine, number(median(took))+" ms", atMost(median(took), slowestStart),
			fmt.Sprintf("median of %d starts, slowest %s ms", s.starts, number(percentile(took, 1))))
		s.serve(func(p *process) {
			for _, step := range []struct{ name, path string }{
				{"memory at rest", "/healthz"}, {"memory after the sign-in page", views.SignInURL}, {"memory after the accounts page", views.AccountsURL},
			} {
				client := p.client(1)
				if step.path == views.AccountsURL {
					client = p.asAdmin(1)
				}
				p.must(client.get(p.ctx, step.path))
				time.Sleep(p.idle)
				used, bound := p.memory("VmRSS"), limit{}
				if p.idle >= hashMemory {
					bound = atMost(used, mostIdle)
				}
				p.add(step.name, p.engine, number(used)+" MiB", bound, fmt.Sprintf("after %s", p.idle))
			}
		})
	})
}

func (b *bench) measureSignIn() {
	stored, err := password.DefaultParams.Hash(rand.Reader, testapp.Secret)
	b.must(err)
	hash := func(context.Context, int) error {
		match, _, err := password.DefaultParams.Verify(stored, testapp.Secret)
		if err == nil && !match {
			err = errors.New("the right password does not match")
		}
		return err
	}
	b.serving(func(p *process) {
		for _, workers := range []int{8, 64} {
			clients := p.client(workers)
			signIns := func() float64 {
				return p.rate(workers, func(ctx context.Context, worker int) error {
					_, err := clients.signIn(ctx, customerName(worker))
					return err
				})
			}
			signIns() // to warm up
			p.compare(fmt.Sprintf("%d sign-ins at a time", workers), "", p.rounds, leastOfRaw, signIns,
				func() float64 { return p.rate(runtime.GOMAXPROCS(0), hash) })
			clients.close()
		}
	})
}

// rate returns how often a second workers can do their work, over a round. Work in progress at its end is finished and counted.
func (b *bench) rate(workers int, work func(ctx context.Context, worker int) error) float64 {
	start := time.Now()
	var done atomic.Int64
	group, ctx := errgroup.WithContext(b.ctx)
	for worker := range workers {
		group.Go(func() error {
			for time.Since(start) < b.round {
				if err := work(ctx, worker); err != nil {
					return err
				}
				done.Add(1)
			}
			return nil
		})
	}
	b.must(group.Wait())
	return float64(done.Load()) / time.Since(start).Seconds()
}

// compare measures a rate in turns with a raw one, and adds the rate and its share of the raw one.
func (s *site) compare(name, note string, rounds int, least float64, measure, measureRaw func() float64) {
	rates, raw := []float64{}, []float64{measureRaw()}
	for range rounds {
		rates = append(rates, measure())
		raw = append(raw, measureRaw())
	}
	of := shares(rates, raw)
	s.add(name, s.engine, number(median(rates))+" /s", limit{}, note)
	s.add(name+" ÷ raw", s.engine, fmt.Sprintf("%.3f", median(of)), atLeast(median(of), least),
		fmt.Sprintf("raw %s /s; median of %d rounds from %s to %s", number(median(raw)), rounds, number(percentile(of, 0)), number(percentile(of, 1))))
}

func (b *bench) measureCrowd() {
	b.serving(func(p *process) {
		var took, health []float64
		asking, stop := context.WithCancel(p.ctx)
		var asker errgroup.Group
		asker.Go(func() error {
			c := p.client(1)
			defer c.close()
			for ; asking.Err() == nil; time.Sleep(5 * time.Millisecond) {
				start := time.Now()
				if err := c.get(asking, "/healthz"); err != nil && asking.Err() == nil {
					return err
				}
				health = append(health, milliseconds(time.Since(start)))
			}
			return nil
		})
		for range p.crowds {
			start := time.Now()
			clients := p.client(crowd)
			group, ctx := errgroup.WithContext(p.ctx)
			for i := range crowd {
				group.Go(func() error {
					_, err := clients.signIn(ctx, customerName(i%customers))
					return err
				})
			}
			err := group.Wait()
			clients.close()
			if took = append(took, time.Since(start).Seconds()); err != nil {
				stop()
				p.Fatal(errors.Join(err, asker.Wait()))
			}
		}
		stop()
		p.must(asker.Wait())
		peak, slow := p.memory("VmHWM"), percentile(health, 0.99)
		p.add("until all are signed in", p.engine, number(median(took))+" s", limit{}, fmt.Sprintf("median of %d crowds of %d", p.crowds, crowd))
		p.add("peak memory", p.engine, number(peak)+" MiB", atMost(peak, mostInCrowd), "")
		p.add("/healthz meanwhile, p50 / p99", p.engine, spread(health), atMost(slow, slowestHealth), fmt.Sprintf("%d answers", len(health)))
	})
}
