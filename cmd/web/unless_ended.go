package main

import (
	"context"
	"fmt"
)

// unlessEnded returns what read returns, or, as soon as ctx ends, an error that says why. A file system that hangs cannot
// be told to stop: reading is left behind then, so that the program can end, or go on without.
func unlessEnded[T any](ctx context.Context, what string, read func() (T, error)) (T, error) {
	type outcome struct {
		value T
		err   error
	}
	ended := make(chan outcome, 1) // which nobody may wait for any more
	go func() {
		value, err := read()
		ended <- outcome{value, err}
	}()
	select {
	case got := <-ended:
		return got.value, got.err
	case <-ctx.Done():
		var none T
		return none, fmt.Errorf("%s could not be read: %w", what, context.Cause(ctx))
	}
}
