package testdb

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"latchkey/internal/testkit"
)

// errNoPostgres means that PostgreSQL is not installed.
var errNoPostgres = errors.New("no PostgreSQL here")

// postgresTool returns the path of a program of the newest installed PostgreSQL.
func postgresTool(name string) (string, error) {
	if testkit.Hidden("postgres") {
		return "", fmt.Errorf("%w: hidden by %s", errNoPostgres, testkit.WithoutEnv)
	}
	installed, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + name)
	newest, version := name, 0.0
	for _, path := range installed {
		dir := filepath.Dir(filepath.Dir(path))
		if v, err := strconv.ParseFloat(filepath.Base(dir), 64); err == nil && v > version {
			newest, version = path, v
		}
	}
	path, err := exec.LookPath(newest)
	if err != nil {
		return "", fmt.Errorf("%w: neither in /usr/lib/postgresql nor in PATH: %w", errNoPostgres, err)
	}
	return path, nil
}

// serverUser returns the user to run PostgreSQL as, which refuses to run as root; -1 = our user.
func serverUser() (uid, gid int, err error) {
	if os.Geteuid() != 0 {
		return -1, -1, nil
	}
	owner, err := user.Lookup("postgres")
	if err != nil {
		return 0, 0, fmt.Errorf("%w: root needs a user to run it as: %w", errNoPostgres, err)
	}
	uid, err = strconv.Atoi(owner.Uid)
	if err == nil {
		gid, err = strconv.Atoi(owner.Gid)
	}
	return uid, gid, err
}

// cluster is a running server of our own.
type cluster struct {
	dir      string // holds data and socket
	uid, gid int    // of its user
	port     int
	process  *testkit.Process
}

// startPostgres creates a cluster in a scratch directory and starts a server. Another process may take the free port first, so it
// tries three times.
func startPostgres() (*cluster, error) {
	uid, gid, err := serverUser()
	if err != nil {
		return nil, err
	}
	dir, err := testkit.Scratch("postgres")
	if err != nil {
		return nil, err
	}
	c := &cluster{dir: dir, uid: uid, gid: gid}
	if err = c.create(); err == nil {
		for range 3 {
			if err = c.start(); err == nil {
				return c, nil
			}
		}
	}
	os.RemoveAll(dir)
	return nil, err
}

func (c *cluster) data() string { return filepath.Join(c.dir, "data") }

// command prepares a program of PostgreSQL, run as the owner in a directory that the owner may enter.
func (c *cluster) command(name string, args ...string) (*exec.Cmd, error) {
	path, err := postgresTool(name)
	if err != nil {
		return nil, err
	}
	command := exec.Command(path, args...)
	command.Dir = c.dir
	if c.uid >= 0 {
		testkit.RunAs(command, c.uid, c.gid)
	}
	return command, nil
}

func (c *cluster) create() error {
	if c.uid >= 0 {
		if err := os.Chown(c.dir, c.uid, c.gid); err != nil {
			return err
		}
	}
	command, err := c.command("initdb", "-D", c.data(), "-A", "trust", "-U", "postgres",
		"-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions")
	if err != nil {
		return err
	}
	if output, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, output)
	}
	return nil
}

// start starts the server without pg_ctl, since only our own child ends with us. SIGQUIT makes it end its children at once.
// Nothing needs to survive a crash, so nothing waits for a disk.
func (c *cluster) start() (err error) {
	if c.port, err = testkit.FreePort(); err != nil {
		return err
	}
	args := []string{"-D", c.data(), "-p", strconv.Itoa(c.port), "-k", c.dir}
	for _, option := range []string{"listen_addresses=127.0.0.1", "fsync=off", "synchronous_commit=off",
		"full_page_writes=off", "autovacuum=off", "max_connections=500", "wal_level=minimal", "max_wal_senders=0"} {
		args = append(args, "-c", option)
	}
	command, err := c.command("postgres", args...)
	if err != nil {
		return err
	}
	var log bytes.Buffer
	command.Stdout, command.Stderr = &log, &log
	command.WaitDelay = 5 * time.Second // for a backend that holds on to the log
	if c.process, err = testkit.StartBound(command, syscall.SIGQUIT); err != nil {
		return err
	}
	if err = c.await(); err != nil {
		c.process.Kill() // only then the log is not written any more
		err = fmt.Errorf("%w: %s", err, strings.TrimSpace(log.String()))
	}
	return err
}

// await waits until the server answers or has ended.
func (c *cluster) await() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	retry := time.NewTicker(10 * time.Millisecond)
	defer retry.Stop()
	for {
		if conn, err := pgx.Connect(ctx, c.url().String()); err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-c.process.Ended():
			return errors.New("the server ended")
		case <-ctx.Done():
			return errors.New("the server did not answer within a minute")
		case <-retry.C:
		}
	}
}

// url leads to the socket, which is faster; host and port before it are for [testkit.NewProxy].
func (c *cluster) url() *url.URL {
	return &url.URL{
		Scheme: "postgres", User: url.User("postgres"), Path: "/postgres", Host: net.JoinHostPort("127.0.0.1", strconv.Itoa(c.port)),
		RawQuery: url.Values{"sslmode": {"disable"}, "host": {c.dir}}.Encode(),
	}
}

// stop ends the server and removes its directory.
func (c *cluster) stop() {
	c.process.Signal(syscall.SIGINT)
	select {
	case <-c.process.Ended():
	case <-time.After(10 * time.Second):
		c.process.Kill()
	}
	os.RemoveAll(c.dir)
}
