package main

import (
	"math"
	"runtime"
	"runtime/debug"
)

// ballastSize is the size of a block that is never touched, and so takes no memory, but counts as live heap. It keeps the collector
// from running after every other password hash (19 MiB of garbage with a live heap of 10 MiB). See docs/decisions/0006.
const ballastSize = 64 << 20

var ballast []byte

// Soft limits in bytes, above which the collector works harder. A crowd that signs in stays below, thousands of connections do not. They leave
// room for SQLite's caches, which the collector does not know: 24 MiB and 8 per processor.
const (
	memoryForAll       = 80<<20 + ballastSize
	memoryForProcessor = 30 << 20 // the memory of a hash, and of the one before, without SQLite's caches
	memoryForPolicy    = 36 << 20 // to parse and prove a policy
)

// gcPercentForPolicy keeps the memory of a hostile policy near its limit, which GOGC=100 exceeds by half on a busy machine.
const gcPercentForPolicy = 50

// purpose is what a command needs memory for.
type purpose int

const (
	forHashes   purpose = iota // and everything else
	forPolicies                // no hash is computed
)

// limitMemory sets up the collector. An operator's GOMEMLIMIT takes precedence, unless a policy needs less.
func limitMemory(to purpose) {
	own := debug.SetMemoryLimit(-1)
	if to == forPolicies {
		debug.SetMemoryLimit(min(own, memoryForPolicy))
		debug.SetGCPercent(gcPercentForPolicy)
		return
	}
	ballast = make([]byte, ballastSize)
	if own == math.MaxInt64 {
		debug.SetMemoryLimit(memoryForAll + memoryForProcessor*int64(runtime.GOMAXPROCS(0)))
	}
}

// forgetStart returns to the system the memory that only the start needed. Because of the ballast, the collector would not run by itself for minutes.
func (out *env) forgetStart() {
	if out.limitMemory != nil {
		debug.FreeOSMemory()
	}
}
