package accounts

import (
	"context"
	"time"

	"latchkey/accounts/core"
	"latchkey/accounts/lockout"
)

// WaitingRoom is how many may wait or be verified at once.
func (h *Hashes) WaitingRoom() int { return maxQueued + cap(h.slots) }

// Slots is how many are computed at once.
func (h *Hashes) Slots() int { return cap(h.slots) }

// Waiting is how many are in the waiting room or being computed.
func (h *Hashes) Waiting() int64 { return int64(h.room.occupied()) }

// Patient lets everybody wait for as long as a busy machine may take to compute the hashes of a crowd.
func (h *Hashes) Patient() *Hashes {
	h.longest = 10 * time.Minute
	return h
}

// Occupy takes all slots, so that nothing is computed until free is called.
func (h *Hashes) Occupy() (free func()) {
	for range cap(h.slots) {
		h.slots <- struct{}{}
	}
	return func() {
		for range cap(h.slots) {
			<-h.slots
		}
	}
}

func (h *Hashes) Enter(ctx context.Context, key string) (context.Context, func(), error) {
	return h.enter(ctx, []string{key})
}

func (h *Hashes) Verify(ctx context.Context, phc, normalized string) (match, rehash bool, err error) {
	return h.verify(ctx, phc, normalized)
}

func (h *Hashes) Hash(ctx context.Context, normalized string) (string, error) {
	return h.hash(ctx, normalized)
}

// Measure has a meter told of every hash.
func (h *Hashes) Measure(meter Meter, clock func() time.Time) { h.measure(meter, clock) }

// The bounds that product.md gives.
const (
	LongestWait = longestWait
)

// HashToken is how tokens are stored.
func HashToken(token string) string { return core.HashToken(token) }

// AtAddress is how many attempts from the address are in flight or waiting.
func (s *Service) AtAddress(address string) int { return s.limiter.Attempts(address) }

// Limited does it in a place of the address's.
func (s *Service) Limited(ctx context.Context, address string, do func(context.Context) error) error {
	return s.limited(ctx, loginSubject{Subject: lockout.Subject{Address: address}}, do)
}
