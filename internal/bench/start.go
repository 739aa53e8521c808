package main

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"latchkey/views"
)

// The limits of starting and resting.
const (
	slowestStart = 300 // ms
	mostAtRest   = 60  // MiB
)

func measureStart(ctx context.Context, b *bench, r *report) error {
	return b.onEach(ctx, func(s *site) error {
		if err := s.measureStarts(ctx, r); err != nil {
			return err
		}
		return s.with(ctx, func(p *process) error { return s.measureRest(ctx, p, r) })
	})
}

func (s *site) measureStarts(ctx context.Context, r *report) error {
	var took []float64
	for range s.starts {
		err := s.with(ctx, func(p *process) error {
			took = append(took, milliseconds(p.ready))
			return nil
		})
		if err != nil {
			return err
		}
	}
	r.add(figure{
		name: "start to first answer", engine: s.engine, measured: number(median(took)) + " ms",
		limit: atMost(median(took), slowestStart, " ms"),
		note:  fmt.Sprintf("median of %d starts, the slowest %s ms", s.starts, number(percentile(took, 1))),
	})
	return nil
}

func (s *site) measureRest(ctx context.Context, p *process, r *report) error {
	steps := []struct {
		name string
		do   func() error
	}{
		{"memory at rest", func() error { return nil }},
		{"memory after the sign-in page", func() error { return p.view(ctx, newClient(p.address, 1), views.SignInURL) }},
		{"memory after the accounts page", func() error { return p.viewAccounts(ctx) }},
	}
	for _, step := range steps {
		if err := step.do(); err != nil {
			return err
		}
		if err := s.addRest(ctx, p, r, step.name); err != nil {
			return err
		}
	}
	return nil
}

func (s *site) addRest(ctx context.Context, p *process, r *report, name string) error {
	select {
	case <-time.After(s.rest):
	case <-ctx.Done():
		return ctx.Err()
	}
	used, err := p.memory("VmRSS")
	if err == nil {
		r.add(figure{
			name: name, engine: s.engine, measured: number(used) + " MiB", limit: atMost(used, mostAtRest, " MiB"),
			note: fmt.Sprintf("%s later", s.rest),
		})
	}
	return err
}

func (p *process) view(ctx context.Context, c *client, path string) error {
	answer, err := c.get(ctx, path)
	if err != nil {
		return err
	}
	return answer.want(http.StatusOK)
}

// viewAccounts signs in, which computes a hash, and looks at the list.
func (p *process) viewAccounts(ctx context.Context) error {
	admin, err := p.asAdmin(ctx, 1)
	if err != nil {
		return err
	}
	defer admin.close()
	return p.view(ctx, admin, views.AccountsURL)
}
