package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"latchkey/models"
)

// The accounts that can sign in, and the one password of all of them.
const (
	adminName = "bench-admin"
	secret    = "Correct-horse-7-battery"
)

func customerName(i int) string { return fmt.Sprintf("bench-customer-%02d", i) }

// site is an installation: a directory and a database with many accounts. Programs are started on it one after another.
type site struct {
	*bench
	engine models.Engine
	dir    string
	dsn    string // "" on SQLite
	middle models.AccountCursor
}

// site returns the engine's site, and makes it when it is asked for first.
func (b *bench) site(ctx context.Context, engine models.Engine) (*site, error) {
	if b.sites[engine] != nil {
		return b.sites[engine], nil
	}
	start := time.Now()
	s := &site{bench: b, engine: engine, dir: filepath.Join(b.dir, string(engine))}
	if err := s.make(ctx); err != nil {
		return nil, fmt.Errorf("making an installation: %w", err)
	}
	b.say("%d accounts on %s took %s", b.accounts, engine, time.Since(start).Round(time.Second))
	b.sites[engine] = s
	return s, nil
}

func (s *site) make(ctx context.Context) error {
	if err := s.build(ctx); err != nil {
		return err
	}
	if err := s.open(); err != nil {
		return err
	}
	if err := s.createSuperAdmin(ctx); err != nil {
		return err
	}
	if err := s.seed(ctx); err != nil {
		return err
	}
	return s.createCustomers(ctx)
}

// open makes the directory and, on PostgreSQL, an empty database.
func (s *site) open() (err error) {
	if err := os.Mkdir(s.dir, 0o700); err != nil || s.engine != models.Postgres {
		return err
	}
	s.dsn, err = s.postgres()
	return err
}

// createSuperAdmin also brings the empty database up to date.
func (s *site) createSuperAdmin(ctx context.Context) error {
	command := s.command(ctx, "create-superadmin", "--name", adminName, "--email", adminName+"@example.org")
	command.Stdin = strings.NewReader(secret + "\n")
	if output, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("web create-superadmin: %w\n%s", err, output)
	}
	return nil
}

// command is the program with the site's settings and no others.
func (s *site) command(ctx context.Context, args ...string) *exec.Cmd {
	command := exec.CommandContext(ctx, s.program, args...)
	command.Dir = s.dir
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "LATCHKEY_") {
			command.Env = append(command.Env, variable)
		}
	}
	command.Env = append(command.Env, "LATCHKEY_DATA="+s.dir)
	if s.dsn != "" {
		command.Env = append(command.Env, "LATCHKEY_DATABASE="+s.dsn)
	}
	return command
}

func (s *site) sqliteFile() string { return filepath.Join(s.dir, "latchkey.db") }

// database opens the site's database in this process.
func (s *site) database() (*models.DB, error) {
	if s.engine == models.Postgres {
		return models.OpenPostgres(s.dsn)
	}
	return models.OpenSQLite(s.sqliteFile())
}
