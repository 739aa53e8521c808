package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"latchkey/config"
	"latchkey/models"
)

func migrateCommand(out *env) *cobra.Command {
	return &cobra.Command{
		Use:   "migrate",
		Short: "bring the database up to date (serving does it too)",
		Args:  cobra.NoArgs,
		RunE: out.withSettings(func(ctx context.Context, cfg config.Config, _ []string) error {
			return out.withDatabase(cfg, connect, func(db *models.DB) error {
				done, err := db.Migrate(ctx)
				if err != nil {
					return err
				}
				fmt.Fprintf(out.stdout, "The database is at version %d.\n", done.Version)
				if done.Renewed > 0 {
					_, err = printConflicts(ctx, out.stdout, db)
				}
				return err
			})
		}),
	}
}

// backupCommand does not migrate the database before it is copied, so that an upgrade can be undone.
func backupCommand(out *env) *cobra.Command {
	return &cobra.Command{
		Use:   "backup FILE",
		Short: "write a consistent copy of the SQLite database to a new file, also while serving",
		Args:  cobra.ExactArgs(1),
		RunE: out.withSettings(func(ctx context.Context, cfg config.Config, args []string) error {
			return out.withDatabase(cfg, connectExisting, func(db *models.DB) error {
				if err := db.Backup(ctx, args[0]); err != nil {
					return err
				}
				_, err := fmt.Fprintf(out.stdout, "The database is copied to %s.\nThe sealing key is not in the copy: keep a copy of %s elsewhere.\n",
					args[0], cfg.KeyFile())
				return err
			})
		}),
	}
}

// healthTimeout limits the time to answer a health check.
const healthTimeout = 3 * time.Second

func healthcheckCommand(out *env) *cobra.Command {
	return &cobra.Command{
		Use:   "healthcheck",
		Short: "exit 0 when the running server answers",
		Args:  cobra.NoArgs,
		RunE:  out.withSettings(func(ctx context.Context, cfg config.Config, _ []string) error { return askHealth(ctx, cfg.Listen) }),
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
