package testkit

import "sync"

// Together runs run n times at the same moment, and returns when all have
// ended.
func Together(n int, run func(i int)) {
	start := make(chan struct{})
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { <-start; run(i) })
	}
	close(start)
	all.Wait()
}
