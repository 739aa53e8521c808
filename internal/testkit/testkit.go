// Package testkit is what all tests share: a clock that stands still, processes beside the test, what a machine lacks, and
// the end of what a test process has started. Databases are in testdb, pages in testbrowser, the mail server in testsmtp
// and the whole program in testapp.
//
// PostgreSQL and Chromium are started once a test process, on first use, and end with it. A package whose tests use one of
// them has
//
//	func TestMain(m *testing.M) { os.Exit(testkit.Main(m)) }
//
// to stop them in order and remove their directories. Without it they are killed, and the directories are removed by the
// next test process.
package testkit

import (
	"flag"
	"runtime"
	"strconv"
	"sync"
	"testing"
)

// Main runs the tests of a package, then stops what they started. The result is the exit code.
func Main(m *testing.M) int {
	defer atExit.run()
	raiseParallelism()
	return m.Run()
}

// testsPerProcessor is how many tests run at a time for each processor: most of them wait for a database, a page or a
// process for much of their time.
const testsPerProcessor = 4

// raiseParallelism applies testsPerProcessor unless -parallel was given. While fuzzing, -parallel is the number of workers.
func raiseParallelism() {
	flag.Parse()
	given := flag.Lookup("test.fuzz").Value.String() != ""
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == "test.parallel" })
	if !given {
		_ = flag.Set("test.parallel", strconv.Itoa(testsPerProcessor*runtime.GOMAXPROCS(0)))
	}
}

// Parallel lets a test run in parallel with others, except in the long mode, which measures times.
func Parallel(t *testing.T) {
	t.Helper()
	if !Long() {
		t.Parallel()
	}
}

// AtExit registers what stops something when the test process ends in order; the latest is called first.
func AtExit(stop func()) { atExit.add(stop) }

// Close stops what this process started, for a program that is no test. Tests leave it to [Main].
func Close() { atExit.run() }

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
