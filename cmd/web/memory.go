package main

import (
	"math"
	"runtime"
	"runtime/debug"
)

// ballast is memory that is never touched and so never taken from the system. It keeps the collector's goal from jumping
// with every password hash, whose 19 MiB are most of the heap while somebody signs in: without it a collection follows
// every other hash, and pages are given back to the system between two hashes only to be fetched again.
// It was measured: docs/decisions/0006.
var ballast []byte

// What the program may take before the collector works harder, in bytes: the ballast counts, though it is not taken. A
// crowd that signs in stays well below it, where a limit costs nothing; thousands of connections reach it.
const (
	memoryForAll       = 256 << 20
	memoryForProcessor = 38 << 20 // a hash, and one that is garbage by now
	memoryForPolicy    = 36 << 20 // to read and prove one, whatever stands in it
)

// garbageForPolicy is how much garbage may lie beside what is in use, in percent, before it is collected. With Go's 100 the
// limit alone holds it back, and is overstepped by half of it where a loaded machine delays the collector.
const garbageForPolicy = 50

// weight is how large the ballast is, in bytes.
const weight = 64 << 20

// purpose is what a command needs memory for.
type purpose int

const (
	forHashes   purpose = iota // of passwords, and all else
	forPolicies                // which are read and proved, and no hash is computed
)

// limitMemory bounds what garbage may add, and lays in the ballast for hashes. An operator's GOMEMLIMIT comes first, but not
// where a policy needs less.
func limitMemory(to purpose) {
	own := debug.SetMemoryLimit(-1)
	if to == forPolicies {
		debug.SetMemoryLimit(min(own, memoryForPolicy))
		debug.SetGCPercent(garbageForPolicy)
		return
	}
	ballast = make([]byte, weight)
	if own == math.MaxInt64 {
		debug.SetMemoryLimit(memoryForAll + memoryForProcessor*int64(runtime.GOMAXPROCS(0)))
	}
}
