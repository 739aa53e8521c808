package main

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/spf13/cobra"

	"latchkey/config"
	"latchkey/models"
)

// rootCommand returns the command line with all commands. Without a command the program serves.
func rootCommand(out *env) *cobra.Command {
	root := &cobra.Command{
		Use:           "web",
		Short:         "Latchkey: accounts under a password policy that really holds",
		Long:          "Without a command it serves the dashboard. Every setting can also stand in the environment or in settings.yml.",
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE:          func(cmd *cobra.Command, _ []string) error { return serve(cmd, out) },

		PersistentPreRun: out.limits(forHashes),
	}
	config.AddFlags(root.PersistentFlags())
	out.addDevFlag(root)
	root.CompletionOptions.DisableDefaultCmd = true
	root.AddCommand(
		accountsCommand(out), keysCommand(out), createSuperAdminCommand(out), unblockCommand(out), resetPasswordCommand(out), resetSecondFactorCommand(out), linksCommand(out), rotateSecretKeyCommand(out),
		demoCommand(out), policyCommand(out), mailCommand(out), tasksCommand(out), migrateCommand(out), nameConflictsCommand(out), backupCommand(out),
		healthcheckCommand(out),
	)
	refuseUnknown(root)
	refuseUnknownHelp(root)
	return root
}

// addDevFlag adds a flag without a setting, so that a file cannot switch the development pages on.
func (out *env) addDevFlag(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&out.dev, "dev", false, "serve samples of all pages and mails under /dev/pages, for everybody")
}

// settings reads and validates all settings, and creates the logger that they configure.
func (out *env) settings(cmd *cobra.Command) (config.Config, *slog.Logger, error) {
	cfg, err := unlessEnded(cmd.Context(), "the settings", func() (config.Config, error) {
		return config.Load(cmd.Flags(), out.getenv)
	})
	if err != nil {
		return cfg, nil, err
	}
	options := &slog.HandlerOptions{Level: cfg.LogLevel}
	if cfg.LogFormat == config.LogJSON {
		return cfg, slog.New(slog.NewJSONHandler(out.stderr, options)), nil
	}
	return cfg, slog.New(slog.NewTextHandler(out.stderr, options)), nil
}

// withSettings makes a command that needs the settings.
func (out *env) withSettings(do func(ctx context.Context, cfg config.Config, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		cfg, _, err := out.settings(cmd)
		if err != nil {
			return err
		}
		return do(cmd.Context(), cfg, args)
	}
}

// withDatabase runs a command on the database as it is, and closes it. open is connect or connectExisting.
func (out *env) withDatabase(cfg config.Config, open func(config.Config, timings) (*models.DB, error), do func(*models.DB) error) error {
	db, err := open(cfg, out.timings)
	if err != nil {
		return err
	}
	if err := do(db); err != nil {
		return fmt.Errorf("%w%s", err, closing(db))
	}
	return db.Close()
}

// withApp runs a command on the wired program, after migrating its database.
func (out *env) withApp(cmd *cobra.Command, do func(*app) error) error {
	cfg, log, err := out.settings(cmd)
	if err != nil {
		return err
	}
	app, err := wire(cmd.Context(), cfg, log, out.timings, forCommand(), false)
	if err != nil {
		return err
	}
	defer app.close()
	return do(app)
}

// unlessEnded returns what read returns, or an error as soon as ctx ends. A hanging file system cannot be interrupted, so read is
// then left running.
func unlessEnded[T any](ctx context.Context, what string, read func() (T, error)) (T, error) {
	type outcome struct {
		value T
		err   error
	}
	ended := make(chan outcome, 1) // read may end after ctx
	go func() {
		value, err := read()
		ended <- outcome{value, err}
	}()
	select {
	case got := <-ended:
		return got.value, got.err
	case <-ctx.Done():
		var none T
		return none, fmt.Errorf("%s could not be read: %w", what, context.Cause(ctx))
	}
}
