package testkit

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// Process is a program that a test has started. It ends with the test process, on Linux even if that is killed.
type Process struct {
	command *exec.Cmd
	ended   chan struct{}
}

// StartProcess starts a program. It is killed at the end of the test unless it has ended by then.
func StartProcess(tb testing.TB, command *exec.Cmd) *Process {
	tb.Helper()
	p, err := StartBound(command, syscall.SIGKILL)
	if err != nil {
		tb.Fatalf("starting %s: %v", command, err)
	}
	tb.Cleanup(p.Kill)
	return p
}

// StartBound starts a program, to which the kernel sends the signal when this process ends. It does so when the thread that forked
// ends, and Go may end threads, so the goroutine that starts the program keeps its thread until the program has ended.
func StartBound(command *exec.Cmd, signal syscall.Signal) (*Process, error) {
	signalAtOurEnd(command, signal)
	p, started := &Process{command, make(chan struct{})}, make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		defer close(p.ended)
		err := command.Start()
		started <- err
		if err == nil {
			_ = command.Wait()
		}
	}()
	return p, <-started
}

// ID returns the process id.
func (p *Process) ID() int { return p.command.Process.Pid }

// Signal sends a signal, unless the process has ended.
func (p *Process) Signal(signal syscall.Signal) { _ = p.command.Process.Signal(signal) }

// Stop sends SIGTERM; see [Process.Wait].
func (p *Process) Stop() { p.Signal(syscall.SIGTERM) }

// Kill sends SIGKILL and waits for the end.
func (p *Process) Kill() {
	p.Signal(syscall.SIGKILL)
	<-p.ended
}

// Ended is closed when the process has ended.
func (p *Process) Ended() <-chan struct{} { return p.ended }

// Wait waits for the end and returns the exit code, -1 if a signal killed the process.
func (p *Process) Wait() int {
	<-p.ended
	return p.command.ProcessState.ExitCode()
}

// FreePort returns a port on which a program can listen. Another process may take it first.
func FreePort() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port, nil
}

// Memory reads a size of a process, such as VmRSS or VmHWM, in MiB (proc(5), /proc/pid/status).
func Memory(pid int, key string) (float64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, fmt.Errorf("memory can be read on Linux only: %w", err)
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, key+":"); ok {
			kib, err := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			return kib / 1024, err
		}
	}
	return 0, fmt.Errorf("no %s in /proc", key)
}
