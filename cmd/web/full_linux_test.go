package main

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"unsafe"

	"latchkey/internal/testkit"
	"latchkey/models"
)

// TestDiskFull: while SQLite cannot write, changes are answered with 503, pages are still shown, nothing is damaged, and
// everything works again as soon as there is space.
func TestDiskFull(t *testing.T) {
	testkit.Parallel(t)
	for _, disk := range limitedDisks(t) {
		t.Run(disk.kind, func(t *testing.T) { fullDisk(t, disk) })
	}
}

func fullDisk(t *testing.T, disk limitedDisk) {
	p := newProgram(t, models.SQLite)
	p.args[1] = filepath.Join(disk.dir, "data")
	p.seed("root")
	r := p.process()
	all, session := r.visitors(t, 8), r.SignIn("root").Session()
	r.wantStatus(t, all, session, createForm("before"), http.StatusSeeOther)

	disk.fill(t, r.Process)
	for round := range testkit.Times(2, 50) {
		wantBusy(t, all, session, createForm(fmt.Sprint("during-", round)), signInForm("root"), signInForm("nobody"))
	}
	for _, page := range []string{"/", "/accounts", "/me", "/audit", "/healthz"} {
		r.wantStatus(t, all, session, page, http.StatusOK)
	}
	r.wantIntegrity(t)

	disk.free(t, r.Process)
	r.wantStatus(t, all, session, createForm("during-0"), http.StatusSeeOther)
	r.wantStatus(t, all, "", signInForm("root"), http.StatusSeeOther)
	r.stops(t)
	again := p.process()
	again.wantStatus(t, again.visitors(t, 1), "", signInForm("root"), http.StatusSeeOther)
	again.wantIntegrity(t)
	if n := again.DB.Count(t, "SELECT count(*) FROM accounts WHERE name IN ('before', 'during-0')"); n != 2 {
		t.Errorf("of two accounts that were made %d are there", n)
	}
	if n := again.DB.Count(t, "SELECT count(*) FROM accounts WHERE name LIKE 'during-%'"); n != 1 {
		t.Errorf("%d accounts are there that were not made", n-1)
	}
}

func (r *process) wantStatus(t *testing.T, all *visitors, session, address string, want int) {
	t.Helper()
	if got := all.ask(t.Context(), address, session); got.status != want || got.err != nil {
		t.Errorf("%s: %d, %v; want %d", address, got.status, got.err, want)
	}
}

// wantIntegrity lets SQLite look for what is broken.
func (r *process) wantIntegrity(t *testing.T) {
	t.Helper()
	var found string
	if err := r.DB.Raw(t).QueryRowContext(t.Context(), "PRAGMA integrity_check").Scan(&found); err != nil || found != "ok" {
		t.Errorf("the database is %q, %v", found, err)
	}
}

// limitedDisk is a directory in which a process can run out of space.
type limitedDisk struct {
	dir  string
	kind string // what is limited: "file system" or "file size"
}

// limitedDisks returns the kinds that this machine has. A small file system needs the right to mount, which most containers
// lack; the limit on the size of a process's files makes the same writes fail.
func limitedDisks(t *testing.T) []limitedDisk {
	t.Helper()
	disks := []limitedDisk{{t.TempDir(), "file size"}}
	dir := t.TempDir()
	if err := syscall.Mount("latchkey-test", dir, "tmpfs", 0, "size=16m"); err != nil {
		t.Logf("no file system of its own: %v", err)
		return disks
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Errorf("unmounting: %v", err)
		}
	})
	return append(disks, limitedDisk{dir, "file system"})
}

// fill leaves the process no space: none of its files can grow.
func (d limitedDisk) fill(t *testing.T, p *testkit.Process) {
	t.Helper()
	if d.kind == "file size" {
		limitFileSize(t, p, 0) // a truncated log has space below its old size
		return
	}
	file, err := os.Create(filepath.Join(d.dir, "filler"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for size := 1 << 16; size > 0; size /= 2 {
		for err = nil; err == nil; {
			_, err = file.Write(make([]byte, size))
		}
		if !errors.Is(err, syscall.ENOSPC) {
			t.Fatal(err)
		}
	}
}

func (d limitedDisk) free(t *testing.T, p *testkit.Process) {
	t.Helper()
	if d.kind == "file size" {
		limitFileSize(t, p, ^uint64(0))
		return
	}
	if err := os.Remove(filepath.Join(d.dir, "filler")); err != nil {
		t.Fatal(err)
	}
}

// limitFileSize sets RLIMIT_FSIZE of a process (prlimit(2)). Go ignores the signal that comes with it, so that the write fails.
func limitFileSize(t *testing.T, p *testkit.Process, size uint64) {
	t.Helper()
	limit := syscall.Rlimit{Cur: size, Max: ^uint64(0)}
	_, _, failed := syscall.RawSyscall6(syscall.SYS_PRLIMIT64, uintptr(p.ID()), syscall.RLIMIT_FSIZE, uintptr(unsafe.Pointer(&limit)), 0, 0, 0)
	if failed != 0 {
		t.Fatalf("prlimit: %v", failed)
	}
}
