// Package testkit has what the tests of the other packages share: PostgreSQL,
// Chromium and a mail server of their own, and a clock that stands still.
//
// PostgreSQL and Chromium are started once a test process, on first use, and
// end with it, however it ends. A package whose tests use one of them has
//
//	func TestMain(m *testing.M) { os.Exit(testkit.Main(m)) }
//
// to stop them in order and remove their directories. Without it they are
// killed, and the directories are removed by the next test process.
package testkit

import (
	"sync"
	"testing"
)

// Main runs the tests of a package, then stops what they started. The result
// is the exit code.
func Main(m *testing.M) int {
	defer atExit.run()
	return m.Run()
}

// atExit is what is to be stopped when the test process ends in order.
var atExit cleanups

type cleanups struct {
	mu   sync.Mutex
	todo []func()
}

func (c *cleanups) add(f func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.todo = append(c.todo, f)
}

// run does the latest first, each once.
func (c *cleanups) run() {
	c.mu.Lock()
	todo := c.todo
	c.todo = nil
	c.mu.Unlock()
	for i := len(todo) - 1; i >= 0; i-- {
		todo[i]()
	}
}
