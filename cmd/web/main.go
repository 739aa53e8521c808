// Command web is Latchkey: it serves the dashboard, and helps an operator from the command line.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"syscall"

	"github.com/spf13/cobra"
)

func main() { os.Exit(start(productionTimings)) }

// start runs the program and returns its exit status.
func start(timings timings) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	defer runtime.KeepAlive(ballast)
	process := &env{getenv: os.Getenv, stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, limitMemory: limitMemory, timings: timings}
	if err := run(ctx, os.Args[1:], process); err != nil {
		if !errors.Is(err, errReported) {
			fmt.Fprintln(os.Stderr, "web:", err)
		}
		return 1
	}
	return 0
}

// errReported ends a command with exit status 1 if it has already printed the reason.
var errReported = errors.New("said already")

// run is the whole program. All external inputs and outputs are parameters.
func run(ctx context.Context, args []string, out *env) error {
	command := rootCommand(out)
	command.SetArgs(args)
	command.SetIn(out.stdin)
	command.SetOut(out.stdout)
	command.SetErr(out.stderr)
	return command.ExecuteContext(ctx)
}

// env contains the inputs and outputs of the process.
type env struct {
	getenv         func(string) string
	stdin          io.Reader
	stdout, stderr io.Writer
	limitMemory    func(purpose) // nil: the process is shared, as in tests
	timings        timings
	dev            bool // with the development pages
}

// limits returns a hook that limits the memory before a command runs.
func (out *env) limits(to purpose) func(*cobra.Command, []string) {
	return func(*cobra.Command, []string) {
		if out.limitMemory != nil {
			out.limitMemory(to)
		}
	}
}
