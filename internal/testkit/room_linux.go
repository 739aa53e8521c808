package testkit

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"unsafe"
)

// Room is a directory in which a process can run out of room.
type Room struct {
	Dir  string
	Kind string // "file system" or "file size", whichever of them is limited
}

// roomSize is what a file system of a Room holds: enough for a database, and soon full.
const roomSize = "16m"

// Rooms are the kinds of room that this machine has. A file system of one's own needs the right to mount; where that is
// missing, as in most containers, what is left is the limit on the size of a process's files, which fails the same writes.
func Rooms(tb testing.TB) []Room {
	tb.Helper()
	rooms := []Room{{tb.TempDir(), "file size"}}
	dir := tb.TempDir()
	if err := syscall.Mount("latchkey-test", dir, "tmpfs", 0, "size="+roomSize); err != nil {
		tb.Logf("no file system of one's own: %v", err)
		return rooms
	}
	tb.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			tb.Errorf("unmounting: %v", err)
		}
	})
	return append(rooms, Room{dir, "file system"})
}

// Fill leaves the process no room: no file of its own can grow.
func (r Room) Fill(tb testing.TB, p *Process) {
	tb.Helper()
	if r.Kind == "file size" {
		limitFiles(tb, p, 0) // a log that begins anew has room below its old size
		return
	}
	file, err := os.Create(r.filler())
	if err != nil {
		tb.Fatal(err)
	}
	defer file.Close()
	for size := 1 << 16; size > 0; size /= 2 {
		for err = nil; err == nil; {
			_, err = file.Write(make([]byte, size))
		}
		if !errors.Is(err, syscall.ENOSPC) {
			tb.Fatal(err)
		}
	}
}

// Free gives the process all room again.
func (r Room) Free(tb testing.TB, p *Process) {
	tb.Helper()
	if r.Kind == "file size" {
		limitFiles(tb, p, ^uint64(0))
		return
	}
	if err := os.Remove(r.filler()); err != nil {
		tb.Fatal(err)
	}
}

func (r Room) filler() string { return filepath.Join(r.Dir, "filler") }

// limitFiles bounds how large a file the process may write (prlimit(2), RLIMIT_FSIZE). Go leaves the signal that comes with
// it alone, so that the write fails.
func limitFiles(tb testing.TB, p *Process, size uint64) {
	tb.Helper()
	limit := syscall.Rlimit{Cur: size, Max: ^uint64(0)}
	_, _, failed := syscall.RawSyscall6(syscall.SYS_PRLIMIT64, uintptr(p.ID()), syscall.RLIMIT_FSIZE, uintptr(unsafe.Pointer(&limit)), 0, 0, 0)
	if failed != 0 {
		tb.Fatalf("prlimit: %v", failed)
	}
}
