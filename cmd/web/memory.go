package main

import "runtime/debug"

// A password hash takes 19 MiB that are free again after some 20 ms. By default the runtime collects that garbage and gives
// its pages back to the system after nearly every hash, only to fetch them again for the next: measured, a fifth of the
// time of a sign-in. So garbage may grow, up to a bound; when nobody signs in, accounts.Hashes gives the memory back.
const (
	garbagePercent = 400
	memoryBound    = 192 << 20 // bytes, beyond which garbage is collected at once
)

// tuneMemory sets the bounds of garbage, unless the operator did by GOGC or GOMEMLIMIT.
func tuneMemory(getenv func(string) string) {
	if getenv("GOGC") == "" {
		debug.SetGCPercent(garbagePercent)
	}
	if getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryBound)
	}
}
