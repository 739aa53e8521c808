package core_test

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"

	"latchkey/accounts/core"
)

func TestStartRunsInTheBackground(t *testing.T) {
	t.Parallel()
	begun, end := make(chan struct{}), make(chan struct{})
	wait := core.Start(t.Context(), func(context.Context) (int, error) {
		close(begun)
		<-end
		return 7, errors.ErrUnsupported
	})
	<-begun // before the first wait
	close(end)
	for range 2 {
		if got, err := wait(); got != 7 || !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("the result is %d, %v", got, err)
		}
	}
}

// TestStartOutlivesItsRequest, whose error page needs the result, but not its deadline.
func TestStartOutlivesItsRequest(t *testing.T) {
	t.Parallel()
	until := time.Now().Add(time.Hour)
	limited, stop := context.WithDeadline(t.Context(), until)
	ctx, cancel := context.WithCancel(limited)
	defer stop()
	cancelled := make(chan struct{})
	wait := core.Start(ctx, func(ctx context.Context) (time.Time, error) {
		<-cancelled
		deadline, _ := ctx.Deadline()
		return deadline, ctx.Err()
	})
	cancel()
	close(cancelled)
	if got, err := wait(); !got.Equal(until) || err != nil {
		t.Errorf("it ends at %v, not at %v: %v", got, until, err)
	}
}

func TestStartReportsPanics(t *testing.T) {
	t.Parallel()
	for want, f := range map[string]func(context.Context) (int, error){
		"panic: no such row": func(context.Context) (int, error) { panic("no such row") },
		"without a result":   func(context.Context) (int, error) { runtime.Goexit(); return 0, nil },
	} {
		if _, err := core.Start(t.Context(), f)(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the error is %v, want %q", err, want)
		}
	}
}
