package core

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
)

// Start runs f in the background. It returns a function that waits for the result, which may be called any number of times. The context of f is
// [Uncancelled]: a page that reports an error may still need the result. A panic becomes an error: it ends the request, not the program.
func Start[T any](ctx context.Context, f func(context.Context) (T, error)) (wait func() (T, error)) {
	kept, cancel := Uncancelled(ctx)
	var (
		value T
		err   = errors.New("what ran in the background ended without a result")
		done  sync.WaitGroup
	)
	done.Go(func() {
		defer cancel()
		defer func() {
			if p := recover(); p != nil {
				err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
			}
		}()
		value, err = f(kept)
	})
	return func() (T, error) {
		done.Wait()
		return value, err
	}
}
