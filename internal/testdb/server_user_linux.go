package testdb

import (
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"syscall"
)

// asUser makes cmd run as another user if we are root. The child changes its user before it asks for the death signal (see
// [testkit.BindToUs]), which the change would clear.
func asUser(cmd *exec.Cmd, owner *user.User) error {
	if owner == nil {
		return nil
	}
	uid, gid, err := ids(owner)
	if err != nil {
		return err
	}
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uid, Gid: gid}
	return nil
}

// serverUser returns the user to run PostgreSQL as; nil = our user. PostgreSQL refuses to run as root.
func serverUser() (*user.User, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	return user.Lookup("postgres")
}

// giveTo makes owner the owner of a file or directory.
func giveTo(path string, owner *user.User) error {
	if owner == nil {
		return nil
	}
	uid, gid, err := ids(owner)
	if err != nil {
		return err
	}
	return os.Chown(path, int(uid), int(gid))
}

func ids(owner *user.User) (uid, gid uint32, err error) {
	u, err := strconv.ParseUint(owner.Uid, 10, 32)
	if err != nil {
		return 0, 0, err
	}
	g, err := strconv.ParseUint(owner.Gid, 10, 32)
	return uint32(u), uint32(g), err
}
