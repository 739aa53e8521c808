package testkit

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
)

func TestSweep(t *testing.T) {
	dead := exec.Command(os.Args[0], "-test.run=^$")
	if err := dead.Run(); err != nil {
		t.Fatal(err)
	}
	parent := t.TempDir()
	gone := filepath.Join(parent, scratchPrefix+"postgres-"+strconv.Itoa(dead.Process.Pid))
	ours := filepath.Join(parent, scratchPrefix+"postgres-"+strconv.Itoa(os.Getpid()))
	parents := filepath.Join(parent, scratchPrefix+"chromium-"+strconv.Itoa(os.Getppid()))
	other := filepath.Join(parent, "something-"+strconv.Itoa(dead.Process.Pid))
	for _, dir := range []string{gone, ours, parents, other} {
		if err := os.MkdirAll(filepath.Join(dir, "data"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	sweep(parent)
	for dir, want := range map[string]bool{gone: false, ours: true, parents: true, other: true} {
		if _, err := os.Stat(dir); (err == nil) != want {
			t.Errorf("%s: there %v, want %v", filepath.Base(dir), err == nil, want)
		}
	}
}
