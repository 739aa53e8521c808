package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"latchkey/config"
	"latchkey/demo"
)

// mostDemoAccounts keeps a demo below about a minute and a gigabyte.
const mostDemoAccounts = 100_000

func demoCommand(out *env) *cobra.Command {
	var ( // flags without a setting
		public  bool
		further int
	)
	demo := &cobra.Command{
		Use:   "demo",
		Short: "serve an invented company on a temporary database, and print who to sign in as",
		Long: "Serves a database of its own with an invented company, some 60 accounts in every state and two weeks of history,\n" +
			"and removes it at the end. Settings hold, but: the configured database and password policy are not touched, and no\n" +
			"mail is sent. The passwords are printed and known to everybody.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			cfg, log, err := out.settings(cmd)
			if err != nil {
				return unlessStopped(cmd.Context(), err)
			}
			if further < 0 || further > mostDemoAccounts {
				return fmt.Errorf("--accounts %d: enter a number from 0 to %d", further, mostDemoAccounts)
			}
			if host, _, _ := net.SplitHostPort(cfg.Listen); !public && !config.IsLoopback(host) { // the address is valid
				return fmt.Errorf("a demo on %s can be reached by others, and everybody knows its passwords: "+
					"listen on 127.0.0.1, or add --public if that is meant", cfg.Listen)
			}
			dir, err := os.MkdirTemp("", "latchkey-demo-")
			if err != nil {
				return fmt.Errorf("there is no place for the demo's database: %w", err)
			}
			defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
			ready := false
			err = out.serveWith(cmd, forDemo(cfg, dir), log, func(a *app) error {
				err := a.printDemo(cmd.Context(), out.stdout, further)
				ready = err == nil
				return err
			})
			if !ready {
				err = unlessStopped(cmd.Context(), err)
			}
			return err
		},
	}
	out.addDevFlag(demo)
	demo.Flags().IntVar(&further, "accounts", 0, "how many further accounts to invent, such as 40000 to see lists as a large company does")
	demo.Flags().BoolVar(&public, "public", false, "allow a --listen address that others can reach; --base-url is what they type")
	return demo
}

// unlessStopped ignores the error of a demo that was stopped before it was ready, whatever it is.
func unlessStopped(ctx context.Context, err error) (failed error) {
	if ctx.Err() == nil {
		failed = err
	}
	return failed
}

// forDemo returns the settings of a demo: its own database, no mail server, and the rules that the data relies on.
func forDemo(cfg config.Config, dir string) config.Config {
	cfg.Data = dir
	cfg.Database = config.Database{Engine: config.SQLite, Path: filepath.Join(dir, "latchkey.db")}
	cfg.SecretKeyFile = ""
	cfg.SMTP, cfg.PasswordPolicy, cfg.PolicyPlace, cfg.Compliance = nil, "", "", config.Compliance{}
	cfg.OneTimePasswordValid, cfg.FailedAttemptsCap = demo.OneTimeValid, demo.AttemptsCap
	cfg.Help = cmp.Or(cfg.Help, demo.Contact)
	return cfg
}

// printDemo fills the database and prints the accounts to sign in with.
func (a *app) printDemo(ctx context.Context, to io.Writer, further int) error {
	begin := time.Now()
	err := demo.Play(ctx, demo.Options{
		DB: a.db, Keys: keyFile(a.config).Read, Settings: accountSettings(a.config), Mails: mailOptions(a.config), Now: begin, Accounts: further,
	})
	if err != nil {
		return err
	}
	a.log.Info("the demo is filled", "took", time.Since(begin).Round(time.Millisecond))
	fmt.Fprintf(to, "This is a demo: %s, an invented company. No mail is sent, nothing of yours is touched,\n"+
		"and all of it vanishes when the program stops (Ctrl-C). Everybody knows these passwords.\n\n"+
		"In its story there is a mail server until a week ago: mails of the days before were sent or failed, those since\n"+
		"are captured.\n\n%s\n\n", demo.Company, a.config.BaseURL)
	table := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	fmt.Fprint(table, "  NAME\tPASSWORD\tWHO\tSEES\n")
	for _, login := range demo.Logins() {
		fmt.Fprintf(table, "  %s\t%s\t%s\t%s\n", login.Name, login.Password, login.Who, login.Expect)
	}
	fmt.Fprintln(table)
	return table.Flush()
}
