package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"latchkey/accounts"
	"latchkey/models"
	"latchkey/password"
)

// mostOfSmallSweep is how many times as long a sweep may take among very many accounts as among few, when as much is due.
const mostOfSmallSweep = 1.5

func measureSweep(ctx context.Context, b *bench, r *report) error {
	for _, engine := range b.engines {
		if err := b.sweepOn(ctx, engine, r); err != nil {
			return fmt.Errorf("%s: %w", engine, err)
		}
	}
	return nil
}

// sweepOn sweeps a small town and a large one in turns.
func (b *bench) sweepOn(ctx context.Context, engine models.Engine, r *report) error {
	small, err := b.town(ctx, engine, b.fewAccounts)
	if err != nil {
		return err
	}
	defer small.close()
	large, err := b.town(ctx, engine, b.manyAccounts)
	if err != nil {
		return err
	}
	defer large.close()
	for range b.sweeps {
		if err := errors.Join(small.sweep(ctx, b.due), large.sweep(ctx, b.due)); err != nil {
			return err
		}
	}
	r.addSweeps(b, small, large)
	return nil
}

// sweep makes so many passwords due, and measures how long it takes to queue a mail about each.
func (t *town) sweep(ctx context.Context, due int) error {
	if err := t.expire(ctx, due); err != nil {
		return err
	}
	program := accounts.New(accounts.Options{
		DB: t.program, Policies: password.Default(), Now: time.Now,
		Settings: accounts.Settings{OneTimeValid: oneTimeValid, MailHost: "localhost"},
	})
	begin := time.Now()
	queued, err := program.Sweep(ctx)
	t.took = append(t.took, milliseconds(time.Since(begin)))
	if err == nil && queued != due {
		err = fmt.Errorf("among %d accounts %d mails were queued, not %d", t.accounts, queued, due)
	}
	return errors.Join(err, t.forget(ctx))
}

func (r *report) addSweeps(b *bench, small, large *town) {
	for _, t := range []*town{small, large} {
		r.add(figure{
			name: fmt.Sprintf("%s due among %s", number(float64(b.due)), number(float64(t.accounts))), engine: t.engine,
			measured: number(median(t.took)) + " ms", note: fmt.Sprintf("median of %d sweeps", len(t.took)),
		})
	}
	ratio := median(large.took) / median(small.took)
	r.add(figure{name: "the same, many / few", engine: small.engine, measured: fmt.Sprintf("%.2f", ratio), limit: atMost(ratio, mostOfSmallSweep, "")})
}
