package accounts

import (
	"cmp"
	"context"
	"errors"

	"latchkey/accounts/core"
)

// limited runs an attempt under the rate limit of its client's network. A browser that the account trusts is exempt: it has a
// budget of its own, which nobody behind the same address can use up.
func (s *Service) limited(ctx context.Context, who loginSubject, do func(context.Context) error) error {
	bounded, cancel := s.hashes.bounded(ctx)
	defer cancel()
	if who.Trusted {
		return do(bounded)
	}
	err := s.limiter.Do(bounded, who.Address, do)
	if errors.Is(err, context.DeadlineExceeded) {
		return waited(bounded, err)
	}
	return err
}

// withQueueSlot does something in a place of the waiting room, which counts for the keys. The place may be lost, which cancels the
// context; so transactions that write something are left for later.
func (s *Service) withQueueSlot(ctx context.Context, keys []string, do func(context.Context) error) error {
	waiting, leave, err := s.hashes.enter(ctx, keys)
	if err != nil {
		return err
	}
	defer leave()
	if err = do(waiting); errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return waited(waiting, err)
	}
	return err
}

// acting is the key under which the requests of a signed-in account wait. That of requests that sign in to it is another: they
// may be a stranger's.
func acting(id string) string { return "acting " + id }

// withActorSlot does something that computes hashes for an actor who is signed in: in a place of the waiting room, and at the same time
// as only a few others of theirs.
func (s *Service) withActorSlot(ctx context.Context, actor core.Actor, do func(context.Context) error) error {
	key := acting(cmp.Or(actor.ID, actor.Name))
	return s.withQueueSlot(ctx, []string{key}, func(ctx context.Context) error { return s.takeTurn(ctx, key, do) })
}

// takeTurn does something while at most as many others of the same key do as there are processors.
func (s *Service) takeTurn(ctx context.Context, key string, do func(context.Context) error) error {
	done, err := s.lockout.Acquire(ctx, key)
	if err != nil {
		return waited(ctx, err)
	}
	defer done()
	return do(ctx)
}
