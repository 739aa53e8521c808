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

// start runs the process to its end, and returns its exit status.
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

// errReported ends a command with exit status 1 after it has said why itself.
var errReported = errors.New("said already")

// run is the whole program, with everything from outside handed in.
func run(ctx context.Context, args []string, out *env) error {
	command := rootCommand(out)
	command.SetArgs(args)
	command.SetIn(out.stdin)
	command.SetOut(out.stdout)
	command.SetErr(out.stderr)
	return command.ExecuteContext(ctx)
}

// env is what the program has from its process.
type env struct {
	getenv         func(string) string
	stdin          io.Reader
	stdout, stderr io.Writer
	limitMemory    func(purpose) // nil: the process is not the program's own
	timings        timings
}

// limits has the memory limited before a command does its work.
func (out *env) limits(to purpose) func(*cobra.Command, []string) {
	return func(*cobra.Command, []string) {
		if out.limitMemory != nil {
			out.limitMemory(to)
		}
	}
}
