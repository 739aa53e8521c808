package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

const (
	longestStart = 30 * time.Second
	longestStop  = 20 * time.Second
)

// process is the program while it serves.
type process struct {
	command *exec.Cmd
	address string
	ended   chan struct{}
	log     *os.File
	ready   time.Duration // from the start of the process to its first answer
}

// start serves the site, and returns when the first answer has come.
func (s *site) start(ctx context.Context, settings ...string) (*process, error) {
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	p := &process{command: s.command(ctx, append(settings, "--listen", address)...), address: address, ended: make(chan struct{})}
	p.command.Cancel = func() error { return p.command.Process.Signal(syscall.SIGTERM) }
	p.command.WaitDelay = longestStop
	if p.log, err = os.Create(filepath.Join(s.dir, "web.log")); err != nil {
		return nil, err
	}
	p.command.Stderr = p.log
	begin := time.Now()
	if err := p.command.Start(); err != nil {
		return nil, errors.Join(err, p.log.Close())
	}
	go func() { _ = p.command.Wait(); close(p.ended) }() // how it ended stands in its log
	if err := p.await(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("%w\n%s", err, p.lastWords()), p.stop())
	}
	p.ready = time.Since(begin)
	return p, nil
}

// with serves the site, with settings beside its own, as long as do runs.
func (s *site) with(ctx context.Context, do func(*process) error, settings ...string) error {
	p, err := s.start(ctx, settings...)
	if err != nil {
		return err
	}
	if err = do(p); err != nil {
		err = fmt.Errorf("%w\n%s", err, p.lastWords())
	}
	return errors.Join(err, p.stop())
}

// await asks every millisecond until there is an answer.
func (p *process) await(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, longestStart)
	defer cancel()
	client := newClient(p.address, 1)
	defer client.close()
	for {
		if answer, err := client.get(ctx, "/healthz"); err == nil {
			return answer.want(200)
		}
		select {
		case <-p.ended:
			return errCrashed
		case <-ctx.Done():
			return fmt.Errorf("no answer: %w", ctx.Err())
		case <-time.After(time.Millisecond):
		}
	}
}

// stop asks the process to end, and ends it when it does not.
func (p *process) stop() error {
	defer p.log.Close()
	_ = p.command.Process.Signal(syscall.SIGTERM) // unless it has ended already
	select {
	case <-p.ended:
		return nil
	case <-time.After(longestStop):
		err := p.command.Process.Kill()
		<-p.ended
		return errors.Join(fmt.Errorf("the program did not stop within %s", longestStop), err)
	}
}

// lastWords is the end of the program's log.
func (p *process) lastWords() string {
	const most = 2000
	log, err := os.ReadFile(p.log.Name())
	if err != nil {
		return err.Error()
	}
	return string(log[max(0, len(log)-most):])
}

// freeAddress finds a port on 127.0.0.1 that nobody listens on now.
func freeAddress() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return listener.Addr().String(), listener.Close()
}
