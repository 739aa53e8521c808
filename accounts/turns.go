package accounts

import (
	"context"
	"sync"
)

// turns lets a few callers at a time work on one key; the others queue, first come first served, and cost nothing
// meanwhile. It is safe for concurrent use; the zero value is ready.
type turns struct {
	mu   sync.Mutex
	keys map[string]*turn
}

type turn struct {
	free  chan struct{}
	users int // holders and waiters, after whom the key is forgotten
}

// take waits for one of the places of the key, until ctx ends. Done gives the place back.
func (t *turns) take(ctx context.Context, key string, places int) (done func(), err error) {
	turn := t.join(key, places)
	select {
	case turn.free <- struct{}{}:
		return func() { <-turn.free; t.part(key) }, nil
	case <-ctx.Done():
		t.part(key)
		return nil, ctx.Err()
	}
}

func (t *turns) join(key string, places int) *turn {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.keys == nil {
		t.keys = map[string]*turn{}
	}
	if t.keys[key] == nil {
		t.keys[key] = &turn{free: make(chan struct{}, places)}
	}
	t.keys[key].users++
	return t.keys[key]
}

func (t *turns) part(key string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.keys[key].users--; t.keys[key].users == 0 {
		delete(t.keys, key)
	}
}
