package testkit

import (
	"os/exec"
	"runtime"
	"syscall"
)

// BindToUs makes the kernel signal cmd when this process ends, even by SIGKILL.
func BindToUs(cmd *exec.Cmd, signal syscall.Signal) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Pdeathsig = signal
}

// StartBound starts cmd and returns a channel that is closed when it has ended. The kernel signals when the thread that forked
// ends, and Go may end threads, so the goroutine that starts cmd keeps its thread until cmd has ended.
func StartBound(cmd *exec.Cmd) (ended <-chan struct{}, err error) {
	started, done := make(chan error), make(chan struct{})
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		defer close(done)
		err := cmd.Start()
		started <- err
		if err == nil {
			cmd.Wait()
		}
	}()
	return done, <-started
}

// freeBytes returns the free space of a file system, 0 if it does not exist.
func freeBytes(path string) uint64 {
	var stat syscall.Statfs_t
	if err := syscall.Statfs(path, &stat); err != nil {
		return 0
	}
	return stat.Bavail * uint64(stat.Bsize)
}
