package accounts

import (
	"errors"

	"latchkey/accounts/core"
	"latchkey/accounts/identifier"
	"latchkey/accounts/policy"
	"latchkey/models"
	"latchkey/password"
	"latchkey/password/generator"
)

// generateUnlessGiven leaves a password that was given as it is; how hard that is to guess is not known.
func (s *Service) generateUnlessGiven(rules *policy.Rules, account models.Account, issue Issue) (password.Generated, error) {
	if issue.Password != "" {
		return password.Generated{Text: issue.Password, Bits: password.Unknown}, nil
	}
	return s.GenerateWith(account.Name, rules.Policy(account), issue.Options)
}

// Generate makes a password that the policy accepts for an account of that name. A policy that it finds none for is a
// [core.ValidationError].
func (s *Service) Generate(accountName string, policy password.Policy) (password.Generated, error) {
	return s.GenerateWith(accountName, policy, GeneratorOptions{})
}

// GenerateWith does so as an operator wishes for this once. A [core.ValidationError] too are options that cannot be wished for.
func (s *Service) GenerateWith(accountName string, policy password.Policy, options GeneratorOptions) (password.Generated, error) {
	if len(accountName) > identifier.MaxTyped { // which no account has; the form that holds it is refused for that
		accountName = ""
	}
	parsed, err := options.parse(policy)
	if err != nil {
		return password.Generated{}, err
	}
	secret, err := generator.Generate(policy, parsed, accountName, s.core.Random())
	switch {
	case errors.Is(err, generator.ErrNoPassword) && parsed != password.GeneratorOptions{}:
		return password.Generated{}, core.Invalid("password", "No password could be generated with these generator options that satisfies the policy. Change them, or type a password.")
	case errors.Is(err, generator.ErrNoPassword):
		return password.Generated{}, core.Invalid("password", "No password could be generated that keeps all of the policy's rules. Type one instead.")
	}
	return secret, err
}
