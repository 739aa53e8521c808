// Package testkit is shared by all tests: a clock that tests set, processes, skipping what a machine lacks, and cleaning up.
// Databases are in testdb, pages in testbrowser, the mail server in testsmtp and the whole program in testapp.
//
// PostgreSQL and Chromium are started once per test process, on first use. A package whose tests use them has
//
//	func TestMain(m *testing.M) { os.Exit(testkit.Main(m)) }
//
// to stop them and remove their directories. Without it they are killed, and the next test process removes the directories.
package testkit

import (
	"flag"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"testing"
)

// Main runs the tests of a package, then stops what they started. The result is the exit code.
func Main(m *testing.M) int {
	defer Close()
	raiseParallelism()
	return m.Run()
}

// testsPerProcessor is how many tests run at a time per processor. Most of them wait for a database, a page or a process.
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

var (
	atExitLock sync.Mutex
	atExit     []func()
)

// AtExit registers a function that runs when the test process ends, the latest first.
func AtExit(stop func()) {
	atExitLock.Lock()
	defer atExitLock.Unlock()
	atExit = append(atExit, stop)
}

// Close runs what [AtExit] registered, for a program that is not a test.
func Close() {
	atExitLock.Lock()
	defer atExitLock.Unlock()
	for _, stop := range slices.Backward(atExit) {
		stop()
	}
	atExit = nil
}
