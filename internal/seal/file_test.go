package seal_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"latchkey/internal/seal"
	"latchkey/internal/testkit"
)

func TestKeyFileIsMadeOnceAndPrivate(t *testing.T) {
	testkit.Parallel(t)
	file := seal.File{Path: filepath.Join(t.TempDir(), "data", "secret.key")}
	if _, err := file.Read(); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	made := make([]error, 20)
	keys := make([]*seal.Key, len(made))
	testkit.Together(len(made), func(i int) {
		keys[i] = newKey(t)
		made[i] = file.Create(keys[i])
	})
	read, err := file.Read()
	if err != nil || len(read) != 1 {
		t.Fatalf("%v, %v", read, err)
	}
	succeeded := 0
	for i, err := range made {
		if err == nil {
			succeeded++
			if keys[i].ID() != read[0].ID() {
				t.Error("the file has a key of one that did not succeed")
			}
		} else if !errors.Is(err, fs.ErrExist) {
			t.Error(err)
		}
	}
	if succeeded != 1 {
		t.Errorf("%d of %d made it", succeeded, len(made))
	}
	wantPrivate(t, file.Path)
}

// wantPrivate wants only the owner to read the file, and nothing to be left next to it.
func wantPrivate(t *testing.T, path string) {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if mode := info.Mode().Perm(); mode != 0o600 && runtime.GOOS != "windows" {
		t.Errorf("mode %04o", mode)
	}
	if files, err := os.ReadDir(filepath.Dir(path)); err != nil || len(files) != 1 {
		t.Errorf("%v, %v", files, err)
	}
}

func TestKeyFileIsReplacedAtOnce(t *testing.T) {
	testkit.Parallel(t)
	file := seal.File{Path: filepath.Join(t.TempDir(), "secret.key")}
	first := newKey(t)
	if err := file.Create(first); err != nil {
		t.Fatal(err)
	}
	link := seal.File{Path: filepath.Join(t.TempDir(), "link")}
	if err := os.Symlink(file.Path, link.Path); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range 100 {
			if err := link.Replace([]*seal.Key{newKey(t), first}); err != nil {
				t.Error(err)
			}
		}
	}()
	for read := true; read; {
		select {
		case <-done:
			read = false
		default:
			if keys, err := file.Read(); err != nil || keys[len(keys)-1].ID() != first.ID() {
				t.Fatalf("%v, %v", keys, err)
			}
		}
	}
	wantPrivate(t, file.Path)
	if info, err := os.Lstat(link.Path); err != nil || info.Mode()&fs.ModeSymlink == 0 {
		t.Errorf("the link was replaced: %v, %v", info, err)
	}
}

func TestWhatIsNoKeyFile(t *testing.T) {
	testkit.Parallel(t)
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	text := newKey(t).Text()
	for path, want := range map[string]string{
		dir:                       "is not a regular file",
		os.DevNull:                "is not a regular file",
		write("empty", ""):        "there is no key",
		write("raw", text[:32]):   "key 1 is not 32 bytes in base64",
		write("second", text+"x"): "key 2 is not 32 bytes in base64",
		write("huge", text+strings.Repeat("\n", 1<<20)): "has 1048621 bytes; a key file has at most 4096",
	} {
		if keys, err := (seal.File{Path: path}).Read(); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), strings.TrimSpace(text)) {
			t.Errorf("%s: %v, %v", path, keys, err)
		}
	}
}
