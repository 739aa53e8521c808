//go:build darwin || linux

package testkit

import (
	"syscall"
	"testing"
)

// Pipe makes a named pipe. Whoever opens it waits for somebody at its other end.
func Pipe(tb testing.TB, path string) {
	tb.Helper()
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		tb.Fatal(err)
	}
}
