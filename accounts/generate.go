package accounts

import (
	"errors"

	"latchkey/models"
	"latchkey/password"
)

func (s *Service) generateUnlessGiven(account models.Account, given string) (string, error) {
	if given != "" {
		return given, nil
	}
	return s.Generate(account.Name, s.Policy(account))
}

// Generate makes a password that the policy accepts for an account of that name. A policy that it finds none for is a
// [ValidationError].
func (s *Service) Generate(accountName string, policy password.Policy) (string, error) {
	secret, err := policy.Generate(s.random, accountName)
	if errors.Is(err, password.ErrNoPassword) {
		return "", invalid("password", "No password could be generated that satisfies the policy's regular expression. Type one instead.")
	}
	return secret, err
}
