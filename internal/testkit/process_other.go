//go:build !linux

package testkit

import (
	"os/exec"
	"syscall"
)

// Elsewhere tests run as an ordinary user, and a killed test process leaves its
// children behind: there is no death signal to ask for.

func BindToUs(*exec.Cmd, syscall.Signal) {}

func StartBound(cmd *exec.Cmd) (ended <-chan struct{}, err error) {
	done := make(chan struct{})
	if err := cmd.Start(); err != nil {
		return done, err
	}
	go func() {
		defer close(done)
		cmd.Wait()
	}()
	return done, nil
}

func freeBytes(string) uint64 { return 0 }
