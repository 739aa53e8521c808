package main

import (
	"log/slog"

	"github.com/spf13/cobra"

	"latchkey/config"
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
	addDevFlag(root)
	root.CompletionOptions.DisableDefaultCmd = true
	root.AddCommand(
		createSuperAdminCommand(out), unblockCommand(out), resetPasswordCommand(out),
		demoCommand(out), policyCommand(out), mailCommand(out), tasksCommand(out), migrateCommand(out), nameConflictsCommand(out), backupCommand(out),
		healthcheckCommand(out),
	)
	refuseUnknown(root)
	refuseUnknownHelp(root)
	return root
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
