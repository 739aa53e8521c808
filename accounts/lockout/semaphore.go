package lockout

import (
	"context"
	"sync"
)

// keyedSemaphore limits how many callers hold each key at once; the others wait in order. It is safe for concurrent use, and its zero
// value is ready.
type keyedSemaphore struct {
	mu   sync.Mutex
	keys map[string]*semaphore
}

type semaphore struct {
	slots chan struct{}
	users int // holders and waiters; at 0 the key is removed
}

// acquire waits for one of the key's slots until ctx ends. Release gives it back.
func (k *keyedSemaphore) acquire(ctx context.Context, key string, slots int) (release func(), err error) {
	k.mu.Lock()
	if k.keys == nil {
		k.keys = map[string]*semaphore{}
	}
	s := k.keys[key]
	if s == nil {
		s = &semaphore{slots: make(chan struct{}, slots)}
		k.keys[key] = s
	}
	s.users++
	k.mu.Unlock()
	leave := func() {
		k.mu.Lock()
		defer k.mu.Unlock()
		if s.users--; s.users == 0 {
			delete(k.keys, key)
		}
	}
	select {
	case s.slots <- struct{}{}:
		return func() { <-s.slots; leave() }, nil
	case <-ctx.Done():
		leave()
		return nil, ctx.Err()
	}
}
