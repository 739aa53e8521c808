package generator

import (
	"errors"
	"io"

	"latchkey/password"
)

// Warnings lists the policies of which it cannot be proved that they can be met, and those under which no password could be
// generated. It generates some to find out; randomness must come from crypto/rand, and its errors are returned.
func Warnings(policies password.Policies, source io.Reader) (warnings []password.Warning, err error) {
	for _, policy := range policies.All() {
		section := policies.Problem(policy.Section, "", "")
		if reason := policy.NotProvable(); reason != "" {
			warnings = append(warnings, password.Warning{Section: section, NotProvable: reason})
		}
		switch _, err := Generate(policy, password.GeneratorOptions{}, "", source); {
		case errors.Is(err, ErrNoPassword):
			warnings = append(warnings, password.Warning{Section: section})
		case err != nil:
			return nil, err
		}
	}
	return warnings, nil
}
