package testkit

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

const scratchPrefix = "latchkey-testkit-"

// Scratch makes a directory for this process, in memory where the machine has
// such a place. Its name ends in the process id, by which later processes see
// that nobody needs it any more.
func Scratch(kind string) (string, error) {
	parent := scratchParent()
	sweep(parent)
	return makeDir(filepath.Join(parent, scratchPrefix+kind+"-"+strconv.Itoa(os.Getpid())))
}

// makeDir makes an empty directory; one of that name is left over from an
// earlier process that had our id.
func makeDir(path string) (string, error) {
	if err := os.RemoveAll(path); err != nil {
		return "", fmt.Errorf("removing a leftover: %w", err)
	}
	return path, os.Mkdir(path, 0o700)
}

// enough is the room a place in memory must have: a container's default of
// 64 MB holds no cluster with its copies.
const enough = 1 << 30

func scratchParent() string {
	const memory = "/dev/shm"
	if freeBytes(memory) < enough {
		return os.TempDir()
	}
	probe, err := os.MkdirTemp(memory, scratchPrefix+"probe-*")
	if err != nil {
		return os.TempDir()
	}
	os.Remove(probe)
	return memory
}

// sweep removes the directories of processes that are gone. Errors do not
// matter: another process may be sweeping, or the directory be another user's.
func sweep(parent string) {
	entries, _ := filepath.Glob(filepath.Join(parent, scratchPrefix+"*-*"))
	for _, path := range entries {
		pid, err := strconv.Atoi(path[strings.LastIndex(path, "-")+1:])
		if err == nil && !alive(pid) {
			os.RemoveAll(path)
		}
	}
}

// alive tells whether a process exists, ours or not.
func alive(pid int) bool {
	process, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	err = process.Signal(syscall.Signal(0))
	return err == nil || errors.Is(err, os.ErrPermission)
}
