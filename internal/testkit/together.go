package testkit

import "sync"

// Together calls run n times concurrently, and returns when all calls have ended.
func Together(n int, run func(i int)) {
	start := make(chan struct{})
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { <-start; run(i) })
	}
	close(start)
	all.Wait()
}
