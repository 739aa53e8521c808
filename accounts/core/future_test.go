package core_test

import (
	"errors"
	"strings"
	"testing"

	"latchkey/accounts/core"
)

func TestStart(t *testing.T) {
	t.Parallel()
	begun, end := make(chan struct{}), make(chan struct{})
	wait := core.Start(func() (int, error) {
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
	failing := core.Start(func() (int, error) { panic("no such row") })
	if _, err := failing(); err == nil || !strings.Contains(err.Error(), "panic: no such row") {
		t.Errorf("the error is %v", err)
	}
}
