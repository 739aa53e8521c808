//go:build unix

package main

import (
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"latchkey/config"
)

// Permission bits for other users.
const (
	groupAndOthers fs.FileMode = 0o077
	others         fs.FileMode = 0o007
)

// protectData warns of a database or key that other users of this machine can read. It removes their permissions from the program's own
// files, and from a directory that contains nothing else. It runs before the database is opened, since SQLite creates files with the
// mode of the database.
func protectData(cfg config.Config, log *slog.Logger) {
	if cfg.Database.Engine == config.SQLite {
		protect(log, cfg.Data, holdsOnly(cfg.Data, filepath.Base(cfg.Database.Path), config.KeyFileName))
		for _, suffix := range []string{"", "-wal", "-shm"} {
			protect(log, cfg.Database.Path+suffix, true)
		}
	}
	protect(log, cfg.KeyFile(), cfg.SecretKeyFile == "")
}

// protect does this for one file or directory, which need not exist.
func protect(log *slog.Logger, path string, mayMend bool) {
	info, err := os.Stat(path)
	if err != nil {
		return
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	owned := ok && int(stat.Uid) == os.Geteuid()
	tooMuch := groupAndOthers
	if info.IsDir() && !owned {
		tooMuch = others // the program itself may have access by the group, for example to a volume
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

// holdsOnly reports whether all file names in a directory begin with one of the names.
func holdsOnly(dir string, names ...string) bool {
	files, err := os.ReadDir(dir)
	if err != nil {
		return false
	}
	for _, file := range files {
		if !slices.ContainsFunc(names, func(name string) bool { return strings.HasPrefix(file.Name(), name) }) {
			return false
		}
	}
	return true
}
