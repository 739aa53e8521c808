package accounts

import (
	"context"
	"slices"
	"sync"
)

// room bounds how many requests wait for a hash or compute one. Each has a key: the account that is signed in to, the account
// that acts, or the IP address. When the room is full, the newest request of the key with the most requests makes way, so that
// one key cannot keep others out. It is safe for concurrent use; the zero value is an empty room.
type room struct {
	mu    sync.Mutex
	size  int // requests
	seats map[string][]*seat
}

// seat is the place of one request.
type seat struct{ evict context.CancelCauseFunc }

// enter takes a seat of the key, if need be from another key. It returns nil if the key has the most seats already.
func (r *room) enter(key string, most int, evict context.CancelCauseFunc) *seat {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.size >= most && !r.evict(len(r.seats[key])+1) {
		return nil
	}
	if r.seats == nil {
		r.seats = map[string][]*seat{}
	}
	mine := &seat{evict}
	r.seats[key] = append(r.seats[key], mine)
	r.size++
	return mine
}

// evict takes the newest seat of the key with the most seats, if those are more than so many.
func (r *room) evict(than int) bool {
	longest := ""
	for key, seats := range r.seats {
		if len(seats) > than {
			longest, than = key, len(seats)
		}
	}
	if longest == "" {
		return false
	}
	seats := r.seats[longest]
	newest := seats[len(seats)-1]
	r.remove(longest, newest)
	newest.evict(BusyError{retryAfter})
	return true
}

// leave gives a seat back, unless it was taken away, and returns how many are left.
func (r *room) leave(key string, mine *seat) (left int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.remove(key, mine)
	return r.size
}

func (r *room) remove(key string, one *seat) {
	seats := r.seats[key]
	i := slices.Index(seats, one)
	if i < 0 {
		return
	}
	r.size--
	if len(seats) == 1 {
		delete(r.seats, key)
		return
	}
	r.seats[key] = slices.Delete(seats, i, i+1)
}

func (r *room) occupied() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.size
}
