package main

import (
	"context"
	"fmt"
)

// unlessEnded returns what read returns, or an error as soon as ctx ends. A hanging file system cannot be interrupted, so read is
// then left running.
func unlessEnded[T any](ctx context.Context, what string, read func() (T, error)) (T, error) {
	type outcome struct {
		value T
		err   error
	}
	ended := make(chan outcome, 1) // read may end after ctx
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
