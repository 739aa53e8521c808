package accounts

import (
	"cmp"
	"context"
	"errors"
	"runtime"
	"sync"
	"time"

	"latchkey/accounts/core"
	"latchkey/models"
)

// addressLimit bounds the failed posts of a client address: so many a minute, and twice as many at once. Failures are
// remembered in the database, so that replicas share them within [addressKnown]; what is in flight counts as failed until
// it has succeeded, in this process. So n replicas may let through, at most once, what each has in flight.
//
// Who finds no place free waits for those that are in flight, and is refused only when they have failed: an office behind
// one address may sign in all at once.
type addressLimit struct {
	core   *core.Core
	rate   int // failures a minute; 0 = no limit
	mu     sync.Mutex
	gates  map[string]*gate
	tidied time.Time // when gates that nobody needs were last forgotten
}

// addressKnown is how long what the database said of an address holds. What fails in this process is known at once.
const addressKnown = time.Second

// burst is how many failures are taken at once.
func (l *addressLimit) burst() int { return 2 * l.rate }

// lasts is how long a failure takes to be forgotten.
func (l *addressLimit) lasts() time.Duration { return time.Minute / time.Duration(l.rate) }

// enter takes one of the address's places, or waits for one until ctx ends. Leave gives it back, and must be told whether
// the post failed. A [core.TooManyError] says that too much has failed already.
func (l *addressLimit) enter(ctx context.Context, address string) (leave func(failed bool), err error) {
	if l.rate <= 0 {
		return func(bool) {}, nil
	}
	key := core.ClientKey(address)
	// Who comes keeps the gate before looking into the database, so that what fails meanwhile is not missed.
	known := false
	l.change(key, func(g *gate) { g.users++; known = l.knows(g) })
	if !known {
		err = l.ask(ctx, key)
	}
	if err == nil {
		err = l.wait(ctx, key)
	}
	if err != nil {
		l.change(key, func(g *gate) { g.users-- })
		return nil, err
	}
	return func(failed bool) { l.leave(ctx, key, failed) }, nil
}

// knows tells whether the database need not be asked; a clock that was set back knows nothing.
func (l *addressLimit) knows(g *gate) bool {
	age := l.core.Now().Sub(g.asked)
	return age >= 0 && age < addressKnown
}

// ask reads what has failed from the address, in any process.
func (l *addressLimit) ask(ctx context.Context, key string) error {
	at := l.core.Now()
	forgotten, err := l.core.DB.Read(ctx).FailuresForgottenAt(key)
	if err == nil {
		l.change(key, func(g *gate) { g.asked = at; g.learn(forgotten) })
	}
	return err
}

// wait stands in the address's queue until it is let in or refused.
func (l *addressLimit) wait(ctx context.Context, key string) error {
	verdict := make(chan error, 1)
	l.change(key, func(g *gate) { g.join(verdict) })
	select {
	case err := <-verdict:
		return err
	case <-ctx.Done():
		l.change(key, func(g *gate) { g.giveUp(verdict) })
		return ctx.Err()
	}
}

// leave gives a place back. A failure is written down first, also when the client has gone.
func (l *addressLimit) leave(ctx context.Context, key string, failed bool) {
	var forgotten time.Time
	if failed {
		ctx, cancel := core.Detached(ctx)
		defer cancel()
		err := l.core.DB.Update(ctx, func(tx *models.Tx) (err error) {
			forgotten, err = tx.AddFailure(key, l.core.Now(), l.lasts())
			return err
		})
		if err != nil {
			l.core.Log.Error("a failed post was not counted for its address", "error", err)
		}
	}
	l.change(key, func(g *gate) { g.users--; g.inFlight--; g.learn(forgotten) })
}

// change changes an address's gate, and lets in whom that makes room for.
func (l *addressLimit) change(key string, change func(*gate)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	g := l.gates[key]
	if g == nil {
		g = &gate{}
		l.gates[key] = g
	}
	change(g)
	l.admit(key, g)
	l.tidy()
}

