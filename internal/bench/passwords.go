package main

import (
	"context"
	"crypto/rand"
	"errors"

	"latchkey/password"
)

// sample is how many passwords are checked in turn; every second one breaks a rule.
const sample = 1000

func measurePasswords(ctx context.Context, b *bench, r *report) error {
	policy := password.Default().Account
	secrets, err := someSecrets(policy)
	if err != nil {
		return err
	}
	next := 0
	checked, err := b.perSecond(ctx, func() error {
		next = (next + 1) % sample
		if accepted := len(policy.Check(adminName, secrets[next])) == 0; accepted != (next%2 == 0) {
			return errors.New("a password was judged wrongly")
		}
		return nil
	})
	if err != nil {
		return err
	}
	r.add(figure{name: "checked", measured: number(checked) + " /s", note: "composition, half of them breaking a rule"})
	generated, err := b.perSecond(ctx, func() error {
		_, err := policy.Generate(rand.Reader, adminName)
		return err
	})
	r.add(figure{name: "generated", measured: number(generated) + " /s", note: "each accepted by the check"})
	return err
}

// perSecond is how often a second one goroutine can do the work.
func (b *bench) perSecond(ctx context.Context, work func() error) (float64, error) {
	done, took, err := repeat(ctx, 1, b.round, func(int) error { return work() })
	return done / took.Seconds(), err
}

// someSecrets generates passwords, and takes the digits from every second one.
func someSecrets(policy password.Policy) ([]string, error) {
	secrets := make([]string, sample)
	for i := range secrets {
		generated, err := policy.Generate(rand.Reader, adminName)
		if err != nil {
			return nil, err
		}
		if i%2 == 1 {
			generated = withoutDigits(generated)
		}
		secrets[i] = generated
	}
	return secrets, nil
}

func withoutDigits(text string) string {
	letters := []rune(text)
	for i, r := range letters {
		if r >= '0' && r <= '9' {
			letters[i] = 'x'
		}
	}
	return string(letters)
}
