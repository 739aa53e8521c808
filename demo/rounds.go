package demo

import (
	"context"
	"errors"
	"time"

	"latchkey/models"
)

// sweepEvery is how often the jobs of the program look what is due.
const sweepEvery = 30 * time.Second

// follow has the jobs look when something is due for the account: of all rounds in a hundred days only those are played
// that can find something.
func (s *stage) follow(ctx context.Context, m *member) error {
	account, err := s.db.Read(ctx).Account(m.id)
	if errors.Is(err, models.ErrNotFound) {
		return nil
	}
	if account.BlockedUntil != nil {
		s.round(*account.BlockedUntil)
	}
	for _, due := range []func(models.Account) (time.Time, bool){
		s.accounts.RemindsAt, s.accounts.ExpiresAt, s.accounts.LapsesAt,
	} {
		if at, ok := due(account); ok {
			s.round(at)
		}
	}
	return err
}

// round is the first look of the jobs at or after a time.
func (s *stage) round(due time.Time) {
	at := due.Truncate(sweepEvery).Add(sweepEvery)
	if s.rounds[at] || at.Before(s.clock.Now()) {
		return
	}
	s.rounds[at] = true
	s.at(at, func(ctx context.Context) error {
		queued, err := s.accounts.Sweep(ctx)
		if queued > 0 {
			s.in(time.Second, s.deliver)
		}
		return err
	})
}
