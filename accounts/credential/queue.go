package credential

import (
	"slices"
	"sync"

	"latchkey/accounts/core"
)

// queue bounds how many requests run and wait. Each has one key or two: first the account that it is about (or a name that does not
// exist, so that the queue does not show which names do), then the network of an untrusted client. The next request to run is the one
// whose keys were served least recently (start-time fair queueing), so that one account or network cannot keep others waiting. At most
// perKey requests of an account run at once, since they wait for its row and its remaining attempts. If too many wait, the newest
// request of the key with the most requests is refused. It is safe for concurrent use.
type queue struct {
	maxRunning, perKey, maxWaiting int

	mu      sync.Mutex
	running int
	waiting []*request // in order of arrival
	keys    map[string]*usage
	served  int // requests that were let run so far
}

// usage is what a key's requests take.
type usage struct {
	requests   int // running, waiting, and refused ones that have not left yet
	running    int // of those whose first key it is
	lastServed int // queue.served when one of them was last let run, or when the first of them arrived
}

type request struct {
	keys    []string
	turn    chan error // nil lets it run
	running bool
}

// enter queues a request. Its turn comes through the channel: nil, or a [core.BusyError] if it has to make way. In the end, and if the
// caller no longer waits, it must call leave.
func (q *queue) enter(keys []string) *request {
	q.mu.Lock()
	defer q.mu.Unlock()
	r := &request{keys: keys, turn: make(chan error, 1)}
	for _, key := range keys {
		if q.keys[key] == nil {
			q.keys[key] = &usage{lastServed: q.served}
		}
		q.keys[key].requests++
	}
	q.waiting = append(q.waiting, r)
	q.serve()
	if len(q.waiting) > q.maxWaiting {
		q.refuse()
	}
	return r
}

// serve lets requests run as long as there is room.
func (q *queue) serve() {
	for q.running < q.maxRunning {
		next, longest := -1, 0
		for i, r := range q.waiting {
			if q.keys[r.keys[0]].running >= q.perKey {
				continue
			}
			served := 0
			for _, key := range r.keys {
				served = max(served, q.keys[key].lastServed)
			}
			if next < 0 || served < longest {
				next, longest = i, served
			}
		}
		if next < 0 {
			return
		}
		r := q.waiting[next]
		q.waiting = slices.Delete(q.waiting, next, next+1)
		q.running++
		q.served++
		for _, key := range r.keys {
			q.keys[key].lastServed = q.served
		}
		q.keys[r.keys[0]].running++
		r.running = true
		r.turn <- nil
	}
}

// refuse refuses the newest waiting request of the key with the most requests. The last arrival counts with its least used key, and
// is refused itself unless another key has more.
func (q *queue) refuse() {
	last := len(q.waiting) - 1
	refused, most := last, q.keys[q.waiting[last].keys[0]].requests
	for _, key := range q.waiting[last].keys {
		most = min(most, q.keys[key].requests)
	}
	for i, r := range q.waiting[:last] {
		for _, key := range r.keys {
			if n := q.keys[key].requests; n > most || n == most && refused < last {
				refused, most = i, n
			}
		}
	}
	q.waiting[refused].turn <- core.BusyError{RetryAfter: core.BusyRetryAfter}
	q.waiting = slices.Delete(q.waiting, refused, refused+1)
}

// leave ends a request that runs, waits or was refused.
func (q *queue) leave(r *request) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if r.running {
		q.running--
		q.keys[r.keys[0]].running--
	} else if i := slices.Index(q.waiting, r); i >= 0 {
		q.waiting = slices.Delete(q.waiting, i, i+1)
	}
	for _, key := range r.keys {
		if q.keys[key].requests--; q.keys[key].requests == 0 {
			delete(q.keys, key)
		}
	}
	q.serve()
}

// load returns how many requests run and wait.
func (q *queue) load() (running, waiting int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.running, len(q.waiting)
}

// AccountKey returns the key of requests that sign in to the account.
func AccountKey(id string) string { return "account " + id }

// TrustedKey returns the key of requests that sign in to the account from a browser that it trusts.
func TrustedKey(id string) string { return "trusted " + id }

// ActorKey returns the key of requests of the signed-in account.
func ActorKey(id string) string { return "acting " + id }

// NameKey returns the key of requests that sign in with a name that no account has.
func NameKey(name string) string { return "name " + name }

// NetworkKey returns the key of requests of untrusted clients from the network of an address.
func NetworkKey(address string) string { return "network " + core.ClientKey(address) }