// tidy forgets, now and then, the gates that nobody uses and of which the database would be asked again anyway.
func (l *addressLimit) tidy() {
	now := l.core.Now()
	if now.Sub(l.tidied) < addressKnown {
		return
	}
	l.tidied = now
	for key, g := range l.gates {
		if g.users == 0 && !l.knows(g) && now.Sub(g.warned) >= time.Minute {
			delete(l.gates, key)
		}
	}
}

// admit lets in as many of the queue as there is room for. Where failures alone have filled it, all are refused.
func (l *addressLimit) admit(key string, g *gate) {
	remembered := g.forgotten.Sub(l.core.Now())
	free := l.burst() - ceil(remembered, l.lasts())
	if free < 1 && len(g.queue) > 0 {
		l.warn(key, g)
		g.refuse(core.TooManyError{RetryAfter: remembered - time.Duration(l.burst()-1)*l.lasts()})
	}
	for len(g.queue) > 0 && g.inFlight < free {
		g.queue[0] <- nil
		g.queue = g.queue[1:]
		g.inFlight++
	}
}

// warn tells operators of an address that is full, once a minute.
func (l *addressLimit) warn(key string, g *gate) {
	if now := l.core.Now(); now.Sub(g.warned) >= time.Minute {
		g.warned = now
		l.core.Log.Warn("too much has failed from an address, which has to wait", "address", key, "rate", l.rate)
	}
}

// limited does what a post asks for, in one of its address's places; what it fails at counts for the address, unless that
// was no fault of the client's. A browser that the account is known to needs no place: it has a budget of its own, and
// nobody behind the same address can take that from its owner.
func (s *Service) limited(ctx context.Context, who sought, do func(context.Context) error) error {
	bounded, cancel := s.hashes.bounded(ctx)
	defer cancel()
	if who.known {
		return do(bounded)
	}
	leave, err := s.addresses.enter(bounded, who.address)
	if err != nil {
		return waited(bounded, err)
	}
	failed := false
	defer func() { leave(failed) }() // also where something panics
	err = do(bounded)
	if errors.Is(err, context.DeadlineExceeded) {
		err = waited(bounded, err)
	}
	failed = isFault(err)
	return err
}

// inRoom does something in a place of the waiting room, which counts for the keys. The place may be lost, which cancels the
// context; so transactions that write something are left for later.
func (s *Service) inRoom(ctx context.Context, keys []string, do func(context.Context) error) error {
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

// inTurn does something that computes hashes for an actor who is signed in: in a place of the waiting room, and at the same time
// as only a few others of theirs.
func (s *Service) inTurn(ctx context.Context, actor core.Actor, do func(context.Context) error) error {
	key := acting(cmp.Or(actor.ID, actor.Name))
	return s.inRoom(ctx, []string{key}, func(ctx context.Context) error { return s.takeTurn(ctx, key, do) })
}

// takeTurn does something while at most as many others of the same key do as there are processors.
func (s *Service) takeTurn(ctx context.Context, key string, do func(context.Context) error) error {
	done, err := s.lockout.turns.take(ctx, key, runtime.GOMAXPROCS(0))
	if err != nil {
		return waited(ctx, err)
	}
	defer done()
	return do(ctx)
}

// isFault reports whether a post counts as failed for its address: what was sent is wrong, or it took longer than a request may.
// A full queue is not the client's fault.
func isFault(err error) bool {
	var invalid *core.ValidationError
	var busy core.BusyError
	timedOut := errors.Is(err, context.DeadlineExceeded) || errors.As(err, &busy) && busy.TimedOut
	return timedOut || errors.As(err, &invalid) || errors.Is(err, core.ErrSignIn) || errors.Is(err, core.ErrNotFound) || errors.Is(err, core.ErrAddress)
}
