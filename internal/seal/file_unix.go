//go:build unix

package seal

import (
	"errors"
	"os"
	"syscall"
)

// sameOwner gives a file the owner of another one, so that root can replace the key file of the program's user.
func sameOwner(from, to string) error {
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok || int(stat.Uid) == os.Geteuid() {
		return nil
	}
	return os.Chown(to, int(stat.Uid), int(stat.Gid))
}

// syncDir makes a new name in a directory last.
func syncDir(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
