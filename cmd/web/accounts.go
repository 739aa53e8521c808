package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/models"
)

func createSuperAdminCommand(out *env) *cobra.Command {
	var name, email string
	command := &cobra.Command{
		Use:   "create-superadmin --name NAME --email EMAIL",
		Short: "make a SuperAdmin; the password comes from standard input, or is generated and printed once",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			secret, err := out.readSecret()
			if err != nil {
				return err
			}
			return out.withApp(cmd, func(a *app) error {
				if err := a.activatePolicies(cmd.Context()); err != nil {
					return err
				}
				choice := accounts.PasswordChoice{Mode: accounts.Typed, Text: secret, OneTime: a.accounts.Settings().Secrets == core.SecretsNoOne}
				if secret == "" {
					choice.Mode = accounts.Generated
				}
				credentials, err := a.accounts.Create(cmd.Context(), core.CommandLine, accounts.NewAccount{
					Kind: models.SuperAdmin, Name: name, Email: email, Password: choice,
				})
				if err != nil {
					return a.inWords(err)
				}
				return out.printCredentials(credentials)
			})
		},
	}
	command.Flags().StringVar(&name, "name", "", "account name")
	command.Flags().StringVar(&email, "email", "", "e-mail address")
	for _, flag := range []string{"name", "email"} {
		_ = command.MarkFlagRequired(flag) // which exists
	}
	return command
}

func unblockCommand(out *env) *cobra.Command {
	return &cobra.Command{
		Use:   "unblock NAME",
		Short: "end an account's block and start its count of failed sign-ins at 0",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return out.withAccount(cmd, args[0], func(a *app, account models.Account) error {
				if err := a.accounts.Unblock(cmd.Context(), core.CommandLine, account.ID); err != nil {
					return a.inWords(err)
				}
				_, err := fmt.Fprintf(out.stdout, "%s is unblocked.\n", account.Name)
				return err
			})
		},
	}
}

func resetPasswordCommand(out *env) *cobra.Command {
	return &cobra.Command{
		Use:   "reset-password NAME",
		Short: "set a generated one-time password and print it once; the account is unblocked too",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return out.withAccount(cmd, args[0], func(a *app, account models.Account) error {
				if err := a.activatePolicies(cmd.Context()); err != nil {
					return err
				}
				choice := accounts.PasswordChoice{Mode: accounts.Generated, OneTime: !account.Technical}
				credentials, err := a.accounts.ResetPassword(cmd.Context(), core.CommandLine, account.ID, choice, "")
				if err != nil {
					return a.inWords(err)
				}
				return out.printCredentials(credentials)
			})
		},
	}
}

func resetSecondFactorCommand(out *env) *cobra.Command {
	return &cobra.Command{
		Use:   "reset-second-factor NAME",
		Short: "remove an account's second factors and recovery codes, such as after a lost phone, and sign it out",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return out.withAccount(cmd, args[0], func(a *app, account models.Account) error {
				if err := a.accounts.Factors.Reset(cmd.Context(), core.CommandLine, account.ID); err != nil {
					return a.inWords(err)
				}
				_, err := fmt.Fprintf(out.stdout, "The second factors of %s are removed.\n", account.Name)
				return err
			})
		},
	}
}

// withAccount runs a command on the account with the given name or e-mail.
func (out *env) withAccount(cmd *cobra.Command, name string, do func(*app, models.Account) error) error {
	cfg, _, err := out.settings(cmd)
	if err != nil {
		return err
	}
	if err := mustExist(cfg); err != nil {
		return err
	}
	return out.withApp(cmd, func(a *app) error {
		account, err := a.accounts.FindByIdentifier(cmd.Context(), name)
		if err != nil {
			return fmt.Errorf("%s: %w", name, a.inWords(err))
		}
		return do(a, account)
	})
}

func (out *env) printCredentials(created accounts.NewCredentials) error {
	if created.Password == "" {
		_, err := fmt.Fprintf(out.stdout, "%s is created.\n", created.Account.Name)
		return err
	}
	_, err := fmt.Fprintf(out.stdout, "Account: %s\nPassword: %s\n", created.Account.Name, created.Password)
	return err
}

// maxSecret limits how many bytes are read from standard input. Passwords are shorter.
const maxSecret = 64 << 10

// readSecret reads one line from standard input, or nothing from a terminal.
func (out *env) readSecret() (string, error) {
	if file, ok := out.stdin.(*os.File); ok {
		info, err := file.Stat()
		if err != nil || info.Mode()&os.ModeCharDevice != 0 {
			return "", err
		}
	}
	text, err := io.ReadAll(io.LimitReader(out.stdin, maxSecret))
	if err != nil {
		return "", fmt.Errorf("reading standard input: %w", err)
	}
	return strings.TrimSuffix(strings.TrimSuffix(string(text), "\n"), "\r"), nil
}
