package testkit_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"latchkey/internal/testkit"
)

// recorder is a test that records how it was skipped or failed.
type recorder struct {
	testing.TB
	skipped, failed string
}

func (r *recorder) Helper() {}

func (r *recorder) Skipf(format string, args ...any) {
	r.skipped = fmt.Sprintf(format, args...)
	runtime.Goexit()
}

func (r *recorder) Fatalf(format string, args ...any) {
	r.failed = fmt.Sprintf(format, args...)
	runtime.Goexit()
}

func missing(t *testing.T, what string) *recorder {
	r, done := &recorder{TB: t}, make(chan struct{})
	go func() {
		defer close(done)
		testkit.Missing(r, what, "not installed")
	}()
	<-done
	return r
}

func TestMissing(t *testing.T) {
	for _, tc := range []struct {
		required string
		fails    bool
	}{
		{"", false}, {"chromium", false}, {"postgres", true}, {"chromium,postgres", true}, {"chromium, postgres", true}, {"postgresql", false},
	} {
		t.Setenv(testkit.RequireEnv, tc.required)
		r := missing(t, "postgres")
		if said := r.failed + r.skipped; (r.failed != "") != tc.fails || !strings.Contains(said, "postgres") || !strings.Contains(said, "not installed") {
			t.Errorf("%q: failed %q, skipped %q", tc.required, r.failed, r.skipped)
		}
	}
}
