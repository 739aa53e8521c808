//go:build !linux

package testkit

import (
	"os/exec"
	"os/user"
	"syscall"
)

// Elsewhere tests run as an ordinary user, and a killed test process leaves its
// children behind: there is no death signal to ask for.

func asUser(*exec.Cmd, *user.User) error { return nil }

func bindToUs(*exec.Cmd, syscall.Signal) {}

func startBound(cmd *exec.Cmd) (ended <-chan struct{}, err error) {
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

func serverUser() (*user.User, error) { return nil, nil }

func giveTo(string, *user.User) error { return nil }

func freeBytes(string) uint64 { return 0 }
