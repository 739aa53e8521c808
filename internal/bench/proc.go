package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"latchkey/internal/testkit"
)

// tick is the unit of times in /proc (proc(5); USER_HZ is 100 wherever Linux runs).
const tick = 10 * time.Millisecond

// memory reads a size of the process, such as VmRSS, in MiB.
func (p *process) memory(key string) (float64, error) {
	return testkit.Memory(p.command.Process.Pid, key)
}

// processorTime is what a process has used of all processors (proc(5), /proc/pid/stat, utime and stime).
func processorTime(pid int) (time.Duration, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, fmt.Errorf("processor time can be read on Linux only: %w", err)
	}
	// The second field is the program's name in brackets, which may hold anything. Utime is the 14th.
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	user, err := strconv.Atoi(fields[11])
	if err != nil {
		return 0, err
	}
	system, err := strconv.Atoi(fields[12])
	return time.Duration(user+system) * tick, err
}
