package generator

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"math/big"
	"math/rand/v2"
)

// errRandomness is returned for a source that keeps repeating itself.
var errRandomness = errors.New("generator: the source of randomness is broken")

// maxRejected limits the rejections of one draw. An honest source reaches it once in 2^128 draws.
const maxRejected = 128

// random draws uniform numbers from a source. The first error sticks; later draws return 0.
type random struct {
	source *bufio.Reader
	err    error
}

func newRandom(source io.Reader) *random { return &random{source: bufio.NewReaderSize(source, 512)} }

// fixedRandom always draws the same numbers. It is for samples and examples, never for passwords that are handed out.
func fixedRandom() *random { return newRandom(rand.NewChaCha8([32]byte{})) }

// below draws from 0 to n-1 without modulo bias (rejection sampling).
func (r *random) below(n int64) int64 {
	if n <= 1 {
		return 0
	}
	limit := math.MaxUint64 - math.MaxUint64%uint64(n)
	for range maxRejected {
		var b [8]byte
		r.read(b[:])
		if drawn := binary.LittleEndian.Uint64(b[:]); drawn < limit {
			return int64(drawn % uint64(n))
		}
	}
	r.fail(errRandomness)
	return 0
}

// number draws from 0 to n-1 without bias (rejection sampling).
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

// read fills b, with zeros after an error.
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

func (r *random) fail(err error) {
	if r.err == nil {
		r.err = err
	}
}
