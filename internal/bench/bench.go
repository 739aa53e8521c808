package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"latchkey/internal/testdb"
	"latchkey/internal/testkit"
	"latchkey/models"
)

// bench is a run: a directory of its own, the program that was built there, and a site for each engine that was needed.
type bench struct {
	plan
	dir     string
	program string
	sites   map[models.Engine]*site
	serving bool // PostgreSQL runs
	notes   io.Writer
	cleanup []func() error
}

func open(p plan, notes io.Writer) (*bench, error) {
	b := &bench{plan: p, sites: map[models.Engine]*site{}, notes: notes}
	var err error
	if b.dir, err = os.MkdirTemp("", "latchkey-bench-*"); err != nil {
		return nil, err
	}
	b.cleanup = append(b.cleanup, func() error { return os.RemoveAll(b.dir) })
	b.program = filepath.Join(b.dir, "web")
	return b, nil
}

// build builds the program as it is shipped, once.
func (b *bench) build(ctx context.Context) error {
	if _, err := os.Stat(b.program); err == nil {
		return nil
	}
	b.say("building the program")
	command := exec.CommandContext(ctx, "go", "build", "-o", b.program, "latchkey/cmd/web")
	command.Env = append(os.Environ(), "CGO_ENABLED=0")
	if output, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("building the program: %w\n%s", err, output)
	}
	return nil
}

func (b *bench) measure(ctx context.Context, p part, r *report) error {
	if b.only != "" && b.only != p.name {
		return nil
	}
	start := time.Now()
	r.section(p.title, p.how)
	err := p.measure(ctx, b, r)
	b.say("%s took %s", p.name, time.Since(start).Round(time.Second))
	return err
}

// onEach measures on each engine's site in turn.
func (b *bench) onEach(ctx context.Context, measure func(*site) error) error {
	for _, engine := range b.engines {
		s, err := b.site(ctx, engine)
		if err == nil {
			err = measure(s)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", engine, err)
		}
	}
	return nil
}

// close removes everything, the last made first.
func (b *bench) close() {
	for i := len(b.cleanup) - 1; i >= 0; i-- {
		if err := b.cleanup[i](); err != nil {
			b.say("cleaning up: %v", err)
		}
	}
	b.cleanup = nil
}

// say tells whoever waits what is going on; it is no part of the table.
func (b *bench) say(format string, args ...any) { fmt.Fprintf(b.notes, "  … "+format+"\n", args...) }

// postgres makes an empty database, on a server that is started with the first one.
func (b *bench) postgres() (dsn string, err error) {
	server, err := testdb.OpenPostgres()
	if err != nil {
		return "", fmt.Errorf("%w (-engine sqlite goes without)", err)
	}
	if !b.serving { // it ends after the last database, which it has to drop
		b.serving, b.cleanup = true, append(b.cleanup, func() error { testkit.Close(); return nil })
	}
	dsn, drop, err := server.NewDatabase()
	if err != nil {
		return "", err
	}
	b.cleanup = append(b.cleanup, drop)
	return dsn, nil
}

func whichPostgres() string {
	if os.Getenv(testdb.PostgresEnv) != "" {
		return "as in " + testdb.PostgresEnv
	}
	return "of the test kit: in memory where there is room, no fsync, through its socket"
}

var errCrashed = errors.New("the program ended")
