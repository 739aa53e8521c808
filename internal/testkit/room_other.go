//go:build !linux

package testkit

import "testing"

// Room is a directory in which a process can run out of room.
type Room struct{ Dir, Kind string }

// Rooms are the kinds of room that this machine has: none.
func Rooms(tb testing.TB) []Room {
	tb.Helper()
	Missing(tb, "linux", "files are limited by prlimit(2) or a tmpfs")
	return nil
}

// Fill leaves the process no room.
func (Room) Fill(testing.TB, *Process) {}

// Free gives the process all room again.
func (Room) Free(testing.TB, *Process) {}
