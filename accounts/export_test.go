package accounts

import (
	"context"
)

// WaitingRoom is how many may wait or be verified at once.
func (h *Hashes) WaitingRoom() int { return waitingRoom + cap(h.slots) }

// Slots is how many are computed at once.
func (h *Hashes) Slots() int { return cap(h.slots) }

// Waiting is how many are in the waiting room or being computed.
func (h *Hashes) Waiting() int64 { return h.waiting.Load() }

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

func (h *Hashes) Enter(ctx context.Context) (context.Context, func(), error) { return h.enter(ctx) }

func (h *Hashes) Verify(ctx context.Context, phc, normalized string) (match, rehash bool, err error) {
	return h.verify(ctx, phc, normalized)
}

func (h *Hashes) Hash(ctx context.Context, normalized string) (string, error) {
	return h.hash(ctx, normalized)
}

// The bounds that product.md gives.
const (
	ReservationLife = reservationLife
	LongestWait     = longestWait
)
