package testkit

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

const scratchPrefix = "latchkey-testkit-"

// Scratch creates a directory for this process, in memory if possible. Its name ends in the process id, so that later
// processes can remove it once this one has ended.
func Scratch(kind string) (string, error) {
	parent := scratchParent()
	sweep(parent)
	path := filepath.Join(parent, scratchPrefix+kind+"-"+strconv.Itoa(os.Getpid()))
	if err := os.RemoveAll(path); err != nil { // of an earlier process with the same id
		return "", err
	}
	return path, os.Mkdir(path, 0o700)
}

// enough is the space that a directory in memory must have. A container's default of 64 MB is too little for PostgreSQL.
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

// sweep removes the directories of ended processes. It ignores errors: another process may be sweeping, or another user own
// the directory.
func sweep(parent string) {
	entries, _ := filepath.Glob(filepath.Join(parent, scratchPrefix+"*-*"))
	for _, path := range entries {
		pid, err := strconv.Atoi(path[strings.LastIndex(path, "-")+1:])
		if err == nil && !alive(pid) {
			os.RemoveAll(path)
		}
	}
}

// alive reports whether a process exists.
func alive(pid int) bool {
	process, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	err = process.Signal(syscall.Signal(0))
	return err == nil || errors.Is(err, os.ErrPermission)
}
