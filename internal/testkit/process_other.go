//go:build !linux

package testkit

import (
	"os/exec"
	"syscall"
)

// Without Linux's death signal, a killed test process leaves its children behind.

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
