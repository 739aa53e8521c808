package main

import (
	"crypto/rand"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"latchkey/accounts/credential"
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
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, _, err := out.settings(cmd)
			if err != nil {
				return err
			}
			cfg.PasswordPolicy = args[0]
			policies, err := forCommand().policies(cmd.Context(), cfg)
			if err != nil {
				return err
			}
			return out.describe(policies)
		},
	}
}

func (out *env) describe(policies password.Policies) error {
	catalogue, err := i18n.Load()
	if err != nil {
		return err
	}
	for _, policy := range policies.All() {
		fmt.Fprintln(out.stdout, policy.Section)
		for _, value := range policy.Values() {
			fmt.Fprintf(out.stdout, "  %s: %s%s\n", value.Rule, words.Rule(english(catalogue), value), by(value))
		}
		if err := out.example(english(catalogue), policy); err != nil {
			return err
		}
		out.judge(english(catalogue), policy)
	}
	fmt.Fprintln(out.stdout, words.Standards(english(catalogue)))
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
	if why := words.NotProvable(english, policy); why != "" {
		fmt.Fprintf(out.stdout, "  %s\n", why)
	}
	return nil
}

func policyGenerateCommand(out *env) *cobra.Command {
	var technical bool
	var count int
	command := &cobra.Command{
		Use:   "generate",
		Short: "print passwords under the policy in force, one a line",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if count < 1 || count > mostGenerated {
				return fmt.Errorf("-n: %d is not from 1 to %d", count, mostGenerated)
			}
			policy, err := out.policyInForce(cmd, technical)
			if err != nil {
				return err
			}
			return out.generate(policy, count)
		},
	}
	command.Flags().BoolVar(&technical, "technical", false, "under the policy of technical accounts")
	command.Flags().IntVarP(&count, "number", "n", 1, "how many")
	return command
}

func (out *env) generate(policy password.Policy, count int) error {
	for range count {
		generated, err := generator.Generate(policy, password.GeneratorOptions{}, "", rand.Reader)
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintln(out.stdout, generated.Text); err != nil {
			return err
		}
	}
	return nil
}

func (out *env) policyInForce(cmd *cobra.Command, technical bool) (password.Policy, error) {
	cfg, _, err := out.settings(cmd)
	if err != nil {
		return password.Policy{}, err
	}
	policies, err := forCommand().policies(cmd.Context(), cfg)
	return policies.For(technical, false), err
}

func policyTestCommand(out *env) *cobra.Command {
	var technical bool
	var name string
	command := &cobra.Command{
		Use:   "test",
		Short: "read one password from standard input and say every rule that it breaks",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			policy, err := out.policyInForce(cmd, technical)
			if err != nil {
				return err
			}
			secret, err := out.readSecret()
			if err != nil {
				return err
			}
			return out.test(policy, name, secret)
		},
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
