package accounts

import (
	"latchkey/accounts/core"

	"slices"
	"time"
)

// gate is an address's way in, as this process knows it.
type gate struct {
	forgotten time.Time // when all failures are forgotten
	asked     time.Time // when the database said so
	warned    time.Time // when the log last said that it is full
	inFlight  int
	queue     []chan error // those who wait: nil lets them in
	users     int          // in flight, waiting, or about to be
}

// learn keeps in mind when all failures are forgotten: of two answers the later, since failures only add to it.
func (g *gate) learn(forgotten time.Time) {
	if forgotten.After(g.forgotten) {
		g.forgotten = forgotten
	}
}

// join takes a place at the end of the queue. A full one is a [core.BusyError].
func (g *gate) join(verdict chan error) {
	if len(g.queue) >= waitingRoom {
		verdict <- core.BusyError{RetryAfter: retryAfter}
		return
	}
	g.queue = append(g.queue, verdict)
}

// giveUp leaves the queue, or the place that was given at the same moment.
func (g *gate) giveUp(verdict chan error) {
	select {
	case err := <-verdict:
		if err == nil {
			g.inFlight--
		}
	default:
		g.queue = slices.DeleteFunc(g.queue, func(waiting chan error) bool { return waiting == verdict })
	}
}

// refuse turns everybody in the queue away.
func (g *gate) refuse(why error) {
	for _, waiting := range g.queue {
		waiting <- why
	}
	g.queue = nil
}

// ceil is how many whole parts of a size it takes to hold d.
func ceil(d, size time.Duration) int { return int((max(d, 0) + size - 1) / size) }
