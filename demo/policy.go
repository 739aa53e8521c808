package demo

import (
	"context"

	"latchkey/password"
)

// policyAge is how many days before the end of the story the policy was made stricter.
const policyAge = 41

// earlierPolicies are in force until then. They differ only in what is asked of a new password, so that it does not matter
// which scenes were written under them.
func earlierPolicies() password.Policies {
	policies := password.Default()
	policies.Account.MinimumSpecialSymbols, policies.Account.ForbiddenLastPasswords = 0, 1
	policies.Technical.MinimumSpecialSymbols = 0
	policies.Source = "passwordpolicy.json"
	return policies
}

// beginUnder puts the earlier policies in force, under which the story begins.
func (s *stage) beginUnder(ctx context.Context) error {
	err := s.inForce.Enact(ctx, earlierPolicies())
	s.accounts = s.inForce.Service()
	return err
}

// policy lets whoever runs the program make the policy what it is today.
func (s *stage) policy() {
	s.at(s.clock.end.AddDate(0, 0, -policyAge), func(ctx context.Context) error {
		err := s.inForce.Reload(ctx, func() (password.Policies, error) { return password.Default(), nil })
		s.accounts = s.inForce.Service()
		return err
	})
}
