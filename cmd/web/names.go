package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"latchkey/config"
	"latchkey/models"
)

// How many conflicts the command lists, and the program logs at start.
const (
	mostConflicts       = 10_000
	mostConflictsLogged = 100
)

func nameConflictsCommand(out *env) *cobra.Command {
	return &cobra.Command{
		Use:   "name-conflicts",
		Short: "list accounts whose names are the same but for case, or look alike",
		Long: "Lists accounts whose names differ only in case, or look alike by UTS 39. New ones are refused; these are older than the\n" +
			"rule, keep their names and sign in by them as before.",
		Args: cobra.NoArgs,
		RunE: out.withSettings(func(ctx context.Context, cfg config.Config, _ []string) error {
			return out.withDatabase(cfg, connectExisting, func(db *models.DB) error {
				found, err := printConflicts(ctx, out.stdout, db)
				if err == nil && found == 0 {
					_, err = fmt.Fprintln(out.stdout, "No names are in conflict.")
				}
				return err
			})
		}),
	}
}

func printConflicts(ctx context.Context, to io.Writer, db *models.DB) (found int, err error) {
	if err := db.Migrated(ctx); err != nil {
		return 0, err
	}
	conflicts, err := db.Read(ctx).NameConflicts(mostConflicts)
	if err != nil {
		return 0, err
	}
	for _, conflict := range conflicts {
		fmt.Fprintf(to, "%s: %s\n", kindOf(conflict), strings.Join(spelled(conflict), ", "))
	}
	return len(conflicts), nil
}

// warnOfConflicts logs conflicts that a migration with new rules has found.
func warnOfConflicts(ctx context.Context, log *slog.Logger, db *models.DB) error {
	conflicts, err := db.Read(ctx).NameConflicts(mostConflictsLogged + 1)
	if err != nil {
		return err
	}
	for _, conflict := range conflicts[:min(len(conflicts), mostConflictsLogged)] {
		log.Warn("account names are in conflict", "conflict", kindOf(conflict), "names", spelled(conflict))
	}
	if len(conflicts) > mostConflictsLogged {
		log.Warn("more account names are in conflict; `web name-conflicts` lists them", "logged", mostConflictsLogged)
	}
	return nil
}

func kindOf(conflict models.NameConflict) string {
	if conflict.Same {
		return "same but for case"
	}
	return "look alike"
}

// spelled returns the names, and for look-alikes the code points that are not ASCII.
func spelled(conflict models.NameConflict) []string {
	names := make([]string, len(conflict.Accounts))
	for i, account := range conflict.Accounts {
		names[i] = account.Name
		if code := strings.Trim(strconv.QuoteToASCII(account.Name), `"`); !conflict.Same && code != account.Name {
			names[i] += " (" + code + ")"
		}
	}
	return names
}
