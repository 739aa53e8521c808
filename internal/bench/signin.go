package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"runtime"

	"latchkey/password"
)

// The limits of signing in.
const (
	few, many     = 8, 64 // sign-ins at a time
	leastOfTheRaw = 0.90  // share of the raw rate
)

// rates are the rates of each round.
type rates struct{ raw, few, many []float64 }

func measureSignIn(ctx context.Context, b *bench, r *report) error {
	stored, err := password.DefaultParams.Hash(rand.Reader, secret)
	if err != nil {
		return err
	}
	return b.onEach(ctx, func(s *site) error {
		return s.with(ctx, func(p *process) error {
			rates, err := s.signInRounds(ctx, p, stored)
			if err == nil {
				rates.report(s, r)
			}
			return err
		})
	})
}

// signInRounds measures in turns, so that what else the machine does hits all of them alike. The first round only warms
// the program up.
func (s *site) signInRounds(ctx context.Context, p *process, stored string) (all rates, err error) {
	visitors := newClient(p.address, many)
	defer visitors.close()
	steps := []struct {
		into    *[]float64
		measure func() (float64, error)
	}{
		{&all.raw, func() (float64, error) { return rawHashes(ctx, stored, runtime.GOMAXPROCS(0), s.round) }},
		{&all.few, func() (float64, error) { return s.signIns(ctx, visitors, few) }},
		{&all.many, func() (float64, error) { return s.signIns(ctx, visitors, many) }},
	}
	for round := range s.rounds + 1 {
		for _, step := range steps {
			rate, err := step.measure()
			if err != nil {
				return all, err
			}
			if round > 0 {
				*step.into = append(*step.into, rate)
			}
		}
	}
	return all, nil
}

// signIns is how often a second people can sign in, so many at a time, each worker as another customer.
func (s *site) signIns(ctx context.Context, visitors *client, workers int) (float64, error) {
	forms := make([]string, workers)
	for i := range forms {
		forms[i] = signInForm(customerName(i))
	}
	return throughput(ctx, workers, s.round, func(worker int) error {
		_, err := visitors.signIn(ctx, forms[worker])
		return err
	})
}

func (all rates) report(s *site, r *report) {
	rounds := fmt.Sprintf("mean of %d rounds of %s", len(all.raw), s.round)
	r.add(figure{name: "argon2id alone", engine: s.engine, measured: number(mean(all.raw)) + " /s", note: rounds})
	for _, load := range []struct {
		at    int
		rates []float64
		limit bool
	}{{few, all.few, true}, {many, all.many, false}} {
		name := fmt.Sprintf("sign-ins, %d at a time", load.at)
		r.add(figure{name: name, engine: s.engine, measured: number(mean(load.rates)) + " /s", note: rounds})
		ratio := figure{name: name + ", share of raw", engine: s.engine}
		ratios := shares(load.rates, all.raw)
		ratio.measured = number(median(ratios))
		ratio.note = fmt.Sprintf("rounds %s to %s", number(percentile(ratios, 0)), number(percentile(ratios, 1)))
		if load.limit {
			ratio.limit = atLeast(median(ratios), leastOfTheRaw, "")
		}
		r.add(ratio)
	}
}

func shares(part, whole []float64) []float64 {
	out := make([]float64, len(part))
	for i := range part {
		out[i] = part[i] / whole[i]
	}
	return out
}
