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
)

func main() { os.Exit(start()) }

// start runs the process to its end, and returns its exit status.
func start() int {
	if len(os.Args) < 2 || os.Args[1] != "policy" { // which computes no hashes
		limitMemory()
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	defer runtime.KeepAlive(ballast)
	if err := run(ctx, os.Args[1:], os.Getenv, os.Stdin, os.Stdout, os.Stderr); err != nil {
		if !errors.Is(err, errSaid) {
			fmt.Fprintln(os.Stderr, "web:", err)
		}
		return 1
	}
	return 0
}

// errSaid ends a command with exit status 1 after it has said why itself.
var errSaid = errors.New("said already")

// run is the whole program, with everything from outside handed in.
func run(ctx context.Context, args []string, getenv func(string) string, stdin io.Reader, stdout, stderr io.Writer) error {
	command := rootCommand(&outside{getenv, stdin, stdout, stderr})
	command.SetArgs(args)
	command.SetIn(stdin)
	command.SetOut(stdout)
	command.SetErr(stderr)
	return command.ExecuteContext(ctx)
}

// outside is what the program has from its process.
type outside struct {
	getenv         func(string) string
	stdin          io.Reader
	stdout, stderr io.Writer
}
