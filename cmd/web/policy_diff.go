package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/accounts/policy"
	"latchkey/config"
	"latchkey/i18n"
	"latchkey/models"
	"latchkey/password"
	"latchkey/views/words"
)

func policyDiffCommand(out *env) *cobra.Command {
	return &cobra.Command{
		Use:   "diff FILE",
		Short: "show what activating a policy file would do; changes nothing",
		Args:  cobra.ExactArgs(1),
		RunE: out.withSettings(func(ctx context.Context, cfg config.Config, args []string) error {
			changed := cfg
			changed.PasswordPolicy = args[0]
			candidate, err := forCommand().policies(ctx, changed)
			if err != nil {
				return err
			}
			return out.withDatabase(cfg, connectExisting, func(db *models.DB) error { return out.diff(ctx, cfg, db, candidate) })
		}),
	}
}

func (out *env) diff(ctx context.Context, cfg config.Config, db *models.DB, candidate password.Policies) error {
	catalogue, err := i18n.Load()
	if err != nil {
		return err
	}
	if err := db.Migrated(ctx); err != nil {
		return err
	}
	report := diffReport{to: out.stdout, words: english(catalogue), zone: cfg.TimeZone}
	present, err := report.inForce(ctx, db, cfg)
	if err != nil {
		return err
	}
	service := accounts.New(accounts.Options{DB: db, Policies: present, Now: time.Now})
	preview, err := service.Policies.Preview(ctx, core.CommandLine, candidate, cfg.TimeZone)
	if err != nil {
		return err
	}
	return report.print(preview, words.Warnings(report.words, candidate, preview.Warnings))
}

// diffReport writes a preview for people at a terminal.
type diffReport struct {
	to    io.Writer
	words i18n.Words
	zone  *time.Location
}

// inForce returns the policies of the newest version, which can differ from the current policy file. If there is no version yet, it
// returns the policies of the settings.
func (r diffReport) inForce(ctx context.Context, db *models.DB, cfg config.Config) (password.Policies, error) {
	versions, err := db.Read(ctx).PolicyVersions(1)
	if err != nil {
		return password.Policies{}, err
	}
	if len(versions) == 0 {
		fmt.Fprintln(r.to, "Compared with the settings' policy: none has been in force on this database.")
		return forCommand().policies(ctx, cfg)
	}
	fmt.Fprintf(r.to, "Compared with policy version %d, in force since %s.\n", versions[0].Number, r.time(versions[0].InForceFrom))
	return password.ReadCanonical(versions[0].Rules)
}

func (r diffReport) time(at time.Time) string { return r.words.Times(r.zone).Minute(at) }

// row is a line of a table: with the candidate, and with the current policy.
func (r diffReport) row(label string, then, asIs any) {
	fmt.Fprintf(r.to, "  %-44s %9v %9v\n", label, then, asIs)
}

func (r diffReport) print(p policy.Preview, warnings []words.PolicyWarning) error {
	changed := false
	for _, section := range p.Changes {
		for i, change := range words.RuleChanges(r.words, section.Changes) {
			if i == 0 {
				fmt.Fprintf(r.to, "\n%s\n", section.Section)
			}
			fmt.Fprintf(r.to, "  %s: %s\n    now:  %s\n    then: %s\n", change.Name, change.Direction,
				withFigure(change.AsIs, change.AsIsFigure), withFigure(change.Then, change.ThenFigure))
			changed = true
		}
	}
	end := "Nothing was changed. To activate it, save it as the policy file and reload each process with SIGHUP."
	if !changed {
		fmt.Fprint(r.to, "\nNo changes to the rules.\n")
		end = "Nothing was changed."
	}
	for i, warning := range warnings {
		if i == 0 {
			fmt.Fprintln(r.to)
		}
		fmt.Fprintln(r.to, "warning:", warning)
	}
	fmt.Fprintf(r.to, "\nPut in force now (%s):\n", r.time(p.At))
	r.row("", "with it", "as it is")
	r.row("passwords that expire at once", p.Expire, "")
	r.row("passwords no longer expired", p.Revive, "")
	r.row("reminders until today ends", p.Mails.Reminders, p.AsIs.Reminders)
	r.row("mails until then that a password has expired", p.Mails.Expirations, p.AsIs.Expirations)
	r.days(p.Days)
	_, err := fmt.Fprintln(r.to, "\n"+end)
	return err
}

func withFigure(words, figure string) string {
	if figure == "" {
		return words
	}
	return words + ": " + figure
}

// days prints the days on which passwords expire under either policy.
func (r diffReport) days(days []policy.PreviewDay) {
	then, asIs := 0, 0
	for _, day := range days {
		then, asIs = then+day.Then, asIs+day.AsIs
	}
	r.row(fmt.Sprintf("passwords that expire in the next %d days", len(days)), then, asIs)
	for _, day := range days {
		if day.Then+day.AsIs > 0 {
			r.row("  "+day.From.In(r.zone).Format(time.DateOnly), day.Then, day.AsIs)
		}
	}
}
