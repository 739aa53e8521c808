package models

import (
	"crypto/rand"
	"encoding/binary"
	"io"
	"sync"
	"time"

	"github.com/google/uuid"
)

// DefaultOrganizationID is the id of the organization `Default`, which the first migration makes.
const DefaultOrganizationID = "00000000-0000-7000-8000-000000000001"

// IDs creates ids of rows: UUIDv7 (RFC 9562 §5.7), which sort by creation time. Within one process they are strictly increasing, so
// that events of one transaction keep their order. It is safe for concurrent use.
type IDs struct {
	now    func() time.Time
	random io.Reader
	mu     sync.Mutex
	last   uint64
}

// NewIDs uses the given clock and source of randomness (nil: crypto/rand).
func NewIDs(now func() time.Time, random io.Reader) *IDs {
	if random == nil {
		random = rand.Reader
	}
	return &IDs{now: now, random: random}
}

// New returns a new id. It panics if the source of randomness fails, as crypto/rand does.
func (ids *IDs) New() string {
	var id uuid.UUID
	if _, err := io.ReadFull(ids.random, id[8:]); err != nil {
		panic(err)
	}
	tick := ids.tick()
	binary.BigEndian.PutUint64(id[:8], tick>>12<<16|0x7000|tick&0xfff)
	id[8] = id[8]&0x3f | 0x80
	return id.String()
}

// tick counts 4096ths of a millisecond (RFC 9562 §6.2, method 3), never the same twice.
func (ids *IDs) tick() uint64 {
	at := ids.now()
	tick := uint64(at.UnixMilli())<<12 | uint64(at.Nanosecond()%int(time.Millisecond))*4096/uint64(time.Millisecond) //nolint:gosec // nanoseconds are not negative
	ids.mu.Lock()
	defer ids.mu.Unlock()
	ids.last = max(tick, ids.last+1)
	return ids.last
}

// FirstID returns the smallest id of a time, to the millisecond: rows created from then on have it or a larger one.
func FirstID(at time.Time) string {
	id := uuid.UUID{8: 0x80}
	binary.BigEndian.PutUint64(id[:8], uint64(at.UnixMilli())<<16|0x7000)
	return id.String()
}

// IsID reports whether text has the form of an id; anything else is "not found" without a query.
func IsID(text string) bool {
	id, err := uuid.Parse(text)
	return err == nil && id.String() == text
}

// TimeOfID returns when a row with the id was created, to the millisecond.
func TimeOfID(id string) time.Time {
	parsed, err := uuid.Parse(id)
	if err != nil {
		return time.Time{}
	}
	return time.UnixMilli(int64(binary.BigEndian.Uint64(parsed[:8]) >> 16)).UTC() // 48 bits
}
