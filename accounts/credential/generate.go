package credential

import (
	"errors"

	"latchkey/accounts/core"
	"latchkey/password"
	"latchkey/password/generator"
)

// maxName is the longest account name, in bytes, that a password is generated for; no account has a longer one.
const maxName = 1024

const (
	errNoneGenerated   core.Code = "generator.no_password"
	errNoneWithOptions core.Code = "generator.no_password_with_options"
)

// Generate makes a password that the policy accepts for an account of that name. Options that are invalid, and a policy that no password
// is found for, are a [core.ValidationError].
func (s *Service) Generate(accountName string, policy password.Policy, options GeneratorOptions) (password.Generated, error) {
	if len(accountName) > maxName { // the form that holds it is refused for that
		accountName = ""
	}
	parsed, err := options.Parse(policy)
	if err != nil {
		return password.Generated{}, err
	}
	secret, err := generator.Generate(policy, parsed, accountName, s.core.Random())
	switch {
	case errors.Is(err, generator.ErrNoPassword) && parsed != password.GeneratorOptions{}:
		return password.Generated{}, core.Invalid("password", errNoneWithOptions)
	case errors.Is(err, generator.ErrNoPassword):
		return password.Generated{}, core.Invalid("password", errNoneGenerated)
	}
	return secret, err
}
