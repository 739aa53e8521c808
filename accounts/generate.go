package accounts

import (
	"errors"

	"latchkey/models"
	"latchkey/password"
)

// generateUnlessGiven leaves a password that was given as it is; how hard that is to guess is not known.
func (s *Service) generateUnlessGiven(account models.Account, given string) (password.Generated, error) {
	if given != "" {
		return password.Generated{Text: given}, nil
	}
	return s.Generate(account.Name, s.Policy(account))
}

// Generate makes a password that the policy accepts for an account of that name. A policy that it finds none for is a
// [ValidationError].
func (s *Service) Generate(accountName string, policy password.Policy) (password.Generated, error) {
	secret, err := policy.GenerateWith(s.random, accountName, policy.Recipe())
	if errors.Is(err, password.ErrNoPassword) {
		return secret, invalid("password", "No password could be generated that satisfies the policy's regular expression. Type one instead.")
	}
	return secret, err
}
