package password

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"math/big"
	"math/rand/v2"
)

// errRandomness is what a source gives that repeats itself.
var errRandomness = errors.New("password: the source of randomness is broken")

// maxRejected bounds how often a draw is rejected. An honest source gets there once in 2^128 times.
const maxRejected = 128

// random draws from a source. The first error sticks; later draws give 0.
type random struct {
	source *bufio.Reader
	err    error
}

func newRandom(source io.Reader) *random { return &random{source: bufio.NewReaderSize(source, 512)} }

// sameRandom draws the same each time: for samples and examples, never for a password that somebody gets.
func sameRandom() *random { return newRandom(rand.NewChaCha8([32]byte{})) }

// below draws from 0 to n-1, each as likely: what would make the low ones more likely is rejected.
func (r *random) below(n int64) int64 {
	if n <= 1 {
		return 0
	}
	limit := math.MaxUint64 - math.MaxUint64%uint64(n)
	for range maxRejected {
		if drawn := r.uint64(); drawn < limit {
			return int64(drawn % uint64(n))
		}
	}
	r.fail(errRandomness)
	return 0
}

func (r *random) uint64() uint64 {
	var b [8]byte
	r.read(b[:])
	return binary.LittleEndian.Uint64(b[:])
}

func (r *random) fail(err error) {
	if r.err == nil {
		r.err = err
	}
}

// number draws from 0 to n-1, each as likely: what is too large is rejected.
func (r *random) number(n *big.Int) *big.Int {
	bits := new(big.Int).Sub(n, big.NewInt(1)).BitLen()
	drawn, bytes := new(big.Int), make([]byte, (bits+7)/8)
	for range maxRejected {
		r.read(bytes)
		if spare := uint(len(bytes)*8 - bits); spare > 0 {
			bytes[0] >>= spare
		}
		if drawn.SetBytes(bytes).Cmp(n) < 0 {
			return drawn
		}
	}
	r.fail(errRandomness)
	return drawn.SetInt64(0)
}

// read fills b, with zeros once there was an error.
func (r *random) read(b []byte) {
	if r.err == nil {
		if _, err := io.ReadFull(r.source, b); err != nil {
			r.fail(err)
		}
	}
	if r.err != nil {
		clear(b)
	}
}
