//go:build !darwin && !linux

package testkit

import "testing"

// Pipe skips the test: Go makes no named pipe here.
func Pipe(tb testing.TB, _ string) {
	tb.Helper()
	Missing(tb, "linux", "named pipes are made by mkfifo(3)")
}
