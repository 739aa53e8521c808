package accounts

import (
	"latchkey/accounts/core"

	"context"
	"slices"
	"sync"
)

// room bounds how many requests wait for a hash or compute one. Each counts for one key or more: the account that acts or whose
// trusted browser it is, or the name that is signed in to and the network it comes from. When the room is full, the newest
// request of the key with the most requests makes way, so that one account or network cannot keep others out. Names count as
// they were typed, whether or not they exist, so that the answers do not tell them apart. It is safe for concurrent use; the zero
// value is an empty room.
type room struct {
	mu    sync.Mutex
	size  int // requests
	seats map[string][]*seat
}

// seat is the place of one request.
type seat struct {
	keys  []string
	evict context.CancelCauseFunc
}

// enter takes a place for the keys, if need be from another key. It returns nil if no key has more requests than the least of
// these with this one.
func (r *room) enter(keys []string, most int, evict context.CancelCauseFunc) *seat {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.size >= most {
		own := most
		for _, key := range keys {
			own = min(own, len(r.seats[key])+1)
		}
		if !r.makeWay(own) {
			return nil
		}
	}
	if r.seats == nil {
		r.seats = map[string][]*seat{}
	}
	mine := &seat{keys, evict}
	for _, key := range keys {
		r.seats[key] = append(r.seats[key], mine)
	}
	r.size++
	return mine
}

// makeWay takes the newest place of the key with the most, if those are more than so many.
func (r *room) makeWay(than int) bool {
	var newest *seat
	for _, seats := range r.seats {
		if len(seats) > than {
			than, newest = len(seats), seats[len(seats)-1]
		}
	}
	if newest == nil {
		return false
	}
	r.remove(newest)
	newest.evict(core.BusyError{RetryAfter: retryAfter})
	return true
}

// leave gives a place back, unless it was taken away, and returns how many are left.
func (r *room) leave(mine *seat) (left int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.remove(mine)
	return r.size
}

func (r *room) remove(one *seat) {
	found := false
	for _, key := range one.keys {
		seats := r.seats[key]
		i := slices.Index(seats, one)
		if i < 0 {
			continue
		}
		found = true
		if len(seats) == 1 {
			delete(r.seats, key)
		} else {
			r.seats[key] = slices.Delete(seats, i, i+1)
		}
	}
	if found {
		r.size--
	}
}

func (r *room) occupied() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.size
}
