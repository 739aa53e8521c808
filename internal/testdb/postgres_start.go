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

// postgresProcess is a running server of our own.
type postgresProcess struct {
	dir   string // holds data, socket and log
	port  int
	owner *user.User // nil = our user
	cmd   *exec.Cmd
	ended <-chan struct{}
}

// startPostgres creates a cluster in a scratch directory and starts a server. Another process may take the free port first, so it
// tries three times.
func startPostgres() (*postgresProcess, error) {
	bin, err := postgresBin()
	if err != nil {
		return nil, err
	}
	p := &postgresProcess{}
	if p.owner, err = serverUser(); err != nil {
		return nil, fmt.Errorf("%w: root needs a user to run it as: %w", errNoPostgres, err)
	}
	if err := p.initdb(bin); err != nil {
		return nil, err
	}
	for range 3 {
		if err = p.start(bin); err == nil {
			return p, nil
		}
		p.kill()
	}
	os.RemoveAll(p.dir)
	return nil, err
}

// postgresBin returns the directory of the newest installed PostgreSQL.
func postgresBin() (string, error) {
	if testkit.Hidden("postgres") {
		return "", fmt.Errorf("%w: hidden by %s", errNoPostgres, testkit.WithoutEnv)
	}
	installed, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	newest, version := "", 0.0
	for _, path := range installed {
		dir := filepath.Dir(path)
		if v, err := strconv.ParseFloat(filepath.Base(filepath.Dir(dir)), 64); err == nil && v > version {
			newest, version = dir, v
		}
	}
	if newest != "" {
		return newest, nil
	}
	if path, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(path), nil
	}
	return "", fmt.Errorf("%w: neither in /usr/lib/postgresql nor in PATH", errNoPostgres)
}

func (p *postgresProcess) initdb(bin string) error {
	var err error
	if p.dir, err = testkit.Scratch("postgres"); err != nil {
		return err
	}
	if err := giveTo(p.dir, p.owner); err != nil {
		return err
	}
	cmd, err := p.command(bin, "initdb", "-D", p.data(), "-A", "trust", "-U", "postgres",
		"-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions")
	if err != nil {
		return err
	}
	if output, err := cmd.CombinedOutput(); err != nil {
		os.RemoveAll(p.dir)
		return fmt.Errorf("initdb: %w\n%s", err, output)
	}
	return nil
}

func (p *postgresProcess) data() string { return filepath.Join(p.dir, "data") }

// command prepares a program of PostgreSQL, run as the owner in a directory that the owner may enter.
func (p *postgresProcess) command(bin, name string, args ...string) (*exec.Cmd, error) {
	cmd := exec.Command(filepath.Join(bin, name), args...)
	cmd.Dir = p.dir
	return cmd, asUser(cmd, p.owner)
}

// start starts the server without pg_ctl, since only our own child ends with us. SIGQUIT makes it end its children at once.
// Nothing needs to survive a crash, so nothing waits for a disk.
func (p *postgresProcess) start(bin string) error {
	var err error
	if p.port, err = freePort(); err != nil {
		return err
	}
	args := []string{"-D", p.data(), "-p", strconv.Itoa(p.port), "-k", p.dir}
	for _, option := range []string{"listen_addresses=127.0.0.1", "fsync=off", "synchronous_commit=off",
		"full_page_writes=off", "autovacuum=off", "max_connections=500", "wal_level=minimal", "max_wal_senders=0"} {
		args = append(args, "-c", option)
	}
	if p.cmd, err = p.command(bin, "postgres", args...); err != nil {
		return err
	}
	var log bytes.Buffer
	p.cmd.Stdout, p.cmd.Stderr = &log, &log
	p.cmd.WaitDelay = 5 * time.Second // for a backend that holds on to the log
	testkit.BindToUs(p.cmd, syscall.SIGQUIT)
	if p.ended, err = testkit.StartBound(p.cmd); err != nil {
		return err
	}
	return p.await(&log)
}

// await waits until the server answers or has ended.
func (p *postgresProcess) await(log *bytes.Buffer) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	retry := time.NewTicker(10 * time.Millisecond)
	defer retry.Stop()
	for {
		if conn, err := pgx.Connect(ctx, p.url().String()); err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-p.ended: // only now the log is not written any more
			return fmt.Errorf("the server ended: %s", strings.TrimSpace(log.String()))
		case <-ctx.Done():
			return errors.New("the server did not answer within a minute")
		case <-retry.C:
		}
	}
}

func (p *postgresProcess) url() *url.URL {
	return &url.URL{
		Scheme: "postgres", User: url.User("postgres"), Path: "/postgres", RawQuery: "sslmode=disable",
		Host: net.JoinHostPort("127.0.0.1", strconv.Itoa(p.port)),
	}
}

// stop ends the server and removes its directory.
func (p *postgresProcess) stop() {
	p.cmd.Process.Signal(syscall.SIGINT)
	select {
	case <-p.ended:
	case <-time.After(10 * time.Second):
		p.kill()
	}
	os.RemoveAll(p.dir)
}

func (p *postgresProcess) kill() {
	if p.cmd != nil && p.cmd.Process != nil {
		p.cmd.Process.Kill()
		<-p.ended
	}
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}
