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

// memory is a directory in memory, and enough the space that it must have. A container's default of 64 MB is too little for
// PostgreSQL.
const (
	memory = "/dev/shm"
	enough = 1 << 30
)

// Scratch creates a directory for this process, in memory if possible. Its name ends in the process id, so that later
// processes can remove it once this one has ended.
func Scratch(kind string) (path string, err error) {
	for _, parent := range []string{memory, os.TempDir()} {
		if parent == memory && freeBytes(memory) < enough {
			continue
		}
		sweep(parent)
		path = filepath.Join(parent, scratchPrefix+kind+"-"+strconv.Itoa(os.Getpid()))
		os.RemoveAll(path) // of an earlier process with the same id
		if err = os.Mkdir(path, 0o700); err == nil {
			return path, nil
		}
	}
	return "", err
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
