//go:build unix

package main

import (
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"latchkey/config"
)

// Whom the mode of a file lets in.
const (
	groupAndOthers fs.FileMode = 0o077
	others         fs.FileMode = 0o007
)

// protectData warns of a database that other users of this machine can read, and takes their rights away where that is the
// program's business: from its own files, and from a directory that holds nothing else. It comes before the database is opened,
// since SQLite gives files that it makes the mode of the database.
func protectData(cfg config.Config, log *slog.Logger) {
	if cfg.Database.Engine != config.SQLite {
		return
	}
	protect(log, cfg.Data, holdsOnly(cfg.Data, filepath.Base(cfg.Database.Path)))
	for _, suffix := range []string{"", "-wal", "-shm"} {
		protect(log, cfg.Database.Path+suffix, true)
	}
}

// protect does so for one file or directory, which need not exist.
func protect(log *slog.Logger, path string, mayMend bool) {
	info, err := os.Stat(path)
	if err != nil {
		return
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	owned := ok && int(stat.Uid) == os.Geteuid()
	tooMuch := groupAndOthers
	if info.IsDir() && !owned {
		tooMuch = others // the program itself may get in by the group, such as into a volume
	}
	if info.Mode()&tooMuch == 0 {
		return
	}
	log = log.With("path", path, "mode", fmt.Sprintf("%04o", info.Mode().Perm()))
	if owned && mayMend {
		if err := os.Chmod(path, info.Mode()&^groupAndOthers); err != nil {
			log = log.With("error", err)
		} else {
			log.Warn("data was readable by other users, mode corrected")
			return
		}
	}
	log.Warn("data is readable by other users")
}

// holdsOnly reports whether a directory has no other files than those whose names begin with a name.
func holdsOnly(dir, name string) bool {
	files, err := os.ReadDir(dir)
	if err != nil {
		return false
	}
	for _, file := range files {
		if !strings.HasPrefix(file.Name(), name) {
			return false
		}
	}
	return true
}
