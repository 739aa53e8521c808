package page

import (
	"context"
	"sync"
	"time"

	"latchkey/accounts"
	"latchkey/accounts/core"
)

// The limits of memoryAnswers. Beyond them the oldest are dropped: a flood would have to fill them between two clicks.
const (
	maxMemoryAnswers     = 1000
	maxMemoryAnswerBytes = 16 << 20
)

// memoryAnswers keeps the answers to forms that anyone may send, such as sign-ins, in memory: with a table, a flood could write
// to the database before the rate limit applies. Processes do not share them.
type memoryAnswers struct {
	now func() time.Time

	mu    sync.Mutex
	byID  map[string]memoryAnswer
	order []string // of the claims, the oldest first; dropped forms included
	bytes int      // in all
}

type memoryAnswer struct {
	sealed []byte // nil while the form is being carried out
	holder string
	ends   time.Time
}

func newMemoryAnswers(now func() time.Time) *memoryAnswers {
	return &memoryAnswers{now: now, byID: map[string]memoryAnswer{}}
}

func (r *memoryAnswers) Claim(_ context.Context, id accounts.AnswerID) (bool, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.now()
	if held, ok := r.byID[id.Form]; ok && held.ends.After(now) {
		return false, nil
	}
	r.remove(id.Form)
	for len(r.order) >= maxMemoryAnswers {
		r.dropOldest()
	}
	r.byID[id.Form] = memoryAnswer{holder: id.Holder, ends: now.Add(accounts.AnswerClaim)}
	r.order = append(r.order, id.Form)
	return true, nil
}

func (r *memoryAnswers) Find(_ context.Context, form string) (sealed []byte, holder string, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	held, ok := r.byID[form]
	if !ok || !held.ends.After(r.now()) {
		return nil, "", core.ErrNotFound
	}
	return held.sealed, held.holder, nil
}

func (r *memoryAnswers) Keep(_ context.Context, id accounts.AnswerID, sealed []byte) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if held, ok := r.byID[id.Form]; !ok || held.holder != id.Holder {
		return nil
	}
	r.byID[id.Form] = memoryAnswer{sealed, id.Holder, r.now().Add(accounts.AnswerLife)}
	r.bytes += len(sealed)
	for r.bytes > maxMemoryAnswerBytes {
		r.dropOldest()
	}
	return nil
}

func (r *memoryAnswers) Drop(_ context.Context, form, holder string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.byID[form].holder == holder {
		r.remove(form)
	}
	return nil
}

func (r *memoryAnswers) dropOldest() {
	r.remove(r.order[0])
	r.order = r.order[1:]
}

func (r *memoryAnswers) remove(form string) {
	r.bytes -= len(r.byID[form].sealed)
	delete(r.byID, form)
}
