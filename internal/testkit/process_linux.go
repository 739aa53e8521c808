package testkit

import (
	"os/exec"
	"runtime"
	"syscall"
)

// BindToUs asks the kernel to end cmd when we end, even by SIGKILL.
func BindToUs(cmd *exec.Cmd, signal syscall.Signal) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Pdeathsig = signal
}

// StartBound starts cmd and gives back a channel that is closed when it has
// ended. The death signal is sent when the thread that forked ends, not the
// process, and Go may end threads. So the goroutine that starts cmd keeps its
// thread to itself until cmd has ended.
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

// freeBytes is the room in a file system; 0 if there is none of that name.
func freeBytes(path string) uint64 {
	var stat syscall.Statfs_t
	if err := syscall.Statfs(path, &stat); err != nil {
		return 0
	}
	return stat.Bavail * uint64(stat.Bsize)
}
