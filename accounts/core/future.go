package core

import (
	"fmt"
	"runtime/debug"
	"sync"
)

// Start runs f in the background. It returns a function that waits for the result, which may be called any number of times. A panic becomes an
// error: it ends the request, not the program.
func Start[T any](f func() (T, error)) (wait func() (T, error)) {
	var (
		value T
		err   error
		done  sync.WaitGroup
	)
	done.Add(1)
	go func() {
		defer done.Done()
		defer func() {
			if p := recover(); p != nil {
				err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
			}
		}()
		value, err = f()
	}()
	return func() (T, error) {
		done.Wait()
		return value, err
	}
}
