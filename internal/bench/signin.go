package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"runtime"

	"latchkey/models"
	"latchkey/password"
)

// The limits of signing in.
const (
	few, many     = 8, 64 // sign-ins at a time
	leastOfTheRaw = 0.90  // share of the raw rate
)

// pace is how often a second something was done, and the processor time that each cost the process which did it.
type pace struct {
	rate float64 // a second
	cpu  float64 // ms
}

// turns are sign-ins that were measured between raw hashes: one round more of these.
type turns struct {
	at           int // how many at a time
	raw, signIns []pace
}

func measureSignIn(ctx context.Context, b *bench, r *report) error {
	stored, err := password.DefaultParams.Hash(rand.Reader, secret)
	if err != nil {
		return err
	}
	return b.onEach(ctx, func(s *site) error {
		return s.with(ctx, func(p *process) error {
			if _, err := s.takeTurns(ctx, p, stored, few, 1); err != nil { // to warm up
				return err
			}
			fewer, err := s.takeTurns(ctx, p, stored, few, s.rounds)
			if err != nil {
				return err
			}
			more, err := s.takeTurns(ctx, p, stored, many, s.rounds)
			if err != nil {
				return err
			}
			fewer.report(s.engine, r, atLeast(median(fewer.shares()), leastOfTheRaw, ""))
			more.report(s.engine, r, atLeast(median(more.shares()), leastOfTheRaw, ""))
			return nil
		})
	})
}

// takeTurns measures in turns, so that what else the machine does hits both alike.
func (s *site) takeTurns(ctx context.Context, p *process, stored string, at, rounds int) (turns, error) {
	all := turns{at: at}
	raw := func() error {
		measured, err := s.rawHashes(ctx, stored)
		all.raw = append(all.raw, measured)
		return err
	}
	if err := raw(); err != nil {
		return all, err
	}
	for range rounds {
		measured, err := s.signIns(ctx, p, at)
		if err != nil {
			return all, err
		}
		all.signIns = append(all.signIns, measured)
		if err := raw(); err != nil {
			return all, err
		}
	}
	return all, nil
}

// rawHashes measures argon2id with the program's parameters and nothing around it, as many at a time as the program has.
func (s *site) rawHashes(ctx context.Context, stored string) (pace, error) {
	return s.paceOf(ctx, os.Getpid(), runtime.GOMAXPROCS(0), func(int) error {
		match, _, err := password.DefaultParams.Verify(stored, secret)
		if err == nil && !match {
			err = errors.New("the right password does not match")
		}
		return err
	})
}

// signIns measures people signing in, so many at a time, each worker as another customer.
func (s *site) signIns(ctx context.Context, p *process, at int) (pace, error) {
	visitors := newClient(p.address, at)
	defer visitors.close()
	forms := make([]string, at)
	for i := range forms {
		forms[i] = signInForm(customerName(i))
	}
	return s.paceOf(ctx, p.command.Process.Pid, at, func(worker int) error {
		_, err := visitors.signIn(ctx, forms[worker])
		return err
	})
}

// paceOf measures work that costs the time of the process with the id.
func (s *site) paceOf(ctx context.Context, pid, workers int, work func(worker int) error) (pace, error) {
	before, err := processorTime(pid)
	if err != nil {
		return pace{}, err
	}
	done, took, err := repeat(ctx, workers, s.round, work)
	if err != nil {
		return pace{}, err
	}
	after, err := processorTime(pid)
	return pace{rate: done / took.Seconds(), cpu: milliseconds(after-before) / done}, err
}

func (t turns) report(engine models.Engine, r *report, held limit) {
	name := fmt.Sprintf("%d sign-ins at a time", t.at)
	r.add(figure{name: name, engine: engine, measured: number(meanRate(t.signIns)) + " /s", note: t.costs()})
	shares := t.shares()
	r.add(figure{
		name: name + ", share of raw", engine: engine, measured: fmt.Sprintf("%.3f", median(shares)), limit: held,
		note: fmt.Sprintf("of %s /s; median of %d rounds from %s to %s", number(meanRate(t.raw)), len(shares),
			number(percentile(shares, 0)), number(percentile(shares, 1))),
	})
}

// costs says what the processors did for each, which a busy machine falsifies less.
func (t turns) costs() string {
	return fmt.Sprintf("%s ms of processor time each; a raw hash %s ms", number(medianCPU(t.signIns)), number(medianCPU(t.raw)))
}

// shares compares each round of sign-ins with the raw rounds before and after it.
func (t turns) shares() []float64 {
	shares := make([]float64, len(t.signIns))
	for i, signIns := range t.signIns {
		shares[i] = signIns.rate / ((t.raw[i].rate + t.raw[i+1].rate) / 2)
	}
	return shares
}

func meanRate(all []pace) float64 {
	sum := 0.0
	for _, one := range all {
		sum += one.rate
	}
	return sum / float64(len(all))
}

func medianCPU(all []pace) float64 {
	var cpu []float64
	for _, one := range all {
		cpu = append(cpu, one.cpu)
	}
	return median(cpu)
}
