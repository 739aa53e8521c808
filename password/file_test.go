package password

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// Links are followed, because containers mount files that way.
func TestReadRegularRefusesAnythingButFiles(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	if err := os.WriteFile(at("file"), []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	socket, err := net.Listen("unix", at("socket"))
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	if err := syscall.Mkfifo(at("pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	for link, target := range map[string]string{"link": "file", "second": "link", "elsewhere": dir, "nowhere": "none", "null": os.DevNull} {
		if err := os.Symlink(target, at(link)); err != nil {
			t.Fatal(err)
		}
	}
	for name, kind := range map[string]string{
		"file": "", "link": "", "second": "", "elsewhere": "a directory", "null": "a device", "socket": "a socket", "pipe": "a pipe",
	} {
		want := "password policy: " + at(name) + " is " + kind + ", and has to be a regular file"
		src, err := ReadRegular(at(name))
		if kind == "" && (err != nil || string(src) != "{}") || kind != "" && (err == nil || err.Error() != want) {
			t.Errorf("%s: %q, %v", name, src, err)
		}
	}
	if _, err := ReadRegular(at("nowhere")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a link to nothing: %v", err)
	}
}
