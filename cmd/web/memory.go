package main

import (
	"math"
	"runtime"
	"runtime/debug"
)

// ballastSize decides how the collector is kept from running after every other password hash, which is 19 MiB of garbage beside
// a live heap of some 10 MiB, and from returning memory to the system between two hashes only to request it again. 0: by
// gcPercentForHashes. Otherwise by a block of that many bytes (64 << 20 was measured) that is never touched and so never taken
// from the system, but counts as live heap. See docs/decisions/0006.
const ballastSize = 64 << 20

var ballast []byte

// gcPercentForHashes is the garbage, in percent of what is in use, that is collected at once: with one or two hashes in use
// after another four to eight of them.
const gcPercentForHashes = 400

// Soft limits in bytes, above which the collector works harder. A crowd that signs in stays below them, where a limit costs
// nothing; thousands of connections reach them.
const (
	memoryForAll       = 192<<20 + ballastSize
	memoryForProcessor = 38 << 20 // the memory of a hash, and of the one before
	memoryForPolicy    = 36 << 20 // to parse and prove a policy
)

// gcPercentForPolicy keeps the memory that a hostile policy takes near its limit: with Go's 100 it exceeds the limit by half on
// a busy machine, which delays the collector.
const gcPercentForPolicy = 50

// purpose is what a command needs memory for.
type purpose int

const (
	forHashes   purpose = iota // and everything else
	forPolicies                // no hash is computed
)

// limitMemory sets up the collector. An operator's GOMEMLIMIT takes precedence, unless a policy needs less, and so does GOGC
// for hashes.
func limitMemory(to purpose) {
	own := debug.SetMemoryLimit(-1)
	if to == forPolicies {
		debug.SetMemoryLimit(min(own, memoryForPolicy))
		debug.SetGCPercent(gcPercentForPolicy)
		return
	}
	ballast = make([]byte, ballastSize)
	if before := debug.SetGCPercent(gcPercentForHashes); before != 100 || ballastSize > 0 {
		debug.SetGCPercent(before)
	}
	if own == math.MaxInt64 {
		debug.SetMemoryLimit(memoryForAll + memoryForProcessor*int64(runtime.GOMAXPROCS(0)))
	}
}
