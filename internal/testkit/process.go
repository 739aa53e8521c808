package testkit

import (
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// Process is a program that a test has started. It ends with the test process, even if that is killed.
type Process struct {
	command *exec.Cmd
	ended   <-chan struct{}
}

// StartProcess starts a program. It is killed at the end of the test unless it has ended by then.
func StartProcess(tb testing.TB, command *exec.Cmd) *Process {
	tb.Helper()
	BindToUs(command, syscall.SIGKILL)
	ended, err := StartBound(command)
	if err != nil {
		tb.Fatalf("starting %s: %v", command, err)
	}
	p := &Process{command, ended}
	tb.Cleanup(p.Kill)
	return p
}

// ID returns the process id.
func (p *Process) ID() int { return p.command.Process.Pid }

// Stop sends SIGTERM; see [Process.Wait].
func (p *Process) Stop() { _ = p.command.Process.Signal(syscall.SIGTERM) }

// HangUp sends SIGHUP, which asks a program to reload its configuration.
func (p *Process) HangUp() { _ = p.command.Process.Signal(syscall.SIGHUP) }

// Kill sends SIGKILL and waits for the end.
func (p *Process) Kill() {
	_ = p.command.Process.Kill() // unless it has ended already
	<-p.ended
}

// Ended is closed when the process has ended.
func (p *Process) Ended() <-chan struct{} { return p.ended }

// Wait waits for the end and returns the exit code, -1 if a signal killed the process.
func (p *Process) Wait() int {
	<-p.ended
	return p.command.ProcessState.ExitCode()
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
