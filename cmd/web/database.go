package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"latchkey/config"
)

func migrateCommand(out *env) *cobra.Command {
	return &cobra.Command{
		Use:   "migrate",
		Short: "bring the database up to date (serving does it too)",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, _, err := out.settings(cmd)
			if err != nil {
				return err
			}
			db, err := connect(cfg, out.timings)
			if err != nil {
				return err
			}
			done, err := db.Migrate(cmd.Context())
			if err != nil {
				return fmt.Errorf("%w%s", err, closing(db))
			}
			fmt.Fprintf(out.stdout, "The database is at version %d.\n", done.Version)
			if done.Renewed > 0 {
				if _, err := printConflicts(cmd.Context(), out.stdout, db); err != nil {
					return fmt.Errorf("%w%s", err, closing(db))
				}
			}
			return db.Close()
		},
	}
}

func backupCommand(out *env) *cobra.Command {
	return &cobra.Command{
		Use:   "backup FILE",
		Short: "write a consistent copy of the SQLite database to a new file, also while serving",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, _, err := out.settings(cmd)
			if err != nil {
				return err
			}
			return out.backup(cmd.Context(), cfg, args[0])
		},
	}
}

// backup copies the database without migrating it, so that an upgrade can be undone.
func (out *env) backup(ctx context.Context, cfg config.Config, path string) error {
	db, err := connectExisting(cfg, out.timings)
	if err != nil {
		return err
	}
	if err := db.Backup(ctx, path); err != nil {
		return fmt.Errorf("%w%s", err, closing(db))
	}
	if _, err := fmt.Fprintf(out.stdout, "The database is copied to %s.\n", path); err != nil {
		return err
	}
	return db.Close()
}

// healthTimeout limits the time to answer a health check.
const healthTimeout = 3 * time.Second

func healthcheckCommand(out *env) *cobra.Command {
	return &cobra.Command{
		Use:   "healthcheck",
		Short: "exit 0 when the running server answers",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, _, err := out.settings(cmd)
			if err != nil {
				return err
			}
			return askHealth(cmd.Context(), cfg.Listen)
		},
	}
}

func askHealth(ctx context.Context, listen string) error {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return err
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	ctx, cancel := context.WithTimeout(ctx, healthTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/healthz", nil)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	if answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("the server answered %s", answer.Status)
	}
	if closeErr := answer.Body.Close(); err == nil {
		err = closeErr
	}
	return err
}
