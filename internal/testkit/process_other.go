//go:build !linux

package testkit

import (
	"os/exec"
	"syscall"
)

// Without Linux's death signal, a killed test process leaves its children behind.

func signalAtOurEnd(*exec.Cmd, syscall.Signal) {}

func RunAs(*exec.Cmd, int, int) {}

func freeBytes(string) uint64 { return 0 }
