package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/spf13/cobra"

	"latchkey/accounts/core"
	"latchkey/accounts/sealing"
	"latchkey/config"
	"latchkey/internal/seal"
	"latchkey/models"
)

func keyFile(cfg config.Config) seal.File { return seal.File{Path: cfg.KeyFile()} }

// openKey reads or makes the sealing key, and checks that it is the one of the database. Commands do without: an operator must get in
// whatever the key is.
func (a *app) openKey(ctx context.Context) error {
	makes, alone := a.config.SecretKeyFile == "", a.config.Database.Engine == config.SQLite
	_, err := unlessEnded(ctx, "the sealing key", func() (none struct{}, err error) {
		return none, a.accounts.Sealing.Start(ctx, keyFile(a.config), makes, alone || !makes)
	})
	return explainKey(a.config, err)
}

// explainKey adds the file and what to do to an error about the key.
func explainKey(cfg config.Config, err error) error {
	var advice string
	const discard = "if that is lost, `web rotate-secret-key --discard-sealed` deletes what cannot be opened"
	switch {
	case err == nil:
		return nil
	case errors.As(err, new(sealing.LostError)):
		advice = "put the right file back; " + discard + ", and people without another second factor have to set one up again"
	case errors.Is(err, sealing.ErrForeignKey):
		advice = "give every process a copy of the file that was made first; " + discard
	case errors.Is(err, fs.ErrNotExist):
		advice = "put the file back, or for a new database make one with `openssl rand -base64 32`; " + discard
	case errors.Is(err, fs.ErrPermission) && cfg.SecretKeyFile == "":
		advice = "set LATCHKEY_DATA to a directory that the program may write to, or LATCHKEY_SECRET_KEY_FILE to a file with a key"
	default:
		return fmt.Errorf("the sealing key in %s: %w", cfg.KeyFile(), err)
	}
	return fmt.Errorf("the sealing key in %s: %w: %s", cfg.KeyFile(), err, advice)
}

func rotateSecretKeyCommand(out *env) *cobra.Command {
	discard := false
	command := &cobra.Command{
		Use:   "rotate-secret-key",
		Short: "replace the sealing key, also while serving, and seal all secrets with the new one",
		Long: "Puts a new key into the key file in front of the former one, seals all secrets with it, and removes the former key. If it\n" +
			"was interrupted, run it again. On PostgreSQL the first run only writes the file, so that it can be copied to every replica.\n" +
			"If the file already has two keys, the first is the new one. Backups from before need the former file.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, _, err := out.settings(cmd)
			if err != nil {
				return err
			}
			if err := mustExist(cfg); err != nil {
				return err
			}
			return out.withApp(cmd, func(a *app) error {
				if discard {
					return a.discardSealed(cmd.Context(), out.stdout)
				}
				return a.rotateKey(cmd.Context(), out.stdout)
			})
		},
	}
	command.Flags().BoolVar(&discard, "discard-sealed", false, "instead delete every secret that the key file does not open, because its key is lost")
	return command
}

func (a *app) rotateKey(ctx context.Context, to io.Writer) error {
	path, alone := a.config.KeyFile(), a.config.Database.Engine == config.SQLite
	done, err := a.accounts.Sealing.Rotate(ctx, core.CommandLine, keyFile(a.config), alone)
	switch {
	case err != nil:
		return explainKey(a.config, err)
	case done.Prepared:
		_, err = fmt.Fprintf(to, "The new key is in %s, and not in use yet. Copy the file to every replica, then run this command again.\n", path)
		return err
	}
	fmt.Fprintf(to, "The sealing key is now %s; %d secrets are sealed with it.\n", done.Key, done.Resealed)
	if done.Links > 0 {
		fmt.Fprintf(to, "%d links in mails have ended; send them again.\n", done.Links)
	}
	switch {
	case done.Kept != nil:
		_, err = fmt.Fprintf(to, "%s could not be written (%s): remove every line but the first, on every replica.\n", path, done.Kept)
	case !alone:
		_, err = fmt.Fprintf(to, "The former key is no longer in %s. Copy the file to every replica.\n", path)
	}
	return err
}

// sealedNames names the kinds of sealed secrets.
var sealedNames = map[models.SealedKind]string{
	models.SealedTOTP: "authenticator apps",
}

func (a *app) discardSealed(ctx context.Context, to io.Writer) error {
	discarded, err := a.accounts.DiscardSealed(ctx, core.CommandLine, keyFile(a.config), a.config.SecretKeyFile == "")
	if err != nil {
		return explainKey(a.config, err)
	}
	for _, kind := range models.SealedKinds() {
		fmt.Fprintf(to, "%s deleted: %d\n", sealedNames[kind], discarded[kind])
	}
	_, err = fmt.Fprintln(to, "Accounts that lost their only second factor have to set up another one after the next sign-in.")
	return err
}
