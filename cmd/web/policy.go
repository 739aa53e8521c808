package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"latchkey/accounts/credential"
	"latchkey/config"
	"latchkey/i18n"
	"latchkey/password"
	"latchkey/password/generator"
	"latchkey/views/words"
)

// mostGenerated limits `policy generate -n`.
const mostGenerated = 1_000_000

func policyCommand(out *env) *cobra.Command {
	command := &cobra.Command{
		Use:   "policy",
		Short: "print, check or preview a policy file, or generate and test passwords under the policy in force",

		PersistentPreRun: out.limits(forPolicies), // in place of the root's
	}
	command.AddCommand(policyCheckCommand(out), policyPresetCommand(out), policyDiffCommand(out), policyGenerateCommand(out), policyTestCommand(out))
	return command
}

func policyCheckCommand(out *env) *cobra.Command {
	return &cobra.Command{
		Use:   "check FILE",
		Short: "say what is wrong with a policy file, or what it means",
		Args:  cobra.ExactArgs(1),
		RunE: out.withSettings(func(ctx context.Context, cfg config.Config, args []string) error {
			cfg.PasswordPolicy = args[0]
			policies, err := forCommand().policies(ctx, cfg)
			if err != nil {
				return err
			}
			return out.describe(policies)
		}),
	}
}

func (out *env) describe(policies password.Policies) error {
	catalogue, err := i18n.Load()
	if err != nil {
		return err
	}
	english := english(catalogue)
	for _, policy := range policies.All() {
		fmt.Fprintln(out.stdout, policy.Section)
		for _, value := range policy.Values() {
			by := "" // the setting that the rule comes from, if it is not the file
			if value.By != "" {
				by = " (" + value.By + ")"
			}
			fmt.Fprintf(out.stdout, "  %s: %s%s\n", value.Rule, words.Rule(english, value), by)
		}
		if err := out.example(english, policy); err != nil {
			return err
		}
		departures := words.Deviations(english, policy)
		for _, departure := range departures {
			fmt.Fprintf(out.stdout, "  differs from %s: %s\n", departure.Numbers, departure.Words)
		}
		if len(departures) == 0 {
			fmt.Fprintln(out.stdout, "  "+english.T("No differences from NIST and ASVS."))
		}
	}
	fmt.Fprintln(out.stdout, words.Standards(english))
	for _, warning := range policies.Warnings() {
		fmt.Fprintln(out.stdout, "warning:", warning.Error())
	}
	return nil
}

// example prints a password that the policy accepts, how hard such passwords are to guess, and what cannot be proved.
func (out *env) example(english i18n.Words, policy password.Policy) error {
	switch example, err := generator.Generate(policy, password.GeneratorOptions{}, "", rand.Reader); {
	case errors.Is(err, generator.ErrNoPassword):
		fmt.Fprintf(out.stdout, "  for example: (none could be generated)\n  %s\n", words.NotGenerated(english))
	case err != nil:
		return err
	default:
		fmt.Fprintf(out.stdout, "  for example: %s\n", example.Text)
		if strength := words.Strength(english, example.Bits); strength != "" {
			fmt.Fprintf(out.stdout, "  strength: %s\n", strength)
		}
	}
	if why := words.NotProvable(english, policy.NotProvable()); why != "" {
		fmt.Fprintf(out.stdout, "  %s\n", why)
	}
	return nil
}

func policyPresetCommand(out *env) *cobra.Command {
	return &cobra.Command{
		Use:       "preset nist|source",
		Short:     "print a whole policy file: as NIST SP 800-63B-4 asks for, or the built-in policy",
		Args:      cobra.MaximumNArgs(1),
		ValidArgs: password.PresetNames(),
		RunE: func(_ *cobra.Command, args []string) error {
			text, err := password.Preset(strings.Join(args, ""))
			if err != nil {
				return err
			}
			_, err = fmt.Fprint(out.stdout, text)
			return err
		},
	}
}

func policyGenerateCommand(out *env) *cobra.Command {
	var technical bool
	var count int
	command := &cobra.Command{
		Use:   "generate",
		Short: "print passwords under the policy in force, one a line",
		Args:  cobra.NoArgs,
		RunE: out.withSettings(func(ctx context.Context, cfg config.Config, _ []string) error {
			if count < 1 || count > mostGenerated {
				return fmt.Errorf("-n: %d is not from 1 to %d", count, mostGenerated)
			}
			policies, err := forCommand().policies(ctx, cfg)
			if err != nil {
				return err
			}
			for range count {
				generated, err := generator.Generate(policies.For(technical, false), password.GeneratorOptions{}, "", rand.Reader)
				if err != nil {
					return err
				}
				if _, err := fmt.Fprintln(out.stdout, generated.Text); err != nil {
					return err
				}
			}
			return nil
		}),
	}
	command.Flags().BoolVar(&technical, "technical", false, "under the policy of technical accounts")
	command.Flags().IntVarP(&count, "number", "n", 1, "how many")
	return command
}

func policyTestCommand(out *env) *cobra.Command {
	var technical bool
	var name string
	command := &cobra.Command{
		Use:   "test",
		Short: "read one password from standard input and say every rule that it breaks",
		Args:  cobra.NoArgs,
		RunE: out.withSettings(func(ctx context.Context, cfg config.Config, _ []string) error {
			policies, err := forCommand().policies(ctx, cfg)
			if err != nil {
				return err
			}
			secret, err := out.readSecret()
			if err != nil {
				return err
			}
			return out.test(policies.For(technical, false), name, secret)
		}),
	}
	command.Flags().BoolVar(&technical, "technical", false, "under the policy of technical accounts")
	command.Flags().StringVar(&name, "name", "", "the account name that it must not contain")
	return command
}

// test prints a line for each broken rule: its JSON name, a colon, and the sentence that users see.
func (out *env) test(policy password.Policy, name, secret string) error {
	catalogue, err := i18n.Load()
	if err != nil {
		return err
	}
	normalized, err := password.Normalize(secret)
	if err != nil {
		return errors.New(explain(catalogue, credential.Problem("", err).Fields[0]))
	}
	broken := policy.Check(name, normalized)
	for i, problem := range credential.Broken("", broken...).Fields {
		fmt.Fprintf(out.stdout, "%s: %s\n", broken[i].Rule, explain(catalogue, problem))
	}
	if len(broken) > 0 {
		return errReported
	}
	return nil
}
