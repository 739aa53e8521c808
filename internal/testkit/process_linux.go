package testkit

import (
	"os"
	"os/exec"
	"os/user"
	"runtime"
	"strconv"
	"syscall"
)

// asUser makes cmd run as another user if we are root. The child gives up our
// rights before it asks for the death signal (see bindToUs), so the change of
// user does not clear it.
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

// bindToUs asks the kernel to end cmd when we end, even by SIGKILL.
func bindToUs(cmd *exec.Cmd, signal syscall.Signal) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Pdeathsig = signal
}

// startBound starts cmd and gives back a channel that is closed when it has
// ended. The death signal is sent when the thread that forked ends, not the
// process, and Go may end threads. So the goroutine that starts cmd keeps its
// thread to itself until cmd has ended.
func startBound(cmd *exec.Cmd) (ended <-chan struct{}, err error) {
	started, done := make(chan error), make(chan struct{})
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		defer close(done)
		err := cmd.Start()
		started <- err
		if err == nil {
			cmd.Wait()
		}
	}()
	return done, <-started
}

// serverUser is the user to run PostgreSQL as: nil for ourselves, as only root
// is refused by it.
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

// freeBytes is the room in a file system; 0 if there is none of that name.
func freeBytes(path string) uint64 {
	var stat syscall.Statfs_t
	if err := syscall.Statfs(path, &stat); err != nil {
		return 0
	}
	return stat.Bavail * uint64(stat.Bsize)
}
