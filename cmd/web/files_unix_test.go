//go:build unix

package main

import (
	"bytes"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"latchkey/config"
	"latchkey/internal/testkit"
	"latchkey/models"
)

// Whatever the umask is, no other user can read what the program makes. This test changes the umask of the process, so it does not
// run in parallel.
func TestDataIsPrivateWhateverTheUmask(t *testing.T) {
	before := syscall.Umask(0)
	defer syscall.Umask(before)
	p := newProgram(t, models.SQLite)
	p.start("127.0.0.1:0")
	dir := p.args[1]
	wantMode(t, dir, 0o700)
	for _, file := range []string{"latchkey.db", "latchkey.db-wal", "latchkey.db-shm", "secret.key"} {
		wantMode(t, filepath.Join(dir, file), 0o600)
	}
}

// Data that others can read is mended and warned of at start.
func TestReadableDataIsMadePrivate(t *testing.T) {
	testkit.Parallel(t)
	p := newProgram(t, models.SQLite)
	p.must("Right-Horse-7!", "create-superadmin", "--name", "root", "--email", "root@example.com")
	dir := p.args[1]
	file := filepath.Join(dir, "latchkey.db")
	chmod(t, dir, 0o755)
	chmod(t, file, 0o644)
	p.start("127.0.0.1:0")
	wantMode(t, dir, 0o700)
	for _, path := range []string{file, file + "-wal", file + "-shm"} {
		wantMode(t, path, 0o600)
	}
}

// What is mended and what is only warned of: the modes of what the program does not own, and of a directory that holds other
// files too, are not its to change.
func TestReadableData(t *testing.T) {
	testkit.Parallel(t)
	const mended, warned = "data was readable", "data is readable"
	for name, tc := range map[string]struct {
		dir, file, wal fs.FileMode // 0 = the file is not there
		key            fs.FileMode
		neighbour      bool
		wantDir        fs.FileMode
		warnings       []string
	}{
		"private":                    {dir: 0o700, file: 0o600, wal: 0o600, wantDir: 0o700},
		"nothing there yet":          {dir: 0o700, wantDir: 0o700},
		"a directory made by hand":   {dir: 0o755, wantDir: 0o700, warnings: []string{mended}},
		"readable by the group":      {dir: 0o750, file: 0o640, wantDir: 0o700, warnings: []string{mended, mended}},
		"writable by all":            {dir: 0o777, file: 0o666, wal: 0o666, wantDir: 0o700, warnings: []string{mended, mended, mended}},
		"only a log":                 {dir: 0o700, file: 0o600, wal: 0o604, wantDir: 0o700, warnings: []string{mended}},
		"a directory of other files": {dir: 0o755, file: 0o644, neighbour: true, wantDir: 0o755, warnings: []string{warned, mended}},
		"a readable key":             {dir: 0o755, file: 0o600, key: 0o640, wantDir: 0o700, warnings: []string{mended, mended}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			cfg := config.Config{Data: dir, Database: config.Database{Engine: config.SQLite, Path: filepath.Join(dir, "latchkey.db")}}
			write := func(path string, mode fs.FileMode) {
				if err := os.WriteFile(path, nil, 0o600); err != nil {
					t.Fatal(err)
				}
				chmod(t, path, mode)
			}
			if tc.file != 0 {
				write(cfg.Database.Path, tc.file)
			}
			if tc.wal != 0 {
				write(cfg.Database.Path+"-wal", tc.wal)
			}
			if tc.key != 0 {
				write(cfg.KeyFile(), tc.key)
			}
			if tc.neighbour {
				write(filepath.Join(dir, "notes.txt"), 0o644)
			}
			chmod(t, dir, tc.dir)
			var log bytes.Buffer
			protectData(cfg, slog.New(slog.NewTextHandler(&log, nil)))
			wantMode(t, dir, tc.wantDir)
			if tc.file != 0 {
				wantMode(t, cfg.Database.Path, 0o600)
			}
			if tc.wal != 0 {
				wantMode(t, cfg.Database.Path+"-wal", 0o600)
			}
			if tc.key != 0 {
				wantMode(t, cfg.KeyFile(), 0o600)
			}
			if tc.neighbour {
				wantMode(t, filepath.Join(dir, "notes.txt"), 0o644)
			}
			lines := strings.Split(strings.TrimSuffix(log.String(), "\n"), "\n")
			if log.Len() == 0 {
				lines = nil
			}
			if len(lines) != len(tc.warnings) {
				t.Fatalf("%d lines, want %d:\n%s", len(lines), len(tc.warnings), log.String())
			}
			for i, want := range tc.warnings {
				if !strings.Contains(lines[i], want) || !strings.Contains(lines[i], dir) || !strings.Contains(lines[i], "level=WARN") {
					t.Errorf("line %d is %s, want %s", i, lines[i], want)
				}
			}
		})
	}
}

// A key file that the operator names is theirs, with either database: it is warned of, and left alone.
func TestReadableNamedKey(t *testing.T) {
	testkit.Parallel(t)
	path := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for mode, want := range map[fs.FileMode]int{0o600: 0, 0o400: 0, 0o640: 1, 0o604: 1} {
		chmod(t, path, mode)
		for _, engine := range []config.Engine{config.SQLite, config.Postgres} {
			var log bytes.Buffer
			protectData(config.Config{SecretKeyFile: path, Database: config.Database{Engine: engine}}, slog.New(slog.NewTextHandler(&log, nil)))
			wantMode(t, path, mode)
			if got := strings.Count(log.String(), "data is readable"); got != want {
				t.Errorf("%s, mode %o: %d lines, want %d: %s", engine, mode, got, want, log.String())
			}
		}
	}
}

// A directory of another owner is left alone, and warned of if everybody can read it.
func TestDataOfAnotherOwner(t *testing.T) {
	testkit.Parallel(t)
	if os.Geteuid() != 0 {
		t.Skip("only root can give a directory to another user")
	}
	for mode, lines := range map[fs.FileMode]int{0o755: 1, 0o770: 0, 0o700: 0} {
		dir := t.TempDir()
		chmod(t, dir, mode)
		if err := os.Chown(dir, 12345, 12345); err != nil {
			t.Fatal(err)
		}
		var log bytes.Buffer
		protectData(config.Config{Data: dir, Database: config.Database{Engine: config.SQLite, Path: filepath.Join(dir, "latchkey.db")}},
			slog.New(slog.NewTextHandler(&log, nil)))
		wantMode(t, dir, mode)
		if got := strings.Count(log.String(), "data is readable"); got != lines {
			t.Errorf("mode %o: %d lines, want %d: %s", mode, got, lines, log.String())
		}
	}
}

func chmod(t *testing.T, path string, mode fs.FileMode) {
	t.Helper()
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

func wantMode(t *testing.T, path string, want fs.FileMode) {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := info.Mode().Perm(); got != want {
		t.Errorf("%s has mode %04o, want %04o", path, got, want)
	}
}
